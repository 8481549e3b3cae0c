import { isSha, type RepoPath, type Sha } from '../core/brand';
import type { Git } from './git';
import { bytesOfRepoPath, isQuotedRepoPath } from './repoPath';

/**
 * The commits reachable from `rev` that changed the file at `path`, newest first, at most `max`; renames are not
 * followed. None for a path that no argument can carry because it is not UTF-8.
 */
export async function listFileCommits(
  git: Git,
  rev: Sha,
  path: RepoPath,
  max: number,
  history: 'all' | 'first-parent' = 'all',
): Promise<readonly Sha[]> {
  if (isQuotedRepoPath(path)) return [];
  const literal = `:(top,literal)${bytesOfRepoPath(path).toString('utf8')}`;
  const follow = history === 'first-parent' ? ['--first-parent'] : [];
  const text = await git.text(['rev-list', ...follow, `--max-count=${max}`, '--end-of-options', rev, '--', literal]);
  return text.split('\n').filter((line): line is Sha => isSha(line));
}
