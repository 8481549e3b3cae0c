import type { Sha } from '../brand';

/** A commit, as far as it tells that one was made from another. */
export interface RewriteFacts {
  readonly commit: Sha;
  /** Equal for two commits that remove and add the same lines of the same paths. */
  readonly patch: string;
  /** Author, moment and words: what a rebase keeps. */
  readonly work: string;
}

/** A commit and the one that it was made from. */
export interface RewritePair {
  readonly made: Sha;
  readonly from: Sha;
}

/**
 * Which commits of a chain (newest first) are commits of `range` (newest first) made again, as a rebase does: the same
 * patch, else the same work. The chain is followed while it pairs, each commit of the range is used once, and order is kept.
 */
export function pairRewritten(chain: readonly RewriteFacts[], range: readonly RewriteFacts[]): readonly RewritePair[] {
  const pairs: RewritePair[] = [];
  let next = 0;
  for (const made of chain) {
    const left = range.slice(next);
    let at = left.findIndex(({ patch }) => patch === made.patch);
    if (at < 0) at = left.findIndex(({ work }) => work === made.work);
    const from = left[at];
    if (from === undefined) break;
    pairs.push({ made: made.commit, from: from.commit });
    next += at + 1;
  }
  return pairs;
}
