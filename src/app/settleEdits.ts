import { adapterOf } from '../agents/adapters';
import { type Actor, sessionName } from '../agents/generic';
import { rewriteText } from '../core/attribution/rewrite';
import { claimBase, claimOf, settleClaim } from '../core/attribution/settleClaim';
import type { State } from '../core/attribution/state';
import type { RepoPath } from '../core/brand';
import { textOfBytes } from '../core/text/textId';
import type { Environment } from '../git/gitEnvironment';
import { rememberedModel } from '../store/agentSessions';
import type { NewState } from '../store/journalWriter';
import { readWorkFile } from '../store/workFile';
import { commitsFrom } from './committingAgent';
import { actorKey, agentOfKey, conversationKey, isOfConversation, openPairs, othersWord } from './hookPairs';
import { newState, sourceOf } from './recordEdit';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** A pair whose second half did not come for so long is forgotten. */
const mostAge = 12 * 60 * 60 * 1000;

/** An agent that came to rest: itself alone, or with all others of its conversation. */
export type Rest = 'stop' | 'end';

/**
 * Ends the edits of which an agent that came to rest told only the first half: what changed in their files since is its
 * own, as declared, but for what others are known to have written. @throws ToolError `not-writable`
 */
export function settleEdits(repo: Repository, actor: Actor, rest: Rest): void {
  const [own, conversation] = [actorKey(actor), conversationKey(actor)];
  const isMeant = (key: string): boolean => (rest === 'end' ? isOfConversation(key, conversation) : key === own);
  endPairs(repo, ({ actor: key = '' }) => (isMeant(key) ? actor : undefined));
}

/**
 * The same for an agent that begins something else, where it does one thing after the other: the edit before is over,
 * though nothing told of its end. @throws ToolError `not-writable`
 */
export function settleEarlierEdits(repo: Repository, actor: Actor): void {
  if (actor.kind === 'human' || adapterOf(actor.tool)?.inTurn !== true) return;
  const own = actorKey(actor);
  endPairs(repo, ({ actor: key }) => (key === own ? actor : undefined));
}

/**
 * The same for the edits of an agent that makes a commit, so that the record of the commit knows of them. `env` is what
 * git gave its hook. @throws ToolError `not-writable`
 */
export function settleEditsAtCommit(repo: Repository, env: Environment): void {
  endPairs(repo, ({ actor: key = '', time }) => {
    const agent = agentOfKey(key);
    if (agent === undefined || commitsFrom(agent, time, env, repo.now()) === undefined) return undefined;
    const { tool, conversation } = agent;
    const model =
      conversation === undefined ? undefined : rememberedModel(repo.git.commonDir, sessionName(tool, conversation));
    return { kind: 'ai', ...agent, ...(model === undefined ? {} : { model }) };
  });
}

function endPairs(repo: Repository, actorOf: (pair: State) => Actor | undefined): void {
  const states: NewState[] = [];
  for (const path of repo.ledger.paths() as readonly RepoPath[]) {
    for (const pair of openPairs(repo, path)) {
      const actor = repo.now() - pair.time > mostAge ? undefined : actorOf(pair);
      if (actor === undefined) continue;
      const state = ended(repo, path, pair, actor);
      if (state !== undefined) states.push(state);
    }
  }
  repo.ledger.append(states);
  repo.ledger.refresh();
}

function ended(repo: Repository, path: RepoPath, pair: State, actor: Actor): NewState | undefined {
  const file = readWorkFile(workPathOf(repo, path));
  if (file.kind === 'not-followed') return undefined;
  const gone = file.kind === 'gone';
  const text = gone ? '' : textOfBytes(file.bytes);
  const source = sourceOf(actor, false);
  const from = claimBase([pair.attributed], othersWord(repo, path, pair.time, actor), text);
  if (from === undefined) return undefined;
  const { base, others } = from;
  const claimed = text === base.text ? base : rewriteText(base, text, claimOf(source));
  const attributed = settleClaim(claimed, others, source);
  const adopted = [{ textId: pair.textId, time: pair.time }];
  return newState(repo, path, attributed, {
    existence: gone ? 'gone' : 'there',
    ...(pair.actor === undefined ? {} : { actor: pair.actor }),
    adopted,
  });
}
