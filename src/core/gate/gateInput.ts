import type { RepoPath, Sha } from '../brand';
import type { LineClass, UnknownReason } from '../origin';
import type { Policy, PolicyProblem } from '../policy/policy';

/**
 * Everything that the verdict depends on, as plain data. Whoever gathers it decides nothing: it reads objects, notes and
 * signatures and says what is there.
 */
export interface GateInput {
  /** The moment of judging, in milliseconds since 1970; what expiry goes by. */
  readonly now: number;
  /** Full name of the ref that is pushed to or merged into. */
  readonly target: string;
  /** Fork point: where head left the target (for a ref that does not exist yet, the default branch). Absent when there is none. */
  readonly base: Sha | undefined;
  /** What the target would hold. Absent only when the push deletes the ref. */
  readonly head: Sha | undefined;
  readonly policy: PolicyState;
  /** What `base..head` does to the policy and the signers file, as a pair. */
  readonly pushedPolicy: PushedPolicy;
  /** The highest revision that this server accepted (`countersign.policyFloor`); absent where nobody keeps one. */
  readonly policyFloor: number | undefined;
  /**
   * The commits of `base..head` to be judged, parents before children: without those that a protected ref of the remote
   * already holds and those that `since` or its ancestors name.
   */
  readonly commits: readonly GateCommit[];
  /** The change from `base` to `head` as a whole, its lines classified by blame; one entry a path. */
  readonly net: readonly NetChange[];
  /** All decoded events that name a commit of the range or whose head carries to it; any order, duplicates allowed. */
  readonly events: readonly GateEvent[];
  /** Whoever pushes, as the server or forge names them: address, login or `github:12345`. Absent turns that rule off. */
  readonly pusher: string | undefined;
  /** The reviews that a forge holds; used only where the policy accepts them. */
  readonly forge: readonly ForgeReview[];
  /** Only for a push, where old and new id are known. */
  readonly push: PushFacts | undefined;
  /** What history or objects are missing here. Empty when everything is there. */
  readonly cutOff: readonly CutOff[];
  /** Names of `refs/replace/*` that are present or pushed, and `grafts` where such a file is. */
  readonly replaceRefs: readonly string[];
  /** Ids of events (or digests of lines) that the sign-off notes held before and no longer hold. */
  readonly removedEvents: readonly string[];
}

/** The policy and signers file at the policy tip. */
export type PolicyState =
  /** No policy at the tip; `protectedRefHadOne`: an earlier commit of a protected ref of that remote has one. */
  | { readonly kind: 'none'; readonly protectedRefHadOne: boolean }
  /** The tip's pair does not decode, and no earlier one on its first-parent history does. */
  | { readonly kind: 'invalid'; readonly commit: Sha; readonly problems: readonly PolicyProblem[] }
  | {
      readonly kind: 'ok';
      readonly policy: Policy;
      /** SHA-256 of the policy's bytes. */
      readonly digest: string;
      /** The commit whose policy governs. */
      readonly commit: Sha;
      /** Present when an earlier commit's pair governs because the tip's does not decode: what is wrong at the tip. */
      readonly fallback?: { readonly tip: Sha; readonly problems: readonly PolicyProblem[] };
    };

/**
 * The pair as head has it, compared with the fork point: a branch that did not touch policy and signers is `unchanged`,
 * whatever the tip holds meanwhile. `commit` is the last commit of the range that changed one of them.
 */
export type PushedPolicy =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'removed'; readonly commit: Sha | undefined }
  | { readonly kind: 'invalid'; readonly commit: Sha | undefined; readonly problems: readonly PolicyProblem[] }
  | {
      readonly kind: 'ok';
      readonly commit: Sha | undefined;
      readonly policy: Policy;
      /** Principals of that roster with at least one usable key in that signers file. */
      readonly usableSeniors: readonly string[];
    };

/** One commit of the range. */
export interface GateCommit {
  readonly sha: Sha;
  readonly parents: readonly Sha[];
  /** First line of the message, untrusted; only for words. */
  readonly subject: string;
  /** Addresses as in the commit object, no mailmap. */
  readonly author: string;
  readonly committer: string;
  /** Addresses of all `Co-authored-by` trailers. */
  readonly coAuthors: readonly string[];
  /** A merge whose tree is exactly the conflict-free automatic merge: nobody of it is excluded from signing. */
  readonly isAutomaticMerge: boolean;
  /** An otherwise equal replay (rebase, pick) of somebody else's commit: its committer is not excluded. */
  readonly isEqualReplay: boolean;
  readonly record: RecordStatus;
  /**
   * Against the first parent; for a merge only what no parent has. One entry a path, every changed path (also those
   * whose lines all count as nothing).
   */
  readonly changes: readonly PathChange[];
  /** Paths at which a merge has content that neither side nor the automatic merge has. */
  readonly evilMergePaths: readonly RepoPath[];
}

/**
 * What is known of the commit's record: our own; only another tool's note or trailer; none; or one whose blobs are not
 * the commit's. With `missing` and `mismatch` every human or pasted line counts as unknown.
 */
export type RecordStatus = 'present' | 'foreign' | 'missing' | 'mismatch';

