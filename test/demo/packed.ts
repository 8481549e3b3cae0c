import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { packFixtureExtension } from '../harness/fixture';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

/** What the demonstration installs. */
export interface Packed {
  /** The extension as users get it. */
  readonly extension: string;
  /** The stand-in for an AI tool. */
  readonly inlineAi: string;
  /** The command line, one file. */
  readonly cli: string;
}

/** Builds everything and packs both extensions into `folder`. @throws Error with the compiler's words */
export async function buildAndPack(folder: string): Promise<Packed> {
  await run('npm', ['run', '--silent', 'build'], { cwd: root });
  const extension = path.join(folder, 'countersign.vsix');
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', extension];
  await run(process.execPath, [vsce, ...options], { cwd: root, maxBuffer: 1 << 24 });
  return { extension, inlineAi: await packFixtureExtension(folder), cli: path.join(root, 'dist', 'cli.js') };
}
