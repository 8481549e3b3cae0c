import type { Sha } from '../core/brand';
import { buildRecord } from '../core/record/buildRecord';
import type { CommitRecord } from '../core/record/record';
import { readCommit } from '../git/commit';
import { attachRecords } from './attachRecords';
import { type CommitToExplain, explainCommit, type Replayed } from './explainCommit';
import { LineOrigins } from './lineOrigins';
import { RecordBook } from './recordBook';
import type { Repository } from './repository';

/** The records of a repository and what follows from them. */
export interface Records {
  readonly book: RecordBook;
  readonly origins: LineOrigins;
}

/** The records of this clone. */
export function recordsOf(repo: Repository, tips?: () => Promise<readonly Sha[]>): Records {
  const book = new RecordBook(repo, tips);
  return { book, origins: new LineOrigins(repo, book) };
}

/** Builds the record of a commit, or of what is about to become one. */
export async function makeRecord(repo: Repository, records: Records, commit: CommitToExplain): Promise<CommitRecord> {
  const derivedFrom: Sha[] = [];
  for (const replay of commit.replays) {
    for (const { id, record } of await records.book.recordsOf(replay.commit)) {
      for (const source of [...(record.derivedFrom ?? []), id]) if (!derivedFrom.includes(source)) derivedFrom.push(source);
    }
  }
  return buildRecord(await explainCommit(repo, records.origins, commit), derivedFrom);
}

/** A commit with its record, to be replayed; nothing where it has none. */
export async function asReplayed(repo: Repository, records: Records, commit: Sha): Promise<Replayed | undefined> {
  const [named] = await records.book.recordsOf(commit);
  if (named === undefined) return undefined;
  const read = await readCommit(repo.objects, commit);
  return read.kind === 'found' ? { commit, parent: read.commit.parents[0], record: named.record } : undefined;
}

/** {@link asReplayed} for several; those without a record are left out. */
export async function allAsReplayed(repo: Repository, records: Records, commits: readonly Sha[]): Promise<readonly Replayed[]> {
  const found = await Promise.all(commits.map((commit) => asReplayed(repo, records, commit)));
  return found.filter((replay) => replay !== undefined);
}

/** Builds the record of a commit that is there and attaches it; leaves one alone that has its record. */
export async function recordCommit(
  repo: Repository,
  records: Records,
  commit: Sha,
  evidence: Pick<CommitToExplain, 'replays' | 'left'>,
): Promise<CommitRecord | undefined> {
  const [known] = await records.book.recordsOf(commit);
  if (known !== undefined) return known.record;
  const read = await readCommit(repo.objects, commit);
  if (read.kind !== 'found') return undefined;
  const record = await makeRecord(repo, records, { tree: commit, parents: read.commit.parents, ...evidence });
  await attachRecords(repo, [{ commit, record }]);
  records.book.reload();
  return record;
}
