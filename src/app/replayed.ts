import type { Sha } from '../core/brand';
import { readCommit } from '../git/commit';
import type { Replayed } from './explainCommit';
import type { RecordBook } from './recordBook';
import type { Repository } from './repository';

/** A commit with its record, to be replayed; nothing where it has none. */
export async function asReplayed(repo: Repository, book: RecordBook, commit: Sha): Promise<Replayed | undefined> {
  const [named] = await book.recordsOf(commit);
  if (named === undefined) return undefined;
  const read = await readCommit(repo.objects, commit);
  return read.kind === 'found' ? { commit, parent: read.commit.parents[0], record: named.record } : undefined;
}

/** {@link asReplayed} for several; those without a record are left out. */
export async function allAsReplayed(
  repo: Repository,
  book: RecordBook,
  commits: readonly Sha[],
): Promise<readonly Replayed[]> {
  const found = await Promise.all(commits.map((commit) => asReplayed(repo, book, commit)));
  return found.filter((replay) => replay !== undefined);
}
