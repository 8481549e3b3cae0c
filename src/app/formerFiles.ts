import { sharesMostLines } from '../core/attribution/resolve';
import type { RepoPath, Sha } from '../core/brand';
import type { CommitRecord } from '../core/record/record';
import { blobIdAt, type FileText, readFileText } from './blobs';
import type { Repository } from './repository';

/** How many files that went may be one that came. */
const mostGone = 50;

/**
 * The files of `commit` that a file of this text may be under another name: those that `record` has lines of, that `tree`
 * does not have, and that hold most of the text.
 */
export async function formerFiles(
  repo: Repository,
  commit: Sha,
  record: CommitRecord,
  tree: Sha,
  text: string,
): Promise<readonly { readonly path: RepoPath; readonly file: FileText }[]> {
  const paths = Object.entries(record.files ?? {}).flatMap(([path, { lines }]) =>
    lines === undefined ? [] : [path as RepoPath],
  );
  if (paths.length > mostGone) return [];
  const found: { readonly path: RepoPath; readonly file: FileText }[] = [];
  for (const path of paths) {
    if ((await blobIdAt(repo, tree, path)) !== undefined) continue;
    const file = await readFileText(repo, commit, path);
    if (file !== undefined && sharesMostLines(text, file.text)) found.push({ path, file });
  }
  return found;
}
