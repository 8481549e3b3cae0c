import type { Actor } from '../agents/generic';
import { type Attributed, attributedBy } from '../core/attribution/attributed';
import { resolveExact } from '../core/attribution/resolve';
import { rewriteStep } from '../core/attribution/rewrite';
import { claimBase, claimOf, type OthersWord, settleClaim } from '../core/attribution/settleClaim';
import type { Source } from '../core/attribution/source';
import type { RepoPath, Sha } from '../core/brand';
import { textIdOf, textOfBytes } from '../core/text/textId';
import { readCommits } from '../git/commit';
import { diffNames } from '../git/diff';
import { currentBranch, listRefs, resolve } from '../git/refs';
import { type CommitRange, listCommits } from '../git/revList';
import type { NewState } from '../store/journalWriter';
import { openSnapshots, readSnapshot, type ShellSnapshot } from '../store/shellSnapshots';
import { readWorkFile } from '../store/workFile';
import { broughtByGit, heldBefore } from './broughtByGit';
import { changedFiles, mostFiles, stampOf } from './changedFiles';
import { recordsOf } from './commitRecords';
import { committedOnDisk, filteredBlob } from './committedOnDisk';
import { withCopies } from './copiedFile';
import { mostOverlap, othersWord, shellKey } from './hookPairs';
import { yieldToOthers } from './knownByOthers';
import { arrivedSince, type LeftFile, type LeftInGit, leftInGit } from './leftInGit';
import type { LineOrigins } from './lineOrigins';
import { RecordBook } from './recordBook';
import { newState, sourceOf } from './recordEdit';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** Who runs a command. */
export type ShellActor = Extract<Actor, { readonly kind: 'ai' }>;

/** How an after half is taken: with its before half, or because the agent came to rest without one. */
export type HowEnded = 'measured' | 'declared';

/** Commits of one command that are looked at; with more it fetched them. */
const mostCommits = 100;

/**
 * Gives what a command changed since a snapshot to its agent, on disk and in what git alone has of it by now, but for what others
 * are known to have written. @throws ToolError `not-writable`, `git-failed`
 */
export async function claimChanges(
  repo: Repository,
  actor: ShellActor,
  snapshot: ShellSnapshot,
  how: HowEnded,
): Promise<void> {
  const head = await resolve(repo.git, 'HEAD', 'commit');
  const claim: Claim = { repo, actor, snapshot, head, source: sourceOf(actor, how === 'measured'), ...recordsOf(repo) };
  // What git has of it alone is older than what lies on disk.
  for (const left of await leftInGit(repo, snapshot, head)) await claimFiles(claim, left);
  await claimFiles(claim, await leftOnDisk(claim));
}

/** What a command did, and to whom it is given. */
interface Claim {
  readonly repo: Repository;
  readonly actor: ShellActor;
  readonly snapshot: ShellSnapshot;
  /** The commit that `HEAD` is by now. */
  readonly head: Sha | undefined;
  readonly source: Source;
  readonly origins: LineOrigins;
}

/** The files that the command may have written and that lie on disk, or are gone from there. */
async function leftOnDisk({ repo, snapshot, head }: Claim): Promise<LeftInGit> {
  const known = new Map(snapshot.files.map((file) => [file.path, file]));
  const moved = head === snapshot.head ? undefined : head;
  const own = moved === undefined ? [] : await ownChanges(repo, snapshot, moved);
  // What is not changed any more was put back, unless it is in a commit that was made meanwhile.
  const candidates = new Set([...(await changedFiles(repo)), ...own]);
  const files: LeftFile[] = [];
  for (const path of candidates.size > mostFiles ? [] : candidates) {
    if (known.get(path)?.stamp === stampOf(repo, path)) continue;
    const file = readWorkFile(workPathOf(repo, path));
    if (file.kind === 'gone') files.push({ path, after: '', gone: true, how: 'plain' });
    if (file.kind !== 'found') continue;
    const after = textOfBytes(file.bytes);
    const stored = await filteredBlob(repo, path, after);
    const how = stored === undefined ? ({ how: 'plain' } as const) : ({ how: 'filtered', stored } as const);
    files.push({ path, after, gone: false, ...how });
  }
  // Where the command's own commits have no records yet, nothing tells its lines from those it came to.
  const passed = await arrivedSince(repo, snapshot);
  return { files, arrived: [...new Set(own.length === 0 && moved !== undefined ? [moved, ...passed] : passed)] };
}

