import { readFile } from 'node:fs/promises';
import { build, type Plugin } from 'esbuild';

/*
 * tsx build.mts <entry> <bundle>: one CommonJS file for Node 20 of an entry and all it imports, but for what the editor gives.
 */
const [entry = '', outfile = ''] = process.argv.slice(2);

/**
 * Leaves out the parts of the YAML library that write YAML and that know the types of YAML 1.1: its classes and tables refer
 * to them, but policies are only read, and by the core schema of 1.2.
 */
const yamlReader: Plugin = {
  name: 'yaml-reader',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]yaml[\\/].*[\\/](stringify|yaml-1\.1)[\\/]/ }, async ({ path }) => {
      const names = Array.from(
        (await readFile(path, 'utf8')).matchAll(/^export \{ (.*) \};$/gm),
        ([, list = '']) => list,
      );
      return { contents: `const unused = undefined;\nexport { ${names.join(', ').replace(/\w+/g, 'unused as $&')} };` };
    });
  },
};

await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  mainFields: ['module', 'main'],
  // What `node` would load is all of the library or nothing; of these modules what is not used is left out.
  alias: { yaml: './node_modules/yaml/browser/dist/index.js' },
  minify: true,
  logLevel: 'warning',
  plugins: [yamlReader],
  ...(entry.includes('/cli/') ? { banner: { js: '#!/usr/bin/env node' } } : {}),
});
