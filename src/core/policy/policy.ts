import type { Sha } from '../brand';
import type { LineClass, UnknownReason } from '../origin';

/** How strictly findings are taken: `observe` turns a block into information, `warn` into a warning. */
export type Mode = 'observe' | 'warn' | 'enforce';

/** What counts as a senior's word: a signature, or an approval on the forge. */
export type Acceptance = 'key' | 'forge';

/** One entry of `count`: a class, or unknown lines of one reason alone. */
export type Countable = LineClass | `unknown:${UnknownReason}`;

/** Reached when counting lines are at least `lines` and at least `share` (0 to 1) of all, or more than `atMost`. */
export interface Threshold {
  readonly lines: number;
  readonly share: number;
  readonly atMost: number | undefined;
}

/** Paths where more is at stake; evaluated with its own threshold, over its own paths alone. */
export interface Risk {
  readonly name: string;
  /** Globs; see `pathMatcher`. */
  readonly paths: readonly string[];
  readonly threshold: Threshold;
  /** Distinct seniors; the policy's own number where the risk names none. */
  readonly signOffs: number;
  /** The question that a signer answers. */
  readonly ask: string | undefined;
  /** The policy's own where the risk names none. */
  readonly mode: Mode;
  /** The policy's own where the risk names none. */
  readonly accept: readonly Acceptance[];
}

/** A person whose sign-off counts. All names are compared by equality, without case. */
export interface Senior {
  /** As in the signers file. */
  readonly principal: string;
  /** Further addresses of the same person. An address alone excludes; only a key that the signers file gives it qualifies. */
  readonly aliases: readonly string[];
  /** Accounts on forges, `github:12345`. */
  readonly accounts: readonly string[];
  /** Globs of what this person may sign. */
  readonly paths: readonly string[];
}

/** Plain data of a key whose shape nothing depends on yet: kept as written, so that a change of it is a change of rules. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/**
 * The rules, `.countersign.yml`, with every default filled in.
 *
 * The gate evaluates: `mode`, `protect`, `threshold`, `count`, `exempt`, `risks`, `signOffs`, `accept`, `expires`,
 * `carry`, `claims`, `soleSenior`, `override.by`, `seniors`, `gateFiles`, and `allowedSigners` and `revocation` as
 * protected paths. Whoever gathers its input goes by `repository`, `since`, `allowedSigners` and `revocation`.
 */
export interface Policy {
  readonly schema: 1;
  readonly revision: number;
  readonly repository: string;
  readonly mode: Mode;
  readonly since: Sha | undefined;
  /** Short branch names or full refs, with globs; see `isProtectedRef`. */
  readonly protect: readonly string[];
  readonly threshold: Threshold;
  readonly count: readonly Countable[];
  readonly exempt: readonly string[];
  readonly risks: readonly Risk[];
  readonly signOffs: number;
  readonly accept: readonly Acceptance[];
  /** Milliseconds after which a sign-off no longer counts. */
  readonly expires: number;
  readonly carry: 'trivial-rebase' | 'never';
  readonly claims: 'trust' | 'senior';
  /** Not evaluated by the gate: a `vouch` counts for nothing whatever is written here. */
  readonly seniorAuthors: 'another-senior' | 'own-review';
  readonly soleSenior: 'override' | 'wait-24h' | 'deny';
  /** `by` holds principals or the word `seniors`; `reviewWithin` is milliseconds, and only said, not enforced. */
  readonly override: { readonly by: readonly string[]; readonly reviewWithin: number };
  readonly seniors: readonly Senior[];
  /** Path of the signers file, in the same commit as the policy. */
  readonly allowedSigners: string;
  /** Path of the key revocation list, in the same commit as the policy. */
  readonly revocation: string | undefined;
  /** Globs; absent means the files of `defaultGateFiles` that name the tool. */
  readonly gateFiles: readonly string[] | undefined;
  /** For whoever writes commit messages; absent leaves it to git's configuration. */
  readonly trailers: 'full' | 'assisted-by' | 'none' | undefined;
  /** Addresses of automated authors. Not evaluated by the gate. */
  readonly bots: readonly string[];
  /** Globs of generated files. Not evaluated by the gate. */
  readonly generated: readonly string[];
  /** For whoever signs. Not evaluated by the gate. */
  readonly signing: { readonly attended: boolean; readonly hardware: boolean };
  /** What a senior is called in this team, for the words that people read. */
  readonly roleName: string | undefined;
  /** Not evaluated by the gate. */
  readonly requires: PlainValue | undefined;
  /** Not evaluated by the gate. */
  readonly oncall: PlainValue | undefined;
  /** Not evaluated by the gate. */
  readonly promote: PlainValue | undefined;
  /** Not evaluated by the gate. */
  readonly reports: PlainValue | undefined;
}

/** Where the policy is, in every repository. */
export const policyPath = '.countersign.yml';

/** The largest policy that is read, in bytes. */
export const maxPolicyBytes = 64 * 1024;

/** One thing that is wrong with a policy. */
export interface PolicyProblem {
  /** 1-based line in the file. */
  readonly line: number;
  /** Keys from the top, `risks[0].paths[1]`; empty for the file as a whole. */
  readonly path: string;
  /** One sentence; may quote the file, so it is to be made safe before it is shown. */
  readonly message: string;
}

/** What the bytes of a policy file say. Never thrown: every problem at once. */
export type ParsedPolicy =
  | { readonly kind: 'ok'; readonly policy: Policy; readonly warnings: readonly PolicyProblem[] }
  | { readonly kind: 'invalid'; readonly problems: readonly PolicyProblem[] };
