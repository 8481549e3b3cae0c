/**
 * Loaded into the server by `NODE_OPTIONS`: its extension hosts refuse extensions the proposal by which change events give
 * reasons, as the desktop build of the marketplace does. The server distribution grants every proposal to all.
 */
const childProcess = require('node:child_process');
const { registerHooks, syncBuiltinESMExports } = require('node:module');

const granted = /function (\w+)\((\w+),(\w+)\)\{return!0\}(?=function \w+\(\w+,\w+\)\{if\(!\1\()/;

// The server hands no NODE_OPTIONS on.
const { fork } = childProcess;
childProcess.fork = (file, args, options) => {
  const isHost = Array.isArray(args) && args.includes('--type=extensionHost');
  const execArgv = ['--require', __filename, ...(options?.execArgv ?? [])];
  return fork(file, args, isHost ? { ...options, execArgv } : options);
};
syncBuiltinESMExports();

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('/extensionHostProcess.js')) return loaded;
    const source = Buffer.from(loaded.source).toString('utf8');
    if (!granted.test(source)) throw new Error('The place where proposals are granted is not found.');
    return { ...loaded, source: source.replace(granted, 'function $1($2,$3){return $3!=="textDocumentChangeReason"}') };
  },
});
