import { type Attributed, attributedAsBase } from '../core/attribution/attributed';
import type { LinesGone } from '../core/attribution/explainDeletions';
import type { RepoPath, Sha } from '../core/brand';
import type { CommitRecord } from '../core/record/record';
import { attributedByRecord, recordDeletions, recordLines } from '../core/record/recordReader';
import { decodeBytes } from '../core/text/textId';
import { readCommit } from '../git/commit';
import { readFileText } from './blobs';
import type { RecordBook } from './recordBook';
import type { Repository } from './repository';

/** A recorded commit whose lines may stand in another one. */
export interface Replayed {
  readonly commit: Sha;
  readonly parent: Sha | undefined;
  readonly record: CommitRecord;
}

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

/** The file as each replayed commit left it, known by that commit's record. */
export async function replayedTexts(
  repo: Repository,
  replays: readonly Replayed[],
  path: RepoPath,
): Promise<readonly Attributed[]> {
  const texts: Attributed[] = [];
  for (const replay of replays) {
    const lines = recordLines(replay.record, path);
    if (lines.size === 0) continue;
    const file = await readFileText(repo, replay.commit, path);
    if (file === undefined) continue;
    texts.push(attributedByRecord(file.text, file.textId, lines));
  }
  return texts;
}

/** The file as the commits have it whose texts are brought back. */
export async function restoredTexts(
  repo: Repository,
  commits: readonly Sha[],
  path: RepoPath,
): Promise<readonly Attributed[]> {
  const files = await Promise.all(commits.map((commit) => readFileText(repo, commit, path)));
  return files.flatMap((file) => (file === undefined ? [] : attributedAsBase(file.textId, file.text)));
}

/** By path what commits removed, by their records. */
export async function lossesOf(
  repo: Repository,
  replays: readonly Replayed[],
): Promise<ReadonlyMap<RepoPath, readonly LinesGone[]>> {
  const losses = new Map<RepoPath, LinesGone[]>();
  for (const { parent, commit, record } of replays) {
    for (const { path, hunks } of await repo.diffs.diff(parent, commit)) {
      const lines = hunks.flatMap((hunk) => hunk.removed.map((line) => decodeBytes(line)));
      const gone = { lines, deletions: recordDeletions(record, path) };
      const known = losses.get(path);
      if (known === undefined) losses.set(path, [gone]);
      else known.push(gone);
    }
  }
  return losses;
}
