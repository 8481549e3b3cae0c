import { isSha, type Sha } from '../core/brand';
import { getConfig } from '../git/config';
import type { Repository } from './repository';

/** Git config that `init` writes: the commit that was `HEAD` when recording began, empty where there was none. */
export const adoptionKey = 'countersign.adoptedAt';

/** Whether recording has begun in this clone. */
export async function isAdopted(repo: Repository): Promise<boolean> {
  return (await getConfig(repo.git, adoptionKey)) !== undefined;
}

/**
 * Those of `commits` that are not part of the history that was there when recording began, oldest first; all of them
 * where that is not known.
 */
export async function commitsSinceAdoption(repo: Repository, commits: readonly Sha[]): Promise<readonly Sha[]> {
  if (commits.length === 0) return [];
  const adopted = await getConfig(repo.git, adoptionKey);
  const since = isSha(adopted) ? `^${adopted}\n` : '';
  const { stdout, code } = await repo.git.run(['rev-list', '--topo-order', '--reverse', '--stdin'], {
    stdin: `${commits.join('\n')}\n${since}`,
    expect: [0, 128],
  });
  // The commit of that moment may be gone by now.
  if (code !== 0) return commits;
  const wanted: ReadonlySet<string> = new Set(commits);
  return stdout
    .toString('latin1')
    .split('\n')
    .filter((line): line is Sha => wanted.has(line));
}
