import { isSha, type RepoPath, type Sha } from '../core/brand';
import type { Git } from './git';
import { literalPathspec } from './repoPath';

/** The blobs of both sides of a file that is in conflict, ours first; none where it is not. @throws ToolError `git-failed` */
export async function unmergedSides(git: Git, path: RepoPath): Promise<readonly Sha[]> {
  const { stdout } = await git.run(['ls-files', '--unmerged', '-z', '--', literalPathspec(path)]);
  // <mode> SP <oid> SP <stage> TAB <path> NUL; stage 1 is what both sides came from.
  return stdout
    .toString('latin1')
    .split('\0')
    .flatMap((entry) => {
      const [, oid, stage] = entry.slice(0, entry.indexOf('\t')).split(' ');
      return isSha(oid) && stage !== '1' ? [oid] : [];
    });
}
