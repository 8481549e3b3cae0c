import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';

/** The folder of the extension that stands in for an AI tool (`countersign-fixtures.inline-ai`), for loading from source. */
export const fixtureExtension = path.resolve(import.meta.dirname, '../fixtures/completions-extension');

/** Packs it into a `.vsix` inside `folder` (a temporary folder when absent) and returns the file's path: a demonstration installs it as a user would. */
export async function packFixtureExtension(folder?: string): Promise<string> {
  const target = folder ?? (await mkdtemp(path.join(tmpdir(), 'countersign-fixture-')));
  await mkdir(target, { recursive: true });
  const packagePath = path.join(target, 'inline-ai.vsix');
  await createVSIX({
    cwd: fixtureExtension,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  });
  return packagePath;
}
