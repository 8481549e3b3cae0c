import { existsSync } from 'node:fs';
import {
  type Attributed,
  attributedAsBase,
  attributedAsCommitted,
  hasUnexplained,
} from '../core/attribution/attributed';
import { explainText, hasConflictMarks, type TextEvidence } from '../core/attribution/explainText';
import { lastOfChains, nearestFirst, resolveExact, sharesMostLines } from '../core/attribution/resolve';
import type { State } from '../core/attribution/state';
import type { RepoPath, Sha } from '../core/brand';
import type { UnknownReason } from '../core/origin';
import { type TextId, textIdOf } from '../core/text/textId';
import { blobsBrought } from '../git/findBlob';
import { unmergedSides } from '../git/unmerged';
import { commitId, readBlobText, readFileText } from './blobs';
import { commitsInHand } from './commitsInHand';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** How many other texts of a file are asked about a text that none of them is. */
const mostNear = 6;

/** How many files that went are asked about a file that came. */
const mostGone = 50;

/** A committed text that a file's text follows. */
export interface CommittedText {
  readonly text: string;
  readonly textId: TextId;
}

/** What else is known than the ledger and `HEAD`. */
export interface TextHints {
  /** The text that this one follows; that of `HEAD` at the same path when absent, none when `none`. */
  readonly parent?: CommittedText | 'none';
  /** Where the file was before, in the same work tree; where it has no committed text, all files that went are asked. */
  readonly formerPath?: RepoPath;
  /** The commit that `HEAD` is, for who asks of many files at one moment. */
  readonly head?: Sha | undefined;
  /** The commits of whose files a file that came may be a copy; `HEAD` when absent. */
  readonly homes?: readonly Sha[];
  /** The files that went, for who asks of many files at one moment; {@link goneFiles} when absent. */
  readonly gone?: () => readonly RepoPath[];
  readonly replayed?: readonly Attributed[];
  readonly left?: readonly Attributed[];
  /** This text as other files of the same step explain it. */
  readonly moved?: Attributed | undefined;
  /** The commits whose texts are being brought into the work tree; those that git names when absent. */
  readonly inHand?: readonly Sha[];
  /** Why text that nothing explains is unknown; chosen by whether the file was watched when absent. */
  readonly reason?: UnknownReason;
}

/** The file's text in `HEAD`; nothing where there is none. */
export async function headText(repo: Repository, path: RepoPath): Promise<CommittedText | undefined> {
  const head = await commitId(repo, 'HEAD');
  return head === undefined ? undefined : readFileText(repo, head, path);
}

/**
 * What ledger and history say of a text (normalised) of the file at `path`, for whoever comes to it without an edit
 * chain of their own: exact states first, else the text it follows and the nearest other states, and unknown for the rest.
 * The ledger is asked as of its last `refresh`.
 */
export async function knownText(
  repo: Repository,
  path: RepoPath,
  text: string,
  hints: TextHints = {},
): Promise<Attributed> {
  const parent = hints.parent === 'none' ? undefined : (hints.parent ?? (await headText(repo, path)));
  const textId = textIdOf(text, repo.git.objectFormat);
  const exact = resolveExact(repo.ledger.statesOf(textId), { worktree: repo.worktree, path });
  const replayed = hints.replayed ?? [];
  if (replayed.length === 0 && parent?.textId === textId) {
    // Since its last commit nothing was removed, whatever the states before it remember.
    return exact === undefined ? attributedAsBase(textId, text) : attributedAsCommitted(exact, textId);
  }
  const committed = [
    ...(parent === undefined ? await copied(repo, path, { text, textId }, hints) : [parent]),
    ...(await textsInHand(repo, path, hints.inHand ?? (await commitsInHand(repo)))),
  ];
  const evidence: TextEvidence = {
    replayed,
    exact,
    ...nearTexts(repo, formerPaths(repo, path, parent, hints), text, committed),
    left: hints.left ?? [],
    moved: hints.moved,
  };
  const reason = hints.reason ?? (repo.ledger.knowsPath(path) ? 'outside-write' : 'not-watched');
  const explained = explainText(text, evidence, reason);
  if (!hasUnexplained(explained)) return explained;
  const left = [...evidence.left, ...(await merged(repo, path, text, parent))];
  const all = left.length === evidence.left.length ? explained : explainText(text, { ...evidence, left }, reason);
  if (hints.parent !== undefined || !hasUnexplained(all)) return all;
  const older = await committedText(repo, path, { text, textId });
  return older === undefined ? all : explainText(text, { ...evidence, left: [...left, older] }, reason);
}

/**
 * What git merges into a file that has another name by now, as when a stash comes back after a rename: the states under the
 * names that held its texts, and the sides of a conflict, as far as the ledger saw them.
 */
async function merged(
  repo: Repository,
  path: RepoPath,
  text: string,
  parent: CommittedText | undefined,
): Promise<readonly Attributed[]> {
  if (parent === undefined) return [];
  const names = [...pathsThatHeld(repo, path, parent)].filter((name) => name !== path);
  const states = names.flatMap((name) => lastOfChains(repo.ledger.lastStates(name)));
  const oids = hasConflictMarks(text) ? await unmergedSides(repo.git, path) : [];
  const sides = await Promise.all(oids.map((oid) => readBlobText(repo, oid)));
  const place = { worktree: repo.worktree, path };
  return [
    ...sides.flatMap((side) => (side && resolveExact(repo.ledger.statesOf(side.textId), place)) ?? []),
    ...nearestFirst(
      text,
      states.filter(({ existence }) => existence === 'there').map(({ attributed }) => attributed),
      mostNear,
    ),
  ];
}