/** What one commit does to one path. */
export interface PathChange {
  readonly path: RepoPath;
  /** The old name of a renamed file. */
  readonly oldPath?: RepoPath;
  /** Added lines in order; empty where `special` says all there is. */
  readonly added: readonly LineRun[];
  readonly deleted: readonly DeletedLines[];
  readonly special?: SpecialChange;
  /** Added lines that the record does not mention; they are in `added` as unknown. */
  readonly unattributed?: number;
  /** For `defaultGateFiles` only: the old or the new text names the tool. */
  readonly namesTool?: boolean;
  readonly hidden?: readonly HiddenContent[];
}

/** Consecutive lines of the new text that are alike in every field. */
export interface LineRun {
  /** 1-based number of the first line. */
  readonly start: number;
  readonly count: number;
  readonly class: LineClass;
  /** For `unknown`. */
  readonly reason?: UnknownReason;
  /** For `human`: a person said so, nobody saw it. */
  readonly claimed?: boolean;
  /** Counts for nothing: blank, or moved or copied unchanged from the first parent. */
  readonly skip?: 'blank' | 'moved';
}

/** Lines that are gone, by who removed them. */
export interface DeletedLines {
  readonly count: number;
  /** `human` stands for everybody known who is no AI. */
  readonly by: 'ai' | 'unknown' | 'human';
  readonly reason?: UnknownReason;
  readonly skip?: 'blank' | 'moved';
}

/** A change that is not told in lines: one line of its class. `deletion` is that of a whole file. */
export interface SpecialChange {
  readonly kind: 'binary' | 'mode' | 'symlink' | 'submodule' | 'deletion';
  readonly class: LineClass;
  readonly reason?: UnknownReason;
  readonly claimed?: boolean;
}

/** Content that a reviewer would not see: by attributes, by characters, by length. */
export interface HiddenContent {
  readonly kind: 'attributes' | 'bidi' | 'zero-width' | 'minified' | 'binary';
  /** 1-based lines, `1-4,9`; absent for the whole file. */
  readonly lines?: string;
}

/** A path of the net change: the same, with the commit that each part comes from. */
export interface NetChange extends Omit<PathChange, 'added' | 'deleted' | 'special' | 'hidden' | 'unattributed'> {
  readonly added: readonly (LineRun & NetSource)[];
  readonly deleted: readonly (DeletedLines & NetSource)[];
  readonly special?: SpecialChange & NetSource;
}

/**
 * Which commit of the range a part of the net change comes from. A commit that is not in `commits` is not judged, and
 * neither is the part. Absent: nobody can tell, and the part is covered only when every commit of the range that
 * changes the path is (every commit at all, where none changes it).
 */
export interface NetSource {
  readonly commit?: Sha;
}

/** A decoded sign-off event: what its signature says, and what it is to this range. */
export interface GateEvent {
  readonly kind: 'approve' | 'vouch' | 'request-changes' | 'revoke' | 'override';
  /** SHA-256 of the payload, lower-case hex. */
  readonly id: string;
  /** `unknown-key`: not in the signers file; `revoked-key`: in the revocation list; `expired-key`: outside its validity. */
  readonly signature: 'valid' | 'invalid' | 'unknown-key' | 'revoked-key' | 'expired-key' | 'unsupported';
  /** `SHA256:...` of the key that signed. */
  readonly keyFingerprint: string;
  /** The principals that the signers file gives this key; empty unless the signature is valid. Never from the statement. */
  readonly principals: readonly string[];
  /** Whom the statement claims to be from. */
  readonly claimedPrincipal: string;
  /** As in the statement. */
  readonly repo: string;
  readonly targetRef: string;
  readonly head: Sha;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Milliseconds since 1970; absent where the statement has none. */
  readonly expires: number | undefined;
  /** For `revoke`: the id of the event that it takes back. */
  readonly revokes: string | undefined;
  /** For `request-changes` and `override`; untrusted text. */
  readonly reason: string | undefined;
  readonly relation: EventRelation;
  /** Commits of `GateInput.commits` that the event covers through that relation; empty when stale. */
  readonly covers: readonly Sha[];
}

/**
 * What an event made at its own head and base is to this range.
 *
 * - `exact`: the same head and base; `stands`: the same but for what does not matter (target moved, reworded).
 * - `prefix`: the signed head is an ancestor of head, and commits were added.
 * - `carries`: equal normalised diff and the conflict-free merge gives exactly the new tree.
 * - `stale`: anything else; `why` names what differs, in a few words.
 */
export type EventRelation =
  | { readonly kind: 'exact' }
  | { readonly kind: 'stands' }
  | { readonly kind: 'prefix' }
  | { readonly kind: 'carries' }
  | { readonly kind: 'stale'; readonly why: string };

/** The latest undismissed review of one account on a forge. */
export interface ForgeReview {
  /** As in a roster's `accounts`: `github:12345`. */
  readonly account: string;
  readonly state: 'approved' | 'changes-requested';
  /** What was reviewed; an approval counts only for exactly the head. */
  readonly commit: Sha;
}

/** What a push does to the target. `recreate`: the ref does not exist now but is known to have existed. */
export type PushFacts =
  | { readonly kind: 'create' | 'recreate'; readonly newId: Sha }
  | { readonly kind: 'delete'; readonly oldId: Sha }
  /** `lost`: commits that old id reaches and new id does not, newest first; a few suffice. */
  | { readonly kind: 'update'; readonly oldId: Sha; readonly newId: Sha; readonly lost: readonly Sha[] };

/** Something the verdict needs is not here. */
export interface CutOff {
  readonly what: 'fork-point' | 'commit' | 'parent' | 'object';
  readonly commit?: Sha;
}
