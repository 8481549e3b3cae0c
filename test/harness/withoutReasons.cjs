/**
 * Loaded into the server and its extension hosts by `NODE_OPTIONS`: they refuse extensions the proposal by which change
 * events give reasons, as the desktop build of the marketplace does. The server distribution grants every proposal to all.
 * Other programs of an older Node.js inherit it and are left alone.
 */
const { registerHooks } = require('node:module');

const granted = /function (\w+)\((\w+),(\w+)\)\{return!0\}(?=function \w+\(\w+,\w+\)\{if\(!\1\()/;

registerHooks?.({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('/extensionHostProcess.js')) return loaded;
    const source = String(loaded.source);
    if (!granted.test(source)) throw new Error('The place where proposals are granted is not found.');
    return { ...loaded, source: source.replace(granted, 'function $1($2,$3){return $3!=="textDocumentChangeReason"}') };
  },
});
