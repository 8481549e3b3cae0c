import { isSha, type RepoPath, type Sha } from '../core/brand';
import type { Git } from './git';
import { repoPathOfBytes } from './repoPath';

/**
 * Of each blob in a tree or commit up to two paths where it stands: `ls-tree -r -z` gives `<mode> SP blob SP <oid> TAB <path> NUL`.
 *
 * @throws ToolError `git-failed`
 */
export async function listBlobPaths(git: Git, treeish: Sha): Promise<ReadonlyMap<Sha, readonly RepoPath[]>> {
  const { stdout } = await git.run(['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', treeish]);
  const paths = new Map<Sha, RepoPath[]>();
  for (const entry of stdout.toString('latin1').split('\0')) {
    const tab = entry.indexOf('\t');
    const [, type, oid] = entry.slice(0, Math.max(tab, 0)).split(' ');
    if (type !== 'blob' || !isSha(oid)) continue;
    const path = repoPathOfBytes(Buffer.from(entry.slice(tab + 1), 'latin1'));
    const known = paths.get(oid);
    if (known === undefined) paths.set(oid, [path]);
    else if (known.length === 1) known.push(path);
  }
  return paths;
}
