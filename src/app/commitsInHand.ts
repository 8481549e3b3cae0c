import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Sha } from '../core/brand';
import { commitId } from './blobs';
import type { Repository } from './repository';

/** What git names the commits by whose texts it brings into the work tree; a revert brings back what was before. */
const names: readonly (readonly [file: string, rev: string])[] = [
  ['MERGE_HEAD', 'MERGE_HEAD'],
  ['CHERRY_PICK_HEAD', 'CHERRY_PICK_HEAD'],
  ['REBASE_HEAD', 'REBASE_HEAD'],
  ['REVERT_HEAD', 'REVERT_HEAD^'],
];

/** The commits that a merge, pick, revert or rebase is bringing into the work tree while it waits for somebody. */
export async function commitsInHand(repo: Repository): Promise<readonly Sha[]> {
  const open = names.filter(([file]) => existsSync(join(repo.git.gitDir, file)));
  const found = await Promise.all(open.map(([, rev]) => commitId(repo, rev)));
  return found.filter((commit) => commit !== undefined);
}
