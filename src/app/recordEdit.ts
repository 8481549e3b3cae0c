import { type Actor, type EditEvent, sessionName } from '../agents/generic';
import { type Attributed, attributedAsBase, attributedBy } from '../core/attribution/attributed';
import { rewriteStep } from '../core/attribution/rewrite';
import { sourceBy } from '../core/attribution/rules';
import { type Source, sameSource } from '../core/attribution/source';
import type { State } from '../core/attribution/state';
import type { RepoPath } from '../core/brand';
import { textIdOf, textOfBytes } from '../core/text/textId';
import { readStatus } from '../git/worktree';
import type { NewState } from '../store/ledger';
import { readWorkFile } from '../store/workFile';
import { headText, knownText } from './knownText';
import type { Repository } from './repository';
import { repoPathOf, workPathOf } from './workPath';

/** Name by which the two halves of a hook pair find each other. */
export function actorKey(actor: Actor): string {
  return actor.kind === 'human' ? 'human' : `ai:${actor.tool}:${actor.conversation ?? ''}`;
}

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

async function filesOf(repo: Repository, edit: EditEvent): Promise<readonly RepoPath[]> {
  if (edit.files.length === 0) return (await readStatus(repo.git)).map(({ path }) => path);
  const paths = edit.files.map((file) => repoPathOf(repo, file, edit.cwd));
  return [...new Set(paths.filter((path) => path !== undefined))];
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
  if (edit.event === 'before-edit') await recordBefore(repo, edit, files);
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
  const states: NewState[] = [];
  for (const path of files) {
    const file = readWorkFile(workPathOf(repo, path));
    if (file.kind === 'not-followed') continue;
    const gone = file.kind === 'gone';
    const attributed = gone
      ? attributedBy(sourceOf(edit.actor, true), '')
      : await knownText(repo, path, textOfBytes(file.bytes), { reason: 'outside-write' });
    states.push(
      newState(repo, path, attributed, {
        role: 'before',
        existence: gone ? 'gone' : 'there',
        actor: actorKey(edit.actor),
      }),
    );
  }
  repo.ledger.append(states);
}

/** What is known of the file at the moment before the edit, and whether its first half came. */
async function beforeOf(
  repo: Repository,
  path: RepoPath,
  actor: string,
): Promise<{ readonly attributed: Attributed; readonly pair: State | undefined }> {
  const pair = repo.ledger.lastBefore(path, actor, repo.worktree);
  const taken =
    pair !== undefined &&
    repo.ledger
      .lastStates(path)
      .some(
        (state) =>
          state.role === 'state' &&
          state.actor === actor &&
          state.worktree === repo.worktree &&
          state.time >= pair.time,
      );
  if (pair !== undefined && !taken) return { attributed: pair.attributed, pair };
  const last = latestLocal(repo, path);
  if (last !== undefined) return { attributed: last.attributed, pair: undefined };
  const head = await headText(repo, path);
  const attributed =
    head === undefined
      ? attributedBy(sourceOf({ kind: 'human' }, false), '')
      : attributedAsBase(head.textId, head.text);
  return { attributed, pair: undefined };
}

function latestLocal(repo: Repository, path: RepoPath): State | undefined {
  return [...repo.ledger.lastStates(path)]
    .filter((state) => state.worktree === repo.worktree)
    .sort((a, b) => a.time - b.time)
    .at(-1);
}

async function recordAfter(repo: Repository, edit: EditEvent, files: readonly RepoPath[]): Promise<void> {
  const actor = actorKey(edit.actor);
  const step: { path: RepoPath; before: Attributed; after: string; gone: boolean; pair: State | undefined }[] = [];
  for (const path of files) {
    const file = readWorkFile(workPathOf(repo, path));
    if (file.kind === 'not-followed') continue;
    const { attributed, pair } = await beforeOf(repo, path, actor);
    const after = file.kind === 'gone' ? '' : textOfBytes(file.bytes);
    if (file.kind === 'gone' && attributed.text === '') continue;
    step.push({ path, before: attributed, after, gone: file.kind === 'gone', pair });
  }
  const states: NewState[] = [];
  // Both kinds of a pair go through the same step, so that a block moved between files keeps its origin; the source of
  // those without a first half is weaker and is put in their place afterwards.
  const strong = sourceOf(edit.actor, true);
  const results = rewriteStep(step, strong);
  results.forEach((result, index) => {
    const file = step[index];
    if (file === undefined) return;
    const attributed = file.pair === undefined ? replaceSource(result, strong, sourceOf(edit.actor, false)) : result;
    states.push(
      newState(repo, file.path, attributed, {
        existence: file.gone ? 'gone' : 'there',
        actor,
        adopted: file.pair === undefined ? [] : [{ textId: file.pair.textId, time: file.pair.time }],
      }),
    );
  });
  repo.ledger.append(states);
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
