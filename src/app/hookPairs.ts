import type { Actor } from '../agents/generic';
import type { OthersWord } from '../core/attribution/settleClaim';
import type { State } from '../core/attribution/state';
import type { RepoPath } from '../core/brand';
import type { Repository } from './repository';

/** A first half whose second did not come for so long says nothing of who writes now (milliseconds). */
export const mostOverlap = 10 * 60 * 1000;

/** What all of a conversation share, whichever of its agents acts. */
export function conversationKey(actor: Actor): string {
  return actor.kind === 'human' ? 'human' : `ai:${actor.tool}:${actor.conversation ?? ''}`;
}

/** Name by which the two halves of a hook pair find each other. */
export function actorKey(actor: Actor): string {
  const key = conversationKey(actor);
  return actor.kind === 'human' || actor.agent === undefined ? key : `${key}#${actor.agent}`;
}

/** The agent that a key of {@link actorKey} names; nothing for a person's. */
export function agentOfKey(
  key: string,
): { readonly tool: string; readonly conversation?: string; readonly agent?: string } | undefined {
  const [, tool, conversation = '', agent] = /^ai:([^:]*):([^#]*)(?:#(.*))?$/s.exec(key) ?? [];
  if (tool === undefined) return undefined;
  return {
    tool,
    ...(conversation === '' ? {} : { conversation }),
    ...(agent === undefined ? {} : { agent }),
  };
}

/** Name for what a command of an agent did: apart from pairs of edits. */
export function shellKey(actor: Actor): string {
  return `${conversationKey(actor)} shell`;
}

/** Whether a key is one of a conversation. */
export function isOfConversation(key: string, conversation: string): boolean {
  return key === conversation || key.startsWith(`${conversation}#`);
}

/** First halves on a file whose second did not come yet. */
export function openPairs(repo: Repository, path: RepoPath): readonly State[] {
  return repo.ledger.openBefores(path, repo.worktree).filter(({ actor }) => actor?.endsWith(' shell') === false);
}

/** Whether an agent is in the middle of an edit in this work tree. */
export function hasOpenEdits(repo: Repository): boolean {
  return (repo.ledger.paths() as readonly RepoPath[]).some((path) =>
    openPairs(repo, path).some(
      ({ actor, time }) => actor?.startsWith('ai:') === true && repo.now() - time < mostOverlap,
    ),
  );
}

/** What others have said of a file since a moment, and what those found who are at it besides `actor`. */
export function othersWord(repo: Repository, path: RepoPath, since: number, actor: Actor): OthersWord {
  const states = repo.ledger
    .lastStates(path)
    .filter(
      ({ role, worktree, existence, time }) =>
        role === 'state' && worktree === repo.worktree && existence === 'there' && time >= since,
    )
    .sort((a, b) => b.time - a.time);
  const own = conversationKey(actor);
  const open = openPairs(repo, path).filter(
    (pair) =>
      pair.actor?.startsWith('ai:') === true &&
      !isOfConversation(pair.actor, own) &&
      repo.now() - pair.time < mostOverlap,
  );
  return {
    states: states.map(({ attributed }) => attributed),
    open: open.map(({ attributed }) => attributed),
    brought: [],
  };
}
