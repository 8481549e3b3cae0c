import { type Attributed, attributedAsBase, hasUnexplained } from '../core/attribution/attributed';
import { explainDeletions, type LinesGone } from '../core/attribution/explainDeletions';
import { unexplainedSource } from '../core/attribution/explainText';
import { classifyLines } from '../core/attribution/lineClass';
import { rewriteText } from '../core/attribution/rewrite';
import type { RepoPath, Sha } from '../core/brand';
import type { ExplainedFile } from '../core/record/buildRecord';
import type { CommitRecord } from '../core/record/record';
import { attributedByRecord, recordDeletions, recordLines } from '../core/record/recordReader';
import { gitLineMap } from '../core/text/gitLines';
import { decodeBytes } from '../core/text/textId';
import { diffTrees, type FileChange } from '../git/diff';
import { blobsBrought } from '../git/findBlob';
import { isQuotedRepoPath } from '../git/repoPath';
import { type FileText, readBlobText, readFileText } from './blobs';
import { formerFiles } from './formerFiles';
import { leastFavourableOf, normalisedLines } from './gitLineOrigins';
import { goneState, knownText, type TextHints } from './knownText';
import type { LineOrigins } from './lineOrigins';
import { movedTexts } from './movedText';
import type { Repository } from './repository';
import { textOnDisk } from './textOnDisk';

/** A commit, or what is about to become one. */
export interface CommitToExplain {
  /** Its tree, or itself. */
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  /** The commits whose changes it makes again (a pick, an amend, a rewrite), with their records. */
  readonly replays: readonly Replayed[];
  /** Commits whose texts it brings back: what a reverted commit replaced, or a commit without a record that is made again. */
  readonly restores: readonly Sha[];
  /** Recorded commits that git is bringing into the work tree. */
  readonly inHand: readonly Sha[];
  /** Commits that history left behind and that may know its lines; asked for only where nothing else knows. */
  readonly left: () => Promise<readonly Replayed[]>;
}

/** A recorded commit whose lines may stand in another one. */
export interface Replayed {
  readonly commit: Sha;
  readonly parent: Sha | undefined;
  readonly record: CommitRecord;
}

const submodule = '160000';

/** Of so many commits that history left behind last every file counts, not only those that they changed. */
const mostWhole = 4;

/** Explains every line that a commit adds and removes, as its record lists them. */
export async function explainCommit(
  repo: Repository,
  origins: LineOrigins,
  commit: CommitToExplain,
): Promise<readonly ExplainedFile[]> {
  const [first, ...others] = commit.parents;
  const changes = await diffTrees(repo.git, first, commit.tree, { reader: repo.objects });
  const step: Step = {
    ...commit,
    changes,
    former: formerFiles(repo, commit.replays, commit.tree),
    moved: movedTexts(repo, origins, first, changes),
    cameBack: textsThatCameBack(repo, first, changes),
    twins: twinsIn(repo, first),
  };
  if (others.length > 0) return explainMerge(repo, origins, step);
  const files: ExplainedFile[] = [];
  for (const change of changes) {
    const file = await explainFile(repo, origins, step, change);
    if (file !== undefined) files.push(file);
  }
  return files;
}

/** A commit with what it changes, and where that may have come from. */
interface Step extends CommitToExplain {
  readonly changes: readonly FileChange[];
  readonly former: ReturnType<typeof formerFiles>;
  readonly moved: ReturnType<typeof movedTexts>;
  readonly cameBack: ReturnType<typeof textsThatCameBack>;
  readonly twins: ReturnType<typeof twinsIn>;
}

/** Finds the files of a commit that hold a blob; they are listed at the first call. */
function twinsIn(repo: Repository, commit: Sha | undefined): (blob: Sha) => Promise<readonly RepoPath[]> {
  let listed: ReturnType<Repository['blobPaths']> | undefined;
  return async (blob) => {
    if (commit === undefined) return [];
    listed ??= repo.blobPaths(commit);
    return (await listed).get(blob) ?? [];
  };
}

/** Blobs of changed files that stood in an earlier commit, at the same path; looked for at the first call. */
function textsThatCameBack(
  repo: Repository,
  parent: Sha | undefined,
  changes: readonly FileChange[],
): () => Promise<ReadonlySet<Sha>> {
  let found: Promise<ReadonlySet<Sha>> | undefined;
  return () => {
    const asked = changes.flatMap(({ path, newOid }) => (newOid === undefined ? [] : { path, oid: newOid }));
    found ??= parent === undefined ? Promise.resolve(new Set()) : blobsBrought(repo.git, asked, { rev: parent });
    return found;
  };
}

/** A merge lists only what no parent has: of each file the lines that are added against every parent. */
async function explainMerge(repo: Repository, origins: LineOrigins, step: Step): Promise<readonly ExplainedFile[]> {
  const others = await Promise.all(
    step.parents.slice(1).map((parent) => diffTrees(repo.git, parent, step.tree, { reader: repo.objects })),
  );
  const files: ExplainedFile[] = [];
  for (const change of step.changes) {
    const elsewhere = others.map((list) => list.find((other) => other.path === change.path));
    if (change.newOid === undefined || elsewhere.some((other) => other === undefined)) continue;
    const lines = elsewhere.map((other) => new Set(other === undefined ? [] : addedLines(other)));
    const file = await explainFile(repo, origins, step, change);
    const own = file?.lines.filter(({ line }) => lines.every((set) => set.has(line))) ?? [];
    if (file !== undefined && own.length > 0) files.push({ ...file, lines: own, deleted: [] });
  }
  return files;
}

function addedLines(change: FileChange): readonly number[] {
  return change.hunks.flatMap((hunk) => Array.from({ length: hunk.newCount }, (_, index) => hunk.newStart + index));
}

