import { isSha, type RepoPath, type Sha } from '../core/brand';
import type { Git } from './git';
import { takeRawChanges } from './rawDiff';

/** A blob in a commit. */
export interface BlobPlace {
  readonly commit: Sha;
  readonly path: RepoPath;
}

/**
 * The newest commits reachable from `rev`, of the last 90 days, that brought a file with this blob, whatever its path;
 * at most three. @throws ToolError `git-failed`
 */
export async function findBlob(git: Git, rev: Sha, oid: Sha): Promise<readonly BlobPlace[]> {
  const range = ['--since=90.days', '--max-count=3', '--end-of-options', rev, '--'];
  const { stdout } = await git.run(['log', '--format=%H', '--no-show-signature', `--find-object=${oid}`, ...range]);
  const commits = stdout.toString('latin1').split('\n').filter(isSha);
  const places: BlobPlace[] = [];
  for (const commit of commits) {
    const args = [
      'diff-tree',
      '-r',
      '--root',
      '-m',
      '--no-commit-id',
      '--raw',
      '-z',
      '--no-abbrev',
      '--no-renames',
      `--find-object=${oid}`,
    ];
    const raw = (await git.run([...args, '--end-of-options', commit, '--'])).stdout;
    for (const change of takeRawChanges({ bytes: raw, at: 0 })) {
      if (change.newOid === oid) places.push({ commit, path: change.path });
    }
  }
  return places;
}