/** Gives what a command made of files to the agent, but for what it found, what git brought, and what others are known to have written. */
async function claimFiles(claim: Claim, { files, arrived }: LeftInGit): Promise<void> {
  const { repo, actor, snapshot, head, source, origins } = claim;
  const step: ChangedFile[] = [];
  for (const file of files) {
    const { after } = file;
    const brought = await broughtByGit(repo, origins, snapshot, arrived, file);
    if (brought.some(({ text }) => text === after)) continue;
    const from = claimBase(await textsBefore(claim, file), { ...(await othersAtWork(claim, file)), brought }, after);
    if (from !== undefined && from.base.text !== after) step.push({ ...file, before: from.base, others: from.others });
  }
  const old = await heldBefore(repo, step, snapshot.time);
  const heads = [snapshot.head, head, ...arrived].filter((commit) => commit !== undefined);
  const written = await withCopies(
    repo,
    step.filter((file) => !old.has(file)),
    [...new Set(heads)],
  );
  const states = rewriteStep(written, claimOf(source)).flatMap((result, index): NewState[] => {
    const file = written[index];
    if (file === undefined) return [];
    const { path, before, gone, others } = file;
    const settled = settleClaim(result, others, source);
    const attributed = gone ? settled : yieldToOthers(repo, path, settled, source);
    const adopted =
      before.text === '' ? [] : [{ textId: textIdOf(before.text, repo.git.objectFormat), time: snapshot.time }];
    return [newState(repo, path, attributed, { existence: gone ? 'gone' : 'there', actor: shellKey(actor), adopted })];
  });
  repo.ledger.append(states);
  repo.ledger.refresh();
}

interface ChangedFile extends LeftFile {
  readonly before: Attributed;
  readonly others: OthersWord;
}

/** {@link othersWord}, with the commands that other agents run meanwhile. */
async function othersAtWork(claim: Claim, file: LeftFile): Promise<OthersWord> {
  const { repo, actor, snapshot } = claim;
  const others = othersWord(repo, file.path, snapshot.time, actor);
  const running = runningShells(repo).filter(
    ({ snapshot: other }) => !isSameConversation(other.actor, actor) && repo.now() - other.time < mostOverlap,
  );
  const found = await Promise.all(running.map((other) => textsBefore({ ...claim, snapshot: other.snapshot }, file)));
  return { ...others, open: [...others.open, ...found.flatMap((texts) => texts.slice(-1))] };
}

/**
 * What the file held at the moment of a snapshot, last, and before it what the commit of that moment had, which a command may have
 * put back; none where the former is not known.
 */
async function textsBefore(
  { repo, snapshot, origins }: Pick<Claim, 'repo' | 'snapshot' | 'origins'>,
  { path, how, gone }: LeftFile,
): Promise<readonly Attributed[]> {
  const nothing = attributedBy(sourceOf({ kind: 'human' }, false), '');
  const commit = snapshot.head;
  const committed = commit && (await committedOnDisk(repo, origins, { commit, path }, how));
  const entry = snapshot.files.find((file) => file.path === path);
  if (entry === undefined) return [committed ?? nothing];
  const found =
    entry.textId === undefined
      ? nothing
      : resolveExact(repo.ledger.statesOf(entry.textId), { worktree: repo.worktree, path });
  if (found === undefined) return [];
  // What went may stand under another name, as it was.
  return committed === undefined || gone ? [found] : [committed, found];
}

/** Files in commits that were made since: not fetched, not switched to, and not recorded by the hooks. */
async function ownChanges(repo: Repository, snapshot: ShellSnapshot, head: Sha): Promise<readonly RepoPath[]> {
  const range: CommitRange = {
    include: [head],
    exclude: snapshot.head === undefined ? [] : [snapshot.head],
    excludeRefs: ['refs/remotes/*'],
    max: mostCommits + 1,
  };
  const commits = await listCommits(repo.git, range);
  if (commits.length === 0 || commits.length > mostCommits) return [];
  if ((await new RecordBook(repo).without(commits.map(({ sha }) => sha))).length === 0) return [];
  const read = await readCommits(
    repo.objects,
    commits.map(({ sha }) => sha),
  );
  // Commit times are whole seconds: within one, what other branches have was there before.
  const since = Math.floor(snapshot.time / 1000);
  const times = read.map((found) => (found.kind === 'found' ? found.commit.committer.time : 0));
  if (times.some((time) => time < since)) return [];
  if (times.includes(since)) {
    const branch = await currentBranch(repo.git);
    const others = (await listRefs(repo.git, 'refs/heads')).filter(({ name }) => name !== branch);
    const exclude = [...(range.exclude ?? []), ...others.map(({ oid }) => oid)];
    if ((await listCommits(repo.git, { ...range, exclude })).length < commits.length) return [];
  }
  const changes = await diffNames(repo.git, snapshot.head, head);
  return changes.flatMap(({ path, oldPath }) => (oldPath === undefined ? [path] : [path, oldPath]));
}

/** The commands of this work tree that have not ended. */
export function runningShells(
  repo: Repository,
): readonly { readonly name: string; readonly snapshot: ShellSnapshot }[] {
  return openSnapshots(repo.git.commonDir).flatMap((name) => {
    const snapshot = readSnapshot(repo.git.commonDir, name);
    return snapshot?.worktree === repo.worktree ? [{ name, snapshot }] : [];
  });
}

/** Whether two are of one conversation. */
export function isSameConversation(a: ShellSnapshot['actor'], b: ShellSnapshot['actor']): boolean {
  return a.tool === b.tool && a.conversation === b.conversation;
}