async function explainFile(
  repo: Repository,
  origins: LineOrigins,
  commit: Step,
  change: FileChange,
): Promise<ExplainedFile | undefined> {
  if (change.newMode === submodule || change.oldMode === submodule || change.hunks.length === 0) return undefined;
  const [parent] = commit.parents;
  const oldPath = change.oldPath ?? change.path;
  const old = change.oldOid === undefined ? undefined : await readBlobText(repo, change.oldOid);
  const removed = change.hunks.flatMap((hunk) => hunk.removed.map((line) => decodeBytes(line)));
  if (change.newOid === undefined) {
    const gone = goneState(repo, change.path, parent);
    return {
      path: change.path,
      blob: undefined,
      isGitQuoted: isQuotedRepoPath(change.path),
      lines: [],
      deleted: explainDeletions(removed, gone?.cuts ?? allCut(old), await replayedLoss(repo, commit, change.path)),
    };
  }
  const file = await readBlobText(repo, change.newOid);
  if (file === undefined) return undefined;
  // A copy of what is not plain text for git is known by its blob: no other one has the id of the text.
  const isEncoded = old === undefined && String(file.textId) !== file.blob;
  const twins = isEncoded ? await commit.twins(file.blob) : [];
  const hints: TextHints = {
    parent: old ?? (twins.length > 0 ? file : 'none'),
    inHand: commit.inHand,
    ...(change.oldPath === undefined ? {} : { formerPath: change.oldPath }),
    replayed: [
      ...(await replayedTexts(repo, commit.replays, change.path)),
      ...(await renamedTexts(commit, change.path, file.text)),
      ...(await restoredTexts(repo, commit.restores, change.path)),
    ],
  };
  const homes = [...commit.parents, ...commit.replays.map((replay) => replay.commit), ...commit.restores];
  let attributed = await knownText(repo, change.path, file.text, hints);
  if (hasUnexplained(attributed)) {
    const onDisk = await textOnDisk(repo, change.path, file, hints);
    const left = [
      ...(onDisk === undefined ? [] : [onDisk]),
      ...(await copiedText(repo, change, commit.changes, file.text)),
      ...(await replayedTexts(repo, await commit.left(), change.path)),
      ...(await restoredTexts(
        repo,
        (await commit.left()).slice(0, mostWhole).map((left) => left.commit),
        change.path,
      )),
      ...((await commit.cameBack()).has(change.newOid) ? [attributedAsBase(file.textId, file.text)] : []),
    ];
    const moved = await commit.moved(change, attributed);
    if (left.length > 0 || moved !== undefined)
      attributed = await knownText(repo, change.path, file.text, { ...hints, left, moved });
  }
  const added = addedLines(change);
  const map = gitLineMap(file.bytes);
  const wanted = new Set(added.flatMap((line) => normalisedLines(map, line)));
  const lookup = await origins.baseLookup(attributed, [oldPath, change.path, ...twins], homes, wanted);
  const classes = classifyLines(attributed, change.path, lookup);
  return {
    path: change.path,
    blob: change.newOid,
    isGitQuoted: isQuotedRepoPath(change.path),
    lines: added.map((line) => ({
      line,
      origin: leastFavourableOf(normalisedLines(map, line).map((index) => classes[index])),
    })),
    deleted: explainDeletions(removed, attributed.cuts, await replayedLoss(repo, commit, change.path)),
  };
}

function allCut(old: FileText | undefined): Attributed['cuts'] {
  if (old === undefined) return [];
  return rewriteText(attributedAsBase(old.textId, old.text), '', unexplainedSource('not-watched')).cuts;
}

/** What is known of another file of the commit that holds the very text of one that came: that is a copy of it. */
async function copiedText(
  repo: Repository,
  change: FileChange,
  changes: readonly FileChange[],
  text: string,
): Promise<readonly Attributed[]> {
  const twin =
    change.oldOid === undefined
      ? changes.find((other) => other.newOid === change.newOid && other.oldOid !== undefined)
      : undefined;
  if (twin?.oldOid === undefined) return [];
  const old = await readBlobText(repo, twin.oldOid);
  return [await knownText(repo, twin.path, text, { parent: old ?? 'none' })];
}

/** The file as each replayed commit left it, known by that commit's record. */
async function replayedTexts(
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

/** The file as replayed commits left it that had it under another name. */
async function renamedTexts({ replays, former }: Step, path: RepoPath, text: string): Promise<readonly Attributed[]> {
  if (replays.some(({ record }) => recordLines(record, path).size > 0)) return [];
  return (await former(text)).map(({ path: name, file, record }) =>
    attributedByRecord(file.text, file.textId, recordLines(record, name)),
  );
}

/** The file as the commits have it whose texts are brought back. */
async function restoredTexts(
  repo: Repository,
  commits: readonly Sha[],
  path: RepoPath,
): Promise<readonly Attributed[]> {
  const files = await Promise.all(commits.map((commit) => readFileText(repo, commit, path)));
  return files.flatMap((file) => (file === undefined ? [] : attributedAsBase(file.textId, file.text)));
}

/** What the replayed commits removed from the file, by their records. */
async function replayedLoss(repo: Repository, commit: CommitToExplain, path: RepoPath): Promise<readonly LinesGone[]> {
  const result: LinesGone[] = [];
  for (const replay of commit.replays) {
    const change = (await diffTrees(repo.git, replay.parent, replay.commit, { reader: repo.objects })).find(
      (candidate) => candidate.path === path,
    );
    if (change === undefined) continue;
    result.push({
      lines: change.hunks.flatMap((hunk) => hunk.removed.map((line) => decodeBytes(line))),
      deletions: recordDeletions(replay.record, path),
    });
  }
  return result;
}
