import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

let built: string | undefined;

/** Path of the command line as one file, built once a test process from the sources as they are; removed at its end. */
export function builtCli(): string {
  if (built !== undefined) return built;
  const given = process.env['COUNTERSIGN_TEST_CLI'];
  if (given !== undefined) {
    built = given;
    return given;
  }
  built = bundled('src/cli/main.ts', 'cli.js');
  return built;
}

/** Path of a bundle of `entry`, made as the package's are; removed at the end of the process. */
export function bundled(entry: string, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bundle-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, name);
  const { status, stderr } = spawnSync(process.execPath, ['--import=tsx', 'build.mts', entry, outfile], {
    cwd: resolve(import.meta.dirname, '..', '..'),
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return outfile;
}
