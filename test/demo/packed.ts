import { access } from 'node:fs/promises';
import path from 'node:path';
import { packFixtureExtension } from '../harness/fixture';

const dist = path.resolve(import.meta.dirname, '../../dist');

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
  const [extension, cli] = [path.join(dist, 'countersign.vsix'), path.join(dist, 'cli.js')];
  for (const file of [extension, cli]) {
    await access(file).catch((cause: unknown) => {
      throw new Error(`${file} is not there; make it with: npm run package`, { cause });
    });
  }
  return { extension, inlineAi: await packFixtureExtension(folder), cli };
}
