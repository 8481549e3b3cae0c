import type { Sha } from '../core/brand';
import { findOurTrailers } from '../core/message/trailers';
import { fillUnknown } from '../core/record/fillUnknown';
import { readCommit, readCommits } from '../git/commit';
import { commitsSinceAdoption, isAdopted } from './adoption';
import { attachRecords, type RecordToAttach, recordId } from './attachRecords';
import { leftBehind } from './hooks/leftBehind';
import { makeRecord, type Records } from './makeRecord';
import { namedEvidence } from './namedEvidence';
import { ownCommits } from './ownCommits';
import type { Repository } from './repository';
import { sameWork } from './sameWork';
import { strandedRecords } from './strandedRecords';

/**
 * Builds the records that commits of this clone lack: commits that hooks did not see, or that carry no AI work and were
 * left for later. Of commits that came from elsewhere only those get one that make recorded work again, since nothing here
 * saw the others written; what is from before recording began is left alone, but for what its own message says of a record.
 */
export async function ensureRecords(repo: Repository, records: Records, commits: readonly Sha[]): Promise<void> {
  const { book } = records;
  const missing = await book.without(commits);
  if (missing.length === 0 || !(await isAdopted(repo))) return;
  const own = await ownCommits(repo);
  const recent = await commitsSinceAdoption(repo, missing);
  const elsewhere = recent.filter((sha) => !own.has(sha));
  const same = await sameWork(repo, book, elsewhere);
  const stranded = await strandedRecords(repo, book, [
    ...elsewhere.filter((sha) => !same.has(sha)),
    ...(await withTrailer(repo, missing, recent)),
  ]);
  const left = leftBehind(repo, book);
  await book.prepare(missing);
  const built: RecordToAttach[] = [...stranded].map(([commit, record]) => ({ commit, record }));
  for (const { commit, record } of built) book.learn(commit, { record, id: recordId(repo, record) });
  for (const commit of recent) {
    if (stranded.has(commit)) continue;
    const replay = same.get(commit);
    if (replay === undefined && !own.has(commit)) continue;
    const read = await readCommit(repo.objects, commit);
    if (read.kind !== 'found') continue;
    const named = await namedEvidence(repo, book, read.commit.message);
    const { parents } = read.commit;
    const replays = [...(replay === undefined ? [] : [replay]), ...named.replays];
    const made = await book.building(commit, () =>
      makeRecord(repo, records, { tree: commit, parents, ...named, replays, left }),
    );
    const said = await book.foreignOf(commit);
    const record = said === undefined ? made : fillUnknown(made, said);
    // Later commits of the list may ask for it before it is attached.
    book.learn(commit, { record, id: recordId(repo, record) });
    built.push({ commit, record });
  }
  try {
    await attachRecords(repo, built);
  } catch (error) {
    // Whoever only reads has the answer all the same; the record is built again at the next use.
    repo.warn(`Records could not be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Those of the commits that are not `recent` whose messages say that they had a record. */
async function withTrailer(repo: Repository, commits: readonly Sha[], recent: readonly Sha[]): Promise<readonly Sha[]> {
  const known: ReadonlySet<Sha> = new Set(recent);
  const older = commits.filter((sha) => !known.has(sha));
  const reads = await readCommits(repo.objects, older);
  return older.filter((_, index) => {
    const read = reads[index];
    return read?.kind === 'found' && findOurTrailers(read.commit.message).length > 0;
  });
}

/** Commits made in this clone since recording began that have no record yet, oldest first. */
export async function ownWithoutRecord(repo: Repository, { book }: Records): Promise<readonly Sha[]> {
  if (!(await isAdopted(repo))) return [];
  return commitsSinceAdoption(repo, await book.without([...(await ownCommits(repo))]));
}
