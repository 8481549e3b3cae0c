import type { Actor } from '../agents/generic';
import { rewriteText } from '../core/attribution/rewrite';
import type { RepoPath } from '../core/brand';
import { textOfBytes } from '../core/text/textId';
import type { NewState } from '../store/ledger';
import { readWorkFile } from '../store/workFile';
import { yieldToOthers } from './knownByOthers';
import { actorKey, newState, sourceOf } from './recordEdit';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** A pair whose second half did not come for so long is forgotten. */
const mostAge = 12 * 60 * 60 * 1000;

/**
 * Ends the edits of which an agent that came to rest told only the first half: what changed in their files since is its
 * own, as declared, but for what others are known to have written. @throws ToolError `not-writable`
 */
export function settleEdits(repo: Repository, actor: Actor): void {
  const key = actorKey(actor);
  const source = sourceOf(actor, false);
  const states: NewState[] = [];
  for (const path of repo.ledger.paths() as readonly RepoPath[]) {
    const open = repo.ledger.lastBefore(path, key, repo.worktree);
    if (open === undefined || repo.now() - open.time > mostAge) continue;
    const last = repo.ledger.lastStates(path);
    const isEnded = last.some(
      (state) =>
        state.role === 'state' && state.actor === key && state.worktree === repo.worktree && state.time >= open.time,
    );
    if (isEnded) continue;
    const file = readWorkFile(workPathOf(repo, path));
    if (file.kind === 'not-followed') continue;
    const gone = file.kind === 'gone';
    const text = gone ? '' : textOfBytes(file.bytes);
    const claimed = text === open.attributed.text ? open.attributed : rewriteText(open.attributed, text, source);
    const attributed = gone ? claimed : yieldToOthers(repo, path, claimed, source);
    const adopted = [{ textId: open.textId, time: open.time }];
    states.push(newState(repo, path, attributed, { existence: gone ? 'gone' : 'there', actor: key, adopted }));
  }
  repo.ledger.append(states);
}
