import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

let built: string | undefined;

/** Path of the command line as one file, built once a test process from the sources as they are; removed at its end. */
export function builtCli(): string {
  if (built !== undefined) return built;
  const given = process.env['COUNTERSIGN_TEST_CLI'];
  if (given !== undefined) {
    built = given;
    return given;
  }
  const folder = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const root = resolve(import.meta.dirname, '..', '..');
  const outfile = join(folder, 'cli.js');
  buildSync({
    entryPoints: [join(root, 'src/cli/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') },
    outfile,
    logLevel: 'error',
  });
  built = outfile;
  return built;
}
