import type { Sha } from '../core/brand';
import { buildRecord } from '../core/record/buildRecord';
import type { CommitRecord } from '../core/record/record';
import { readCommit } from '../git/commit';
import { attachRecords, type RecordToAttach, recordId } from './attachRecords';
import type { CommitToExplain } from './commitStep';
import { commitsInHand } from './commitsInHand';
import { explainCommit } from './explainCommit';
import type { LineOrigins } from './lineOrigins';
import { namedEvidence } from './namedEvidence';
import type { RecordBook } from './recordBook';
import { allAsReplayed, type Replayed } from './replayed';
import type { Repository } from './repository';

/** The records of a repository and what follows from them. */
export interface Records {
  readonly book: RecordBook;
  readonly origins: LineOrigins;
}

/** Builds the record of a commit, or of what is about to become one. */
export async function makeRecord(
  repo: Repository,
  records: Records,
  commit: Omit<CommitToExplain, 'inHand'>,
): Promise<CommitRecord> {
  const derivedFrom = await derivedFromOf(
    records.book,
    commit.replays.map((replay) => replay.commit),
  );
  const { book, origins } = records;
  // One without a record may be the very commit that is being explained, or be made of it.
  const recorded = await allAsReplayed(repo, book, await commitsInHand(repo));
  const inHand = recorded.map((one) => one.commit);
  return buildRecord(await explainCommit(repo, origins, { ...commit, inHand }), derivedFrom);
}

/** The records that one of a commit made from `commits` (oldest first) is rebuilt from: theirs, each behind its own. */
export async function derivedFromOf(book: RecordBook, commits: readonly Sha[]): Promise<readonly Sha[]> {
  const derivedFrom = new Set<Sha>();
  for (const commit of commits) {
    for (const { id, record } of await book.recordsOf(commit)) {
      for (const source of [...(record.derivedFrom ?? []), id]) derivedFrom.add(source);
    }
  }
  return [...derivedFrom];
}

/** Builds the record of a commit that is there; nothing where it has one, or is not here. */
async function recordOf(
  repo: Repository,
  records: Records,
  { commit, left, ...evidence }: CommitToRecord,
): Promise<CommitRecord | undefined> {
  if ((await records.book.recordsOf(commit)).length > 0) return undefined;
  const read = await readCommit(repo.objects, commit);
  if (read.kind !== 'found') return undefined;
  const named = await namedEvidence(repo, records.book, read.commit.message);
  return records.book.building(commit, () =>
    makeRecord(repo, records, {
      tree: commit,
      parents: read.commit.parents,
      replays: [...(evidence.replays ?? []), ...named.replays],
      restores: [...(evidence.restores ?? []), ...named.restores],
      left,
    }),
  );
}

/** A commit that is there, and what may be known of its lines. */
export interface CommitToRecord extends Pick<CommitToExplain, 'left'> {
  readonly commit: Sha;
  readonly replays?: readonly Replayed[];
  readonly restores?: readonly Sha[];
}

/** Builds the records of commits that are there, parents first, and attaches them together; leaves those that have one alone. */
export async function recordCommits(
  repo: Repository,
  records: Records,
  commits: readonly CommitToRecord[],
): Promise<void> {
  const built: RecordToAttach[] = [];
  for (const one of commits) {
    const record = await recordOf(repo, records, one);
    if (record === undefined) continue;
    // The next ones may be made of its lines.
    records.book.learn(one.commit, { record, id: recordId(repo, record) });
    built.push({ commit: one.commit, record });
  }
  await attachRecords(repo, built);
  records.book.reload();
}
