import { type Attributed, attributedAsBase, hasUnexplained } from '../core/attribution/attributed';
import { explainDeletions, type LinesGone } from '../core/attribution/explainDeletions';
import { unexplainedSource } from '../core/attribution/explainText';
import { classifyLines } from '../core/attribution/lineClass';
import { rewriteText } from '../core/attribution/rewrite';
import type { RepoPath, Sha } from '../core/brand';
import type { ExplainedFile } from '../core/record/buildRecord';
import { attributedByRecord, recordLines } from '../core/record/recordReader';
import { gitLineMap } from '../core/text/gitLines';
import { decodeBytes } from '../core/text/textId';
import type { FileChange } from '../git/diff';
import { BlobSearch, blobsBrought } from '../git/findBlob';
import { isQuotedRepoPath } from '../git/repoPath';
import { addedAgain } from './addedAgain';
import { type FileText, readBlobText } from './blobs';
import { type FormerFile, formerFiles } from './formerFiles';
import { leastFavourableOf, normalisedLines } from './gitLineOrigins';
import { goneFiles, goneState, knownText, type TextHints } from './knownText';
import type { LineOrigins } from './lineOrigins';
import { movedTexts } from './movedText';
import { lossesOf, type Replayed, replayedTexts, restoredTexts } from './replayed';
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
  const changes = await repo.diffs.diff(first, commit.tree);
  const changedTo = new Map<Sha | undefined, FileChange>();
  for (const change of changes) {
    if (change.oldOid !== undefined && !changedTo.has(change.newOid)) changedTo.set(change.newOid, change);
  }
  let found: readonly RepoPath[] | undefined;
  const gone = (): readonly RepoPath[] => {
    found ??= goneFiles(repo);
    return found;
  };
  const step: Step = {
    ...commit,
    changes,
    changedTo,
    losses: await lossesOf(repo, commit.replays),
    gone,
    former: formerFiles(repo, commit.replays, commit.tree),
    formerOfLeft: formerOfLeft(repo, commit),
    moved: movedTexts(repo, origins, first, changes),
    cameBack: textsThatCameBack(repo, commit.tree, changes),
    search: new BlobSearch(
      repo.git,
      changes.flatMap(({ newOid }) => newOid ?? []),
    ),
  };
  if (others.length > 0) return explainMerge(repo, origins, step);
  const files: ExplainedFile[] = [];
  for (let from = 0; from < changes.length; from += batch) {
    // Asked together, the texts travel together.
    const some = await Promise.all(changes.slice(from, from + batch).map((change) => textsOf(repo, change)));
    for (const texts of some) {
      const file = await explainFile(repo, origins, step, texts);
      if (file !== undefined) files.push(file);
    }
  }
  return files;
}

/** How many files are read together. */
const batch = 100;

/** A change with its file before and after. */
interface ChangedTexts {
  readonly change: FileChange;
  readonly old: FileText | undefined;
  readonly file: FileText | undefined;
}

async function textsOf(repo: Repository, change: FileChange): Promise<ChangedTexts> {
  if (isLineless(change)) return { change, old: undefined, file: undefined };
  const [old, file] = await Promise.all(
    [change.oldOid, change.newOid].map((oid) => (oid === undefined ? undefined : readBlobText(repo, oid))),
  );
  return { change, old, file };
}

function isLineless({ newMode, oldMode, hunks }: FileChange): boolean {
  return newMode === submodule || oldMode === submodule || hunks.length === 0;
}

/** A commit with what it changes, and where that may have come from. */
interface Step extends CommitToExplain {
  readonly changes: readonly FileChange[];
  /** Of each blob that was changed in place the change: a file that came with it is a copy. */
  readonly changedTo: ReadonlyMap<Sha | undefined, FileChange>;
  /** By path what the replayed commits removed, by their records. */
  readonly losses: ReadonlyMap<RepoPath, readonly LinesGone[]>;
  /** Files that are not in the work tree, as they were when the first one was asked for. */
  readonly gone: () => readonly RepoPath[];
  readonly former: ReturnType<typeof formerFiles>;
  readonly formerOfLeft: ReturnType<typeof formerFiles>;
  readonly moved: ReturnType<typeof movedTexts>;
  readonly cameBack: ReturnType<typeof textsThatCameBack>;
  readonly search: BlobSearch;
}

