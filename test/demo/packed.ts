import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { fixtureExtension } from '../harness/fixture';

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

/** What `npm run package` has made, and the stand-in packed into `folder`. @throws Error where it has not run */
export async function packedParts(folder: string): Promise<Packed> {
  const [extension, cli] = [path.join(root, 'dist', 'countersign.vsix'), path.join(root, 'dist', 'cli.js')];
  for (const file of [extension, cli]) {
    await access(file).catch((cause: unknown) => {
      throw new Error(`${file} is not there; make it with: npm run package`, { cause });
    });
  }
  await mkdir(folder, { recursive: true });
  const inlineAi = path.join(folder, 'inline-ai.vsix');
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', inlineAi];
  await run(process.execPath, [vsce, ...options], { cwd: fixtureExtension });
  return { extension, inlineAi, cli };
}
