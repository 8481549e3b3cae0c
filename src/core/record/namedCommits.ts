import { isSha, type Sha } from '../brand';

/** The commits that a message says its commit was made from. */
export interface NamedCommits {
  /** Reverted: the commit, and the parent it went back to where git says so (a merge). */
  readonly reverted: readonly { readonly commit: Sha; readonly backTo: Sha | undefined }[];
  /** Squashed or picked, in the order of the message. */
  readonly replayed: readonly Sha[];
}

const oid = '([0-9a-f]{64}|[0-9a-f]{40})';
const reverts = new RegExp(`^This reverts commit ${oid}(?:, reversing\\s+changes made to ${oid})?\\.`, 'gm');
const picked = new RegExp(`^\\(cherry picked from commit ${oid}\\)$`, 'gm');
const squashed = new RegExp(`^commit ${oid}$`, 'gm');

function oids(text: string, pattern: RegExp): readonly Sha[] {
  return Array.from(text.matchAll(pattern), ([, found]) => found).filter(isSha);
}

/**
 * Reads what git itself writes into messages: `This reverts commit <oid>.` (git-revert), `(cherry picked from commit
 * <oid>)` (git-cherry-pick -x), and `commit <oid>` below `Squashed commit of the following:` (git-merge --squash).
 */
export function commitsNamedIn(message: string): NamedCommits {
  const reverted = Array.from(message.matchAll(reverts), ([, commit, backTo]) => ({ commit, backTo }));
  const isSquash = message.includes('Squashed commit of the following:');
  return {
    reverted: reverted.flatMap(({ commit, backTo }) =>
      isSha(commit) ? [{ commit, backTo: isSha(backTo) ? backTo : undefined }] : [],
    ),
    replayed: [...oids(message, picked), ...(isSquash ? oids(message, squashed) : [])],
  };
}
