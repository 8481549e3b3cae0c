import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Actor, type EditEvent, sessionName } from '../agents/generic';
import { type Attributed, attributedAsBase, attributedBy } from '../core/attribution/attributed';
import { rewriteStep } from '../core/attribution/rewrite';
import { sourceBy } from '../core/attribution/rules';
import { claimBase, claimOf, type OthersWord, settleClaim } from '../core/attribution/settleClaim';
import { type Source, sameSource } from '../core/attribution/source';
import type { State } from '../core/attribution/state';
import type { RepoPath } from '../core/brand';
import { textIdOf, textOfBytes } from '../core/text/textId';
import { readStatus } from '../git/worktree';
import type { NewState } from '../store/journalWriter';
import { readWorkFile, type WorkFile } from '../store/workFile';
import { commitId } from './blobs';
import { recordsOf } from './commitRecords';
import { knownOnDisk, withCopies } from './copiedFile';
import { actorKey, openPairs, othersWord } from './hookPairs';
import { headText } from './knownText';
import { movedOnDisk } from './movedText';
import type { Repository } from './repository';
import { repoPathOf, workPathOf } from './workPath';

/** What an actor's edit makes; weaker where only one half of the pair came. */
export function sourceOf(actor: Actor, paired: boolean): Source {
  if (actor.kind === 'human') return sourceBy('hook.person', { kind: 'human', claim: 'generic' });
  return sourceBy(paired ? 'hook.pair' : 'hook.after', {
    kind: 'ai',
    session: {
      tool: actor.tool,
      ...(actor.model === undefined ? {} : { model: actor.model }),
      ...(actor.conversation === undefined ? {} : { session: sessionName(actor.tool, actor.conversation) }),
      kind: 'agent',
      evidence: paired ? 'measured' : 'declared',
    },
  });
}

/** Some speak of an edit up to this long before it is on disk (milliseconds). */
const writtenLate = 150;
const pause = 25;

/** The files of an edit, each with the digest of what was written where that is told. */
async function filesOf(repo: Repository, edit: EditEvent): Promise<ReadonlyMap<RepoPath, string | undefined>> {
  const wrote = new Map(Object.entries(edit.wrote ?? {}));
  if (edit.files.length === 0) return new Map((await readStatus(repo.git)).map(({ path }) => [path, undefined]));
  return new Map(
    edit.files.flatMap((file) => {
      const path = repoPathOf(repo, file, edit.cwd);
      return path === undefined ? [] : [[path, wrote.get(file)] as const];
    }),
  );
}

/**
 * Takes in one half of an edit that somebody else made on disk.
 *
 * Before: what changed unseen is settled (as unknown, `outside-write`), and what the files hold is kept. After: all that
 * changed since belongs to the actor, who is `measured` when the first half came, else `declared`.
 *
 * @throws ToolError `not-writable`, `git-failed`
 */
export async function recordEdit(repo: Repository, edit: EditEvent): Promise<void> {
  const files = await filesOf(repo, edit);
  if (edit.event === 'before-edit') await recordBefore(repo, edit, [...files.keys()]);
  else await recordAfter(repo, edit, files);
}

/** A state of a file in this work tree, as a hook's process writes it. */
export function newState(repo: Repository, path: RepoPath, attributed: Attributed, rest: Partial<NewState>): NewState {
  return {
    chain: path,
    worktree: repo.worktree,
    path,
    textId: textIdOf(attributed.text, repo.git.objectFormat),
    existence: 'there',
    role: 'state',
    adopted: [],
    attributed,
    ...rest,
  };
}

async function recordBefore(repo: Repository, edit: EditEvent, files: readonly RepoPath[]): Promise<void> {
  const { origins } = recordsOf(repo);
  const states: NewState[] = [];
  const moved = movedOnDisk(repo);
  for (const path of files) {
    const file = readWorkFile(workPathOf(repo, path));
    if (file.kind === 'not-followed') continue;
    const gone = file.kind === 'gone';
    if (isLateHalf(repo, path, edit.actor, gone ? '' : textOfBytes(file.bytes))) continue;
    const attributed = gone
      ? attributedBy(sourceOf(edit.actor, true), '')
      : await knownOnDisk(repo, origins, { path, text: textOfBytes(file.bytes) }, { reason: 'outside-write' }, moved);
    states.push(
      newState(repo, path, attributed, {
        role: 'before',
        existence: gone ? 'gone' : 'there',
        actor: actorKey(edit.actor),
      }),
    );
  }
  repo.ledger.append(states);
  // The agent may commit what it writes before it tells of it: the hooks have to look.
  if (edit.actor.kind === 'ai') repo.ledger.markActive();
}

/** Hooks of one call that were started together end in any order within this (milliseconds). */
const together = 2000;