/** Blobs of changed files that stood in another commit, at the same path; looked for at the first call. */
function textsThatCameBack(
  repo: Repository,
  commit: Sha,
  changes: readonly FileChange[],
): () => Promise<ReadonlySet<Sha>> {
  let found: Promise<ReadonlySet<Sha>> | undefined;
  const find = async (): Promise<ReadonlySet<Sha>> => {
    const asked = changes.flatMap(({ path, newOid }) => (newOid === undefined ? [] : { path, oid: newOid }));
    return blobsBrought(repo.git, asked, { reach: 'all-branches', except: commit });
  };
  return () => {
    found ??= find();
    return found;
  };
}

/** A merge lists only what no parent has: of each file the lines that are added against every parent. */
async function explainMerge(repo: Repository, origins: LineOrigins, step: Step): Promise<readonly ExplainedFile[]> {
  const others = await Promise.all(
    step.parents.slice(1).map(async (parent) => {
      const changes = await repo.diffs.diff(parent, step.tree);
      return new Map(changes.map((change) => [change.path, change]));
    }),
  );
  const files: ExplainedFile[] = [];
  for (const change of step.changes) {
    const elsewhere = others.map((changes) => changes.get(change.path));
    if (change.newOid === undefined || elsewhere.some((other) => other === undefined)) continue;
    const lines = elsewhere.map((other) => new Set(other === undefined ? [] : addedLines(other)));
    const file = await explainFile(repo, origins, step, await textsOf(repo, change));
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
  { change, old, file }: ChangedTexts,
): Promise<ExplainedFile | undefined> {
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
    const moved = await commit.moved(change, attributed);
    if (left.length > 0 || moved !== undefined)
      attributed = await knownText(repo, change.path, file.text, { ...hints, left, moved });
  }
  const added = addedLines(change);
  const map = gitLineMap(file.bytes);
  const wanted = new Set(added.flatMap((line) => normalisedLines(map, line)));
  const names = [oldPath, change.path, ...(twin === undefined ? [] : [twin.path]), ...former.map(({ path }) => path)];
  const lookup = await origins.baseLookup(attributed, names, allHomes, {
    lines: wanted,
    first: old,
    search: commit.search,
  });
  const classes = classifyLines(attributed, change.path, lookup);
  const lines = new Map(
    added.map((line) => [line, leastFavourableOf(normalisedLines(map, line).map((index) => classes[index]))]),
  );
  const again = await addedAgain(repo, commit.replays, change.path, file, lines);
  return {
    path: change.path,
    blob: change.newOid,
    isGitQuoted: isQuotedRepoPath(change.path),
    lines: [...lines].map(([line, origin]) => ({ line, origin: again.get(line) ?? origin })),
    deleted: explainDeletions(removed, attributed.cuts, commit.losses.get(change.path) ?? []),
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
  changedTo: Step['changedTo'],
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
  former: ReturnType<typeof formerFiles>,
  path: RepoPath,
  text: string,
): Promise<readonly FormerFile[]> {
  return commits.some(({ record }) => recordLines(record, path).size > 0) ? [] : former(text);
}

function byItsRecord({ path, file, record }: FormerFile): Attributed {
  return attributedByRecord(file.text, file.textId, recordLines(record, path));
}

/** {@link formerFiles} for the commits that history left behind, which are asked for at the first call. */
function formerOfLeft(repo: Repository, { left, tree }: CommitToExplain): ReturnType<typeof formerFiles> {
  let former: ReturnType<typeof formerFiles> | undefined;
  return async (text) => {
    former ??= formerFiles(repo, await left(), tree);
    return former(text);
  };
}
