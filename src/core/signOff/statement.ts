import type { RepoPath, Sha } from '../brand';

/** The type of the predicate in each sign-off statement; its `v1` is the schema's version. */
export const predicateType = 'urn:countersign:sign-off:v1';

/** The type of the statement around it: in-toto attestation framework, Statement v1. */
export const statementType = 'https://in-toto.io/Statement/v1';

/** What a sign-off statement says about its range. */
export type SignOffEventKind = 'approve' | 'vouch' | 'request-changes' | 'revoke' | 'override';

/** SHA-256 of an event's payload, 64 hex digits: names the event whatever happens to its envelope. */
export type EventId = string;

/** Lines of one path in the head commit, and what the signer did with them. */
export interface CoveredRegions {
  readonly path: RepoPath;
  /** 1-based, inclusive ranges in the head's text as in records (`1-4,9`); empty for a change without lines there. */
  readonly lines: string;
  /** `carried`: acknowledged in the earlier sign-off `from`. */
  readonly how: 'shown' | 'acknowledged' | 'carried';
  readonly from?: EventId;
}

/** The policy that governed when it was signed. */
export interface PolicyReference {
  readonly revision: number;
  /** SHA-256 of the policy file's bytes, hex. */
  readonly digest: string;
}

interface StatementBase {
  /** The policy's `repository`, else `git:` and the first-parent root of the policy tip. */
  readonly repo: string;
  /** Full name of the ref that the range is to go to. */
  readonly targetRef: string;
  /** Fork point: the range begins behind it. */
  readonly base: Sha;
  readonly head: Sha;
  /** The head's tree. */
  readonly resultTree: Sha;
  /** Every commit of the range, head among them, in topological order. */
  readonly commits: readonly Sha[];
  /** See `diffSha256` in `reviewRendering.ts`. */
  readonly diffSha256: string;
  /** Absent in a repository without a policy. */
  readonly policy?: PolicyReference;
  /** Blob id of the record of each commit that had one. */
  readonly records: Readonly<Record<string, Sha>>;
  readonly principal: string;
  readonly covered: {
    readonly regions: readonly CoveredRegions[];
    /** Answers to the policy's `ask`, by name of the risk. */
    readonly answers: Readonly<Record<string, string>>;
  };
  /** The events about this range that the signer knew. */
  readonly knows: readonly EventId[];
  /** 128 random bits, hex: the same decision made twice is two events. */
  readonly nonce: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Milliseconds since 1970; absent when it does not expire by itself. */
  readonly expires?: number;
  /** Signed without a terminal or a window, by `--yes`. */
  readonly unattended: boolean;
}

/**
 * What a senior signs: one decision about one range.
 *
 * - `approve`: a senior reviewed it; `vouch`: its own author did, region by region.
 * - `request-changes`: a veto, until its signer revokes it.
 * - `override`: it ships without a review, which is a debt.
 * - `revoke`: an earlier event of the same signer no longer counts.
 */
export type SignOffStatement = StatementBase &
  (
    | { readonly event: 'approve' | 'vouch' }
    | { readonly event: 'request-changes' | 'override'; readonly reason: string }
    | { readonly event: 'revoke'; readonly revokes: EventId; readonly reason?: string }
  );

/** Bounds of a statement that we write or accept; beyond them a reader answers `malformed`. */
export const statementLimits = {
  payloadBytes: 4 * 1024 * 1024,
  nameLength: 1024,
  textLength: 16 * 1024,
  commits: 20_000,
  regions: 100_000,
  answers: 200,
  knows: 10_000,
} as const;
