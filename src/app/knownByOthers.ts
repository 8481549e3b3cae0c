import { type Attributed, fillUnexplained } from '../core/attribution/attributed';
import { resolveExact } from '../core/attribution/resolve';
import { placeholder } from '../core/attribution/rules';
import type { Source } from '../core/attribution/source';
import type { RepoPath } from '../core/brand';
import { textIdOf } from '../core/text/textId';
import { replaceSource } from './recordEdit';
import type { Repository } from './repository';

/** Stands for a claim while others are asked first; no state ever holds it. */
const pending = placeholder();

/**
 * `claimed`, what `source` would have made of a text, but for the characters of which somebody who held this very text
 * knows better: an editor that saved it, a text that stood here before and came back.
 */
export function yieldToOthers(repo: Repository, path: RepoPath, claimed: Attributed, source: Source): Attributed {
  const states = repo.ledger
    .statesOf(textIdOf(claimed.text, repo.git.objectFormat))
    .filter((state) => state.role === 'state' && state.path === path && state.worktree === repo.worktree);
  const known = resolveExact(states, { worktree: repo.worktree, path });
  if (known === undefined) return claimed;
  return replaceSource(fillUnexplained(replaceSource(claimed, source, pending), known), pending, source);
}