/** Whether the second half came first, just now: the edit is over, and what changes later is none of its. */
function isLateHalf(repo: Repository, path: RepoPath, actor: Actor, text: string): boolean {
  const key = actorKey(actor);
  const last = latestLocal(repo, path);
  return (
    actor.kind === 'ai' &&
    last?.role === 'state' &&
    last.actor === key &&
    last.adopted.length === 0 &&
    last.attributed.text === text &&
    repo.now() - last.time < together
  );
}

/** What is known of the file at the moment before the edit, since when, and whether its first half came. */
async function beforeOf(
  repo: Repository,
  path: RepoPath,
  actor: string,
): Promise<{ readonly attributed: Attributed; readonly since: number; readonly pair: State | undefined }> {
  const pair = openPairs(repo, path).find((open) => open.actor === actor);
  if (pair !== undefined) return { attributed: pair.attributed, since: pair.time, pair };
  const last = latestLocal(repo, path);
  if (last !== undefined) return { attributed: last.attributed, since: last.time, pair: undefined };
  const head = await headText(repo, path);
  const attributed =
    head === undefined
      ? attributedBy(sourceOf({ kind: 'human' }, false), '')
      : attributedAsBase(head.textId, head.text);
  return { attributed, since: repo.now(), pair: undefined };
}

function latestLocal(repo: Repository, path: RepoPath): State | undefined {
  return [...repo.ledger.lastStates(path)]
    .filter((state) => state.worktree === repo.worktree)
    .sort((a, b) => a.time - b.time)
    .at(-1);
}

interface EditedFile {
  readonly path: RepoPath;
  readonly before: Attributed;
  readonly after: string;
  readonly gone: boolean;
  readonly pair: State | undefined;
  readonly others: OthersWord;
}

async function recordAfter(
  repo: Repository,
  edit: EditEvent,
  files: ReadonlyMap<RepoPath, string | undefined>,
): Promise<void> {
  const { actor } = edit;
  const key = actorKey(actor);
  const edited: EditedFile[] = [];
  for (const [path, wrote] of files) {
    const { attributed, since, pair } = await beforeOf(repo, path, key);
    const file = pair === undefined ? readWorkFile(workPathOf(repo, path)) : await writtenFile(repo, path, attributed);
    if (file.kind === 'not-followed') continue;
    const gone = file.kind === 'gone';
    const after = gone ? '' : textOfBytes(file.bytes);
    if (gone && attributed.text === '' && pair === undefined) continue;
    // Others may have said something while the file was waited for.
    repo.ledger.refresh();
    const said = othersWord(repo, path, since, actor);
    // Whoever wrote all of this text, and knew the one before, made what is new in it: nobody else who is at the file did.
    const isWhole = pair !== undefined && wrote === createHash('sha256').update(after, 'utf8').digest('hex');
    const from = claimBase([attributed], isWhole ? { ...said, open: [] } : said, after);
    if (from !== undefined) edited.push({ path, before: from.base, after, gone, pair, others: from.others });
  }
  const head = await commitId(repo, 'HEAD');
  const step = await withCopies(repo, edited, head === undefined ? [] : [head]);
  // Both kinds of a pair go through the same step, so that a block moved between files keeps its origin; the source of
  // those without a first half is weaker and is put in their place afterwards.
  const claim = claimOf(sourceOf(actor, true));
  const states = rewriteStep(step, claim).flatMap((result, index): NewState[] => {
    const file = step[index];
    if (file === undefined) return [];
    const { path, gone, pair, others } = file;
    const source = sourceOf(actor, pair !== undefined);
    const attributed = settleClaim(replaceSource(result, claim, claimOf(source)), others, source);
    const adopted = pair === undefined ? [] : [{ textId: pair.textId, time: pair.time }];
    return [newState(repo, path, attributed, { existence: gone ? 'gone' : 'there', actor: key, adopted })];
  });
  repo.ledger.append(states);
}

/** The file once it differs from what the first half found; as it is where it does not in time: not every edit does. */
async function writtenFile(repo: Repository, path: RepoPath, before: Attributed): Promise<WorkFile> {
  for (let waited = 0; ; waited += pause) {
    const file = readWorkFile(workPathOf(repo, path));
    const isSame = file.kind === 'found' && textOfBytes(file.bytes) === before.text;
    if (!isSame || waited >= writtenLate) return file;
    await wait(pause);
  }
}

/** `attributed` with one source in the place of another. */
export function replaceSource(attributed: Attributed, from: Source, to: Source): Attributed {
  const swap = (source: Source): Source => (sameSource(source, from) ? to : source);
  return {
    text: attributed.text,
    runs: attributed.runs.map((run) => (run.kind === 'made' ? { ...run, source: swap(run.source) } : run)),
    nicks: attributed.nicks.map((nick) => ({ ...nick, source: swap(nick.source) })),
    cuts: attributed.cuts.map((cut) => ({ ...cut, source: swap(cut.source) })),
  };
}
