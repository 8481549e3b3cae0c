import type { Sha } from '../core/brand';
import { buildRecord } from '../core/record/buildRecord';
import type { CommitRecord } from '../core/record/record';
import { readCommit } from '../git/commit';
import { attachRecords } from './attachRecords';
import { type CommitToExplain, explainCommit, type Replayed } from './explainCommit';
import type { LineOrigins } from './lineOrigins';
import { namedEvidence } from './namedEvidence';
import type { RecordBook } from './recordBook';
import type { Repository } from './repository';

/** The records of a repository and what follows from them. */
export interface Records {
  readonly book: RecordBook;
  readonly origins: LineOrigins;
}

/** Builds the record of a commit, or of what is about to become one. */
export async function makeRecord(repo: Repository, records: Records, commit: CommitToExplain): Promise<CommitRecord> {
  const derivedFrom = await derivedFromOf(
    records.book,
    commit.replays.map((replay) => replay.commit),
  );
  return buildRecord(await explainCommit(repo, records.origins, commit), derivedFrom);
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

/** Builds the record of a commit that is there and attaches it; leaves one alone that has its record. */
export async function recordCommit(
  repo: Repository,
  records: Records,
  commit: Sha,
  evidence: Pick<CommitToExplain, 'left'> & {
    readonly replays?: readonly Replayed[];
    readonly restores?: readonly Sha[];
  },
): Promise<CommitRecord | undefined> {
  const [known] = await records.book.recordsOf(commit);
  if (known !== undefined) return known.record;
  const read = await readCommit(repo.objects, commit);
  if (read.kind !== 'found') return undefined;
  const named = await namedEvidence(repo, records.book, read.commit.message);
  const record = await makeRecord(repo, records, {
    tree: commit,
    parents: read.commit.parents,
    replays: [...(evidence.replays ?? []), ...named.replays],
    restores: [...(evidence.restores ?? []), ...named.restores],
    left: evidence.left,
  });
  await attachRecords(repo, [{ commit, record }]);
  records.book.reload();
  return record;
}