/** The paths that held a text once that this one holds in its commit, or held last. */
function pathsThatHeld(repo: Repository, path: RepoPath, parent: CommittedText | undefined): ReadonlySet<string> {
  const last = repo.ledger.lastStates(path).filter((state) => state.attributed.text !== '');
  const texts = [
    ...last.map(({ textId }) => textId),
    ...(parent === undefined || parent.text === '' ? [] : [parent.textId]),
  ];
  return new Set(texts.flatMap((id) => repo.ledger.statesOf(id).map((twin) => twin.path)));
}

/** A text that is on disk as a whole as a commit brought it to this path: what came back, or from another branch. */
async function committedText(
  repo: Repository,
  path: RepoPath,
  { text, textId }: CommittedText,
): Promise<Attributed | undefined> {
  if ((await repo.objects.info(textId)).kind === 'missing') return undefined;
  const brought = await blobsBrought(repo.git, [{ path, oid: textId }], { reach: 'all-branches' });
  return brought.has(textId) ? attributedAsBase(textId, text) : undefined;
}

/** A file that came and holds what another file of its homes holds is a copy of that. */
async function copied(
  repo: Repository,
  path: RepoPath,
  text: CommittedText,
  { head, homes }: TextHints,
): Promise<readonly CommittedText[]> {
  if (text.text === '') return [];
  const commits = homes ?? [head ?? (await commitId(repo, 'HEAD'))].filter((commit) => commit !== undefined);
  const twin = await repo.treeBlobs.find(commits, text.textId, (other) => other !== path);
  return twin === undefined ? [] : [text];
}

/** The file as the commits have it that are being brought into the work tree. */
async function textsInHand(
  repo: Repository,
  path: RepoPath,
  commits: readonly Sha[],
): Promise<readonly CommittedText[]> {
  const files = await Promise.all(commits.map((commit) => readFileText(repo, commit, path)));
  return files.filter((file) => file !== undefined);
}

/** Where a file was before. */
interface FormerPaths {
  /** Its own path, and those that it is known to have had. */
  readonly own: readonly string[];
  /** Those that it may have had before it was moved without anybody seeing. */
  readonly possible: readonly string[];
}

function formerPaths(
  repo: Repository,
  path: RepoPath,
  parent: CommittedText | undefined,
  { formerPath, gone }: TextHints,
): FormerPaths {
  if (formerPath !== undefined && formerPath !== path) return { own: [path, formerPath], possible: [] };
  if (parent !== undefined) return { own: [path], possible: [] };
  const went = (gone?.() ?? goneFiles(repo)).filter((other) => other !== path).slice(-mostGone);
  const heldTheSame = pathsThatHeld(repo, path, parent);
  return {
    own: [path, ...went.filter((other) => heldTheSame.has(other))],
    possible: went.filter((other) => !heldTheSame.has(other)),
  };
}

/** The files that the ledger knows and that are not in the work tree. */
export function goneFiles(repo: Repository): readonly RepoPath[] {
  return (repo.ledger.paths() as readonly RepoPath[]).filter((path) => !existsSync(workPathOf(repo, path)));
}

/** The states of the file in this work tree and the committed texts, nearest to `text` first; among equals the latter. */
function nearTexts(
  repo: Repository,
  { own, possible }: FormerPaths,
  text: string,
  committed: readonly CommittedText[],
): Pick<TextEvidence, 'near' | 'last'> {
  const statesOf = (paths: readonly string[]): readonly State[] =>
    paths.flatMap((path) => lastOfChains(repo.ledger.lastStates(path))).filter((state) => state.existence === 'there');
  // A file that came is another one's under a new name only where it is mostly that: else it would be made of any.
  const similar = statesOf(possible).filter((state) => sharesMostLines(text, state.attributed.text));
  const states = [...statesOf(own), ...similar];
  const local = states.filter((state) => state.worktree === repo.worktree);
  const bases = committed.map((base) => attributedAsBase(base.textId, base.text));
  const textsOf = (some: readonly State[]): readonly Attributed[] => some.map(({ attributed }) => attributed);
  const near = nearestFirst(text, [...bases, ...textsOf(local)], mostNear);
  // The file's last state and what stands in a commit always have a say: a formatter may leave no line as it was, removed
  // lines have to be accounted for, and kept ones may stand nowhere else.
  const always = [...textsOf(local.slice(0, 1)), ...bases].filter((one) => !near.includes(one));
  // What was written in another work tree may have come here by a commit.
  const elsewhere = textsOf(states.filter((state) => state.worktree !== repo.worktree));
  return { near: [...near, ...always, ...nearestFirst(text, elsewhere, mostNear)], last: local[0]?.attributed };
}

/** The last state in which the file at `path` was gone, where that is the last thing known of it. */
export function goneState(repo: Repository, path: RepoPath, parent: Sha | undefined): Attributed | undefined {
  const [last] = lastOfChains(repo.ledger.lastStates(path).filter((state) => state.worktree === repo.worktree));
  return last?.existence === 'gone' && parent !== undefined ? last.attributed : undefined;
}
