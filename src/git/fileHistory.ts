import { isSha, type RepoPath, type Sha } from '../core/brand';
import type { Git } from './git';
import { isQuotedRepoPath, literalPathspec } from './repoPath';

/**
 * The commits reachable from `rev` that changed the file at `path`, or one of several, newest first, at most `max`;
 * renames are not followed. A path that no argument can carry, because it is not UTF-8, has none.
 */
export async function listFileCommits(
  git: Git,
  rev: Sha,
  path: RepoPath | readonly RepoPath[],
  max: number,
  history: 'all' | 'first-parent' = 'all',
): Promise<readonly Sha[]> {
  const literals = [path]
    .flat()
    .filter((each) => !isQuotedRepoPath(each))
    .map(literalPathspec);
  if (literals.length === 0) return [];
  const follow = history === 'first-parent' ? ['--first-parent'] : [];
  const text = await git.text([
    'rev-list',
    ...follow,
    `--max-count=${max}`,
    '--end-of-options',
    rev,
    '--',
    ...literals,
  ]);
  return text.split('\n').filter((line): line is Sha => isSha(line));
}
