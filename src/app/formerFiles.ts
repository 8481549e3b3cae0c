import { sharesMostLines } from '../core/attribution/resolve';
import type { RepoPath, Sha } from '../core/brand';
import type { CommitRecord } from '../core/record/record';
import { blobIdAt, type FileText, readFileText } from './blobs';
import type { Repository } from './repository';

/** A file of a commit that is made again, with what a record says of its lines. */
export interface FormerFile {
  readonly path: RepoPath;
  readonly file: FileText;
  readonly record: CommitRecord;
}

/** How many files that went may be one that came. */
const mostGone = 50;

/**
 * Finds, for a text, the files of commits that it may have been in under another name: those that their records have lines
 * of, that `tree` does not have, and that hold most of the text. What went is looked for on the first call.
 */
export function formerFiles(
  repo: Repository,
  commits: readonly { readonly commit: Sha; readonly record: CommitRecord }[],
  tree: Sha,
): (text: string) => Promise<readonly FormerFile[]> {
  let gone: Promise<readonly FormerFile[]> | undefined;
  return async (text) => {
    gone ??= filesGone(repo, commits, tree);
    return (await gone).filter(({ file }) => sharesMostLines(text, file.text));
  };
}

async function filesGone(
  repo: Repository,
  commits: Parameters<typeof formerFiles>[1],
  tree: Sha,
): Promise<readonly FormerFile[]> {
  const found: FormerFile[] = [];
  for (const { commit, record } of commits) {
    for (const [name, { lines }] of Object.entries(record.files ?? {})) {
      const path = name as RepoPath;
      if (lines === undefined || (await blobIdAt(repo, tree, path)) !== undefined) continue;
      const file = await readFileText(repo, commit, path);
      if (file !== undefined) found.push({ path, file, record });
      if (found.length === mostGone) return found;
    }
  }
  return found;
}
