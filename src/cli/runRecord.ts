import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { decodeGeneric, type EditEvent } from '../agents/generic';
import { recordEdit } from '../app/recordEdit';
import { type Repository, withRepository } from '../app/repository';
import { logFault } from '../store/faultLog';
import { readStandardInput } from './standardInput';

/** Payloads name files and hold edits; a larger one is no payload. */
const mostBytes = 100 * 1024 * 1024;

/**
 * `countersign record <agent id>|generic`: one hook payload on standard input. Prints nothing and exits 0 whatever
 * happens, because an agent takes anything else for an answer; faults go to the repository's log.
 */
export async function runRecord(args: readonly string[]): Promise<number> {
  const [agent] = args;
  try {
    const input = await readStandardInput(mostBytes);
    if (agent !== 'generic' || input === undefined) return 0;
    const decoded = decodeGeneric(input);
    if (decoded.kind === 'malformed') {
      await inRepository(process.cwd(), (repo) => {
        logFault(repo.git.commonDir, repo.now(), `record generic: ${decoded.problems.join('; ')}`);
        return Promise.resolve();
      });
      return 0;
    }
    for (const [folder, edit] of byFolder(decoded.edit)) {
      await inRepository(folder, async (repo) => {
        try {
          await recordEdit(repo, edit);
        } catch (error) {
          logFault(repo.git.commonDir, repo.now(), `record generic: ${String(error)}`);
        }
      });
    }
  } catch {
    // No repository, or none that can be written: there is nothing to record in and nobody to tell.
  }
  return 0;
}

async function inRepository(folder: string, use: (repo: Repository) => Promise<void>): Promise<void> {
  await withRepository(folder, {}, use);
}

/** The repository follows from the edited file, not from where the agent was started. */
function byFolder(edit: EditEvent): ReadonlyMap<string, EditEvent> {
  if (edit.files.length === 0) return new Map([[edit.cwd, edit]]);
  const groups = new Map<string, string[]>();
  for (const file of edit.files) {
    const folder = existingFolder(dirname(resolve(edit.cwd, file)));
    const files = groups.get(folder);
    if (files === undefined) groups.set(folder, [file]);
    else files.push(file);
  }
  return new Map([...groups].map(([folder, files]) => [folder, { ...edit, files }]));
}

function existingFolder(folder: string): string {
  let current = folder;
  while (!existsSync(current) && dirname(current) !== current) current = dirname(current);
  return current;
}
