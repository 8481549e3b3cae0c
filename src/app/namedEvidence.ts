import { isSha, type Sha } from '../core/brand';
import { commitsNamedIn, type NamedCommits } from '../core/record/namedCommits';
import { readCommit } from '../git/commit';
import type { CommitToExplain } from './commitStep';
import type { RecordBook } from './recordBook';
import { allAsReplayed } from './replayed';
import type { Repository } from './repository';

/** More commits than this are not squashed into one by hand. */
const mostNamed = 500;

/** The commits that `reverted` ones went back to: what they held may stand in the tree again. */
export async function restoredBy(repo: Repository, reverted: NamedCommits['reverted']): Promise<readonly Sha[]> {
  const found = await Promise.all(
    reverted.slice(0, mostNamed).map(async ({ commit, backTo }) => {
      const read = await readCommit(repo.objects, commit);
      if (read.kind !== 'found') return undefined;
      const [first] = read.commit.parents;
      return backTo !== undefined && read.commit.parents.includes(backTo) ? backTo : first;
    }),
  );
  return [...new Set(found.filter(isSha))];
}

/** What a commit's message says it was made from, as far as it is here. */
export async function namedEvidence(
  repo: Repository,
  book: RecordBook,
  message: string,
): Promise<Pick<CommitToExplain, 'replays' | 'restores'>> {
  const { reverted, replayed } = commitsNamedIn(message);
  const here: Sha[] = [];
  for (const commit of replayed.slice(0, mostNamed)) {
    const read = await readCommit(repo.objects, commit);
    if (read.kind === 'found') here.push(commit);
  }
  return { replays: await allAsReplayed(repo, book, here), restores: await restoredBy(repo, reverted) };
}
