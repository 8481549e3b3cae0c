import type { Sha } from '../brand';
import type { CommitView, SignOffView } from './signOffView';

/** Where the sign-off of one outgoing commit stands. */
export type CommitSignOff =
  | { readonly kind: 'signed'; readonly by: readonly string[] }
  /** `stale`: a sign-off is at hand that no longer counts. */
  | { readonly kind: 'waiting'; readonly missing: number; readonly stale: boolean }
  /** A senior asked for changes. */
  | { readonly kind: 'refused'; readonly by: string | undefined }
  | { readonly kind: 'overridden' }
  | { readonly kind: 'not-asked' };

/** Where the sign-off of a commit stands; nothing for one that is not outgoing. */
export function commitSignOff({ commits, summary }: SignOffView, sha: Sha): CommitSignOff | undefined {
  const commit = commits.find((each) => each.sha === sha);
  if (commit === undefined) return undefined;
  const veto = commit.findings.find(({ kind }) => kind === 'vetoed');
  if (veto !== undefined) return { kind: 'refused', by: veto.principal ?? undefined };
  if (isSigned(commit)) return { kind: 'signed', by: commit.coverage?.signedBy ?? [] };
  if (commit.need === 'overridden') return { kind: 'overridden' };
  const stale = commit.findings.some(({ kind }) => kind === 'signOffStale' || kind === 'signOffExpired');
  if (commit.need === 'needed') return { kind: 'waiting', missing: commit.missing, stale };
  // Small commits may ask for a sign-off together though none does by itself.
  const together = summary.waiting > 0 && !commits.some(({ need }) => need === 'needed');
  return together && (commit.coverage?.count.counting ?? 0) > 0
    ? { kind: 'waiting', missing: 1, stale }
    : { kind: 'not-asked' };
}

/** The outgoing commits that are signed off. */
export function signedCommits({ commits }: SignOffView): ReadonlySet<Sha> {
  return new Set(commits.filter(isSigned).map(({ sha }) => sha));
}

/** Also where nothing asked for it. */
function isSigned({ need, coverage }: CommitView): boolean {
  return need === 'covered' || (need === 'none' && (coverage?.signedBy.length ?? 0) > 0);
}
