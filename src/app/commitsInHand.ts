import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sha } from '../core/brand';
import { commitsNamedIn } from '../core/record/namedCommits';
import { commitId } from './blobs';
import type { Repository } from './repository';

/** What git names the commits by whose texts it brings into the work tree; a revert brings back what was before. */
const names: readonly (readonly [file: string, rev: string])[] = [
  ['MERGE_HEAD', 'MERGE_HEAD'],
  ['CHERRY_PICK_HEAD', 'CHERRY_PICK_HEAD'],
  ['REBASE_HEAD', 'REBASE_HEAD'],
  ['REVERT_HEAD', 'REVERT_HEAD^'],
];

/** The commits that a merge, squash, pick, revert or rebase is bringing into the work tree while it waits for somebody. */
export async function commitsInHand(repo: Repository): Promise<readonly Sha[]> {
  const open = names.filter(([file]) => existsSync(join(repo.git.gitDir, file)));
  const squashed = squashedTip(join(repo.git.gitDir, 'SQUASH_MSG'));
  const revs = [...open.map(([, rev]) => rev), ...(squashed === undefined ? [] : [squashed])];
  const found = await Promise.all(revs.map((rev) => commitId(repo, rev)));
  return found.filter((commit) => commit !== undefined);
}

/** The commit that `git merge --squash` took everything from: its message names it first. */
function squashedTip(file: string): Sha | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return commitsNamedIn(readFileSync(file, 'utf8')).replayed[0];
  } catch {
    // Taken away by git in the meantime, or nothing that can be read: then nothing is known of a squash.
    return undefined;
  }
}
