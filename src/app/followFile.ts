import { type Attributed, attributedAsBase, hasUnexplained } from '../core/attribution/attributed';
import { explainDeletions } from '../core/attribution/explainDeletions';
import { unexplainedSource } from '../core/attribution/explainText';
import { rewriteText } from '../core/attribution/rewrite';
import type { RepoPath } from '../core/brand';
import type { ExplainedFile } from '../core/record/buildRecord';
import { attributedByRecord, recordLines } from '../core/record/recordReader';
import { gitLineMap } from '../core/text/gitLines';
import { decodeBytes } from '../core/text/textId';
import type { FileChange } from '../git/diff';
import { isQuotedRepoPath } from '../git/repoPath';
import { type FileText, readBlobText } from './blobs';
import type { CommitStep } from './commitStep';
import type { FormerFile } from './formerFiles';
import { normalisedLines } from './gitLineOrigins';
import { goneState, knownText, type TextHints } from './knownText';
import type { TextToTell } from './lineOrigins';
import { type Replayed, replayedTexts, restoredTexts } from './replayed';
import type { Repository } from './repository';
import { textOnDisk } from './textOnDisk';

const submodule = '160000';

/** Of so many commits that history left behind last every file counts, not only those that they changed. */
const mostWhole = 4;

/** A change with its file before and after. */
export interface ChangedTexts {
  readonly change: FileChange;
  readonly old: FileText | undefined;
  readonly file: FileText | undefined;
}

/** Reads both. */
export async function textsOf(repo: Repository, change: FileChange): Promise<ChangedTexts> {
  if (isLineless(change)) return { change, old: undefined, file: undefined };
  const [old, file] = await Promise.all(
    [change.oldOid, change.newOid].map((oid) => (oid === undefined ? undefined : readBlobText(repo, oid))),
  );
  return { change, old, file };
}

function isLineless({ newMode, oldMode, hunks }: FileChange): boolean {
  return newMode === submodule || oldMode === submodule || hunks.length === 0;
}

/** A file that a commit brings, as what is known of its text follows from others; its added lines are to be told. */
export interface FollowedFile extends TextToTell {
  readonly change: FileChange;
  readonly file: FileText;
  readonly removed: readonly string[];
}

/** The numbers of the lines that a change adds (1-based, git's lines). */
export function addedLines(change: FileChange | undefined): readonly number[] {
  return (change?.hunks ?? []).flatMap((hunk) =>
    Array.from({ length: hunk.newCount }, (_, index) => hunk.newStart + index),
  );
}

/** Follows the text of a file; what is gone is explained by that alone. */
export async function followFile(
  repo: Repository,
  commit: CommitStep,
  { change, old, file }: ChangedTexts,
): Promise<FollowedFile | ExplainedFile | undefined> {
  if (isLineless(change)) return undefined;
  const [parent] = commit.parents;
  const oldPath = change.oldPath ?? change.path;
  const removed = change.hunks.flatMap((hunk) => hunk.removed.map((line) => decodeBytes(line)));
  if (change.newOid === undefined) {
    const gone = goneState(repo, change.path, parent);
    return {
      path: change.path,
      blob: undefined,
      isGitQuoted: isQuotedRepoPath(change.path),
      lines: [],
      deleted: explainDeletions(removed, gone?.cuts ?? allCut(old), commit.losses.get(change.path) ?? []),
    };
  }
  if (file === undefined) return undefined;
  // A copy of what is not plain text for git is known by its blob: no other one has the id of the text.
  const isEncoded = old === undefined && String(file.textId) !== file.blob;
  const twin = isEncoded ? await repo.treeBlobs.find(commit.parents.slice(0, 1), file.blob) : undefined;
  const former = await formerNames(commit.replays, commit.former, change.path, file.text);
  const homes = [...commit.parents, ...commit.replays.map((replay) => replay.commit), ...commit.restores];
  const hints: TextHints = {
    parent: old ?? (twin === undefined ? 'none' : file),
    inHand: commit.inHand,
    gone: commit.gone,
    homes,
    ...(change.oldPath === undefined ? {} : { formerPath: change.oldPath }),
    replayed: [
      ...(await replayedTexts(repo, commit.replays, change.path)),
      ...former.map(byItsRecord),
      ...(await restoredTexts(repo, commit.restores, change.path)),
    ],
  };
  const allHomes = [...homes];
  let attributed = await knownText(repo, change.path, file.text, hints);
  if (hasUnexplained(attributed)) {
    const onDisk = await textOnDisk(repo, change.path, file, hints);
    const whole = (await commit.left()).slice(0, mostWhole).map((left) => left.commit);
    const left = [
      ...(onDisk === undefined ? [] : [onDisk]),
      ...(await copiedText(repo, change, commit.changedTo, file.text)),
      ...(await replayedTexts(repo, await commit.left(), change.path)),
      ...(await formerNames(await commit.left(), commit.formerOfLeft, change.path, file.text)).map(byItsRecord),
      ...(await restoredTexts(repo, whole, change.path)),
      ...((await commit.cameBack()).has(change.newOid) ? [attributedAsBase(file.textId, file.text)] : []),
    ];
    allHomes.push(...whole);
    const moved = await commit.moved({ path: change.path, old }, attributed);
    if (left.length > 0 || moved !== undefined)
      attributed = await knownText(repo, change.path, file.text, { ...hints, left, moved });
  }
  const paths = [oldPath, change.path, ...(twin === undefined ? [] : [twin.path]), ...former.map(({ path }) => path)];
  const map = gitLineMap(file.bytes);
  const lines = new Set(addedLines(change).flatMap((line) => normalisedLines(map, line)));
  return { change, file, attributed, removed, paths, revs: allHomes, lines, first: old };
}

function allCut(old: FileText | undefined): Attributed['cuts'] {
  if (old === undefined) return [];
  return rewriteText(attributedAsBase(old.textId, old.text), '', unexplainedSource('not-watched')).cuts;
}

/** What is known of another file of the commit that holds the very text of one that came: that is a copy of it. */
async function copiedText(
  repo: Repository,
  change: FileChange,
  changedTo: CommitStep['changedTo'],
  text: string,
): Promise<readonly Attributed[]> {
  const twin = change.oldOid === undefined ? changedTo.get(change.newOid) : undefined;
  if (twin?.oldOid === undefined) return [];
  const old = await readBlobText(repo, twin.oldOid);
  return [await knownText(repo, twin.path, text, { parent: old ?? 'none' })];
}

/** The files that it was in commits which had it under another name. */
async function formerNames(
  commits: readonly Replayed[],
  former: CommitStep['former'],
  path: RepoPath,
  text: string,
): Promise<readonly FormerFile[]> {
  return commits.some(({ record }) => recordLines(record, path).size > 0) ? [] : former(text);
}

function byItsRecord({ path, file, record }: FormerFile): Attributed {
  return attributedByRecord(file.text, file.textId, recordLines(record, path));
}
