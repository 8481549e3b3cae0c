/** What is known when a hook has the message in hand. */
export interface TrailerSituation {
  readonly hook: 'prepare-commit-msg' | 'commit-msg';
  /** The trailers that the commit asks for; none for a commit without AI, or where they are off. */
  readonly wanted: readonly string[];
  /** Whether trailers of ours stand in the message. */
  readonly inMessage: boolean;
  /** Whether `prepare-commit-msg` put trailers into the message of this commit. */
  readonly prepared: boolean;
  /** For `commit-msg`: whether git will give up the commit for its message, which says nothing of the trailers. */
  readonly givenUp?: boolean;
  /** Whether the mark of an earlier attempt at this commit (same `HEAD`) says that the author deleted them. */
  readonly deleted: boolean;
  /** The commit being amended or replayed, where it has a record: whether its message has trailers of ours. */
  readonly recorded?: { readonly hadTrailers: boolean } | undefined;
}

/** What to do with the message (`trailers` for `editMessage`, or leave it alone), and with the mark. */
export interface TrailerDecision {
  readonly edit: { readonly trailers: readonly string[] } | 'leave';
  readonly mark: 'set' | 'clear' | 'keep';
}

/**
 * Trailers that the author deletes stay deleted. The mark lies in the worktree's git directory and names the `HEAD` it
 * is about; who finds it with another `HEAD` takes it for absent. `commit-msg` updates what is there and never adds; an
 * amend or replay of a recorded commit without trailers stays without; ours that are in the message are kept up to date
 * whatever else holds.
 */
export function decideTrailers(situation: TrailerSituation): TrailerDecision {
  const { hook, wanted, inMessage } = situation;
  if (inMessage) return { edit: { trailers: wanted }, mark: 'clear' };
  if (hook === 'commit-msg')
    return { edit: 'leave', mark: situation.prepared && situation.givenUp !== true ? 'set' : 'keep' };
  if (wanted.length === 0 || situation.deleted || situation.recorded?.hadTrailers === false) {
    return { edit: 'leave', mark: 'keep' };
  }
  return { edit: { trailers: wanted }, mark: 'keep' };
}
