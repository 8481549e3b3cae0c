import type { RepoPath, Sha } from '../brand';
import type { Finding, Verdict } from './findings';
import type { RecordStatus } from './gateInput';

/** What the gate says, and enough of why for a view to be drawn from it alone. */
export interface GateResult {
  readonly verdict: Verdict;
  /** The fork point. */
  readonly base: Sha | null;
  readonly head: Sha | null;
  readonly target: string;
  /** The commit whose policy governed. */
  readonly policyCommit: Sha | null;
  readonly findings: readonly Finding[];
  /** Whether the governing policy protects the target; nothing is judged where it does not. */
  readonly isProtected: boolean;
  readonly coverage: RangeCoverage;
}

/** What a range needs and has. */
export interface RangeCoverage {
  /** One entry a judged commit, in the order of the input. Empty where nothing is judged. */
  readonly commits: readonly CommitCoverage[];
  /** The rules that the commits reach together, counted over what is not covered yet. */
  readonly range: readonly RuleHit[];
  /** The same for the net change. */
  readonly net: readonly RuleHit[];
  /** Figures of all counting lines of the net change, covered or not, general rule. */
  readonly netCount: LineCount;
}

/** What one commit needs and has. */
export interface CommitCoverage {
  readonly commit: Sha;
  /** `none`: reaches no threshold and touches nothing protected. `overridden`: satisfied by an override alone. */
  readonly state: 'none' | 'needed' | 'covered' | 'overridden';
  /** Distinct seniors that it takes; 0 for `none`. */
  readonly needed: number;
  /** Every rule that the commit reaches, the general one first. */
  readonly reasons: readonly RuleHit[];
  /** Protected paths that it changes. */
  readonly protectedPaths: readonly RepoPath[];
  /** The lines that count, by path; most first, then by path. */
  readonly counting: readonly PathCount[];
  readonly count: LineCount;
  /** Principals who may sign all of it, in roster order. */
  readonly maySign: readonly string[];
  /** Principals whose sign-off counts for at least one path of it, in roster order. */
  readonly signedBy: readonly string[];
  readonly record: RecordStatus;
}

/** Lines that count, out of all that could. */
export interface LineCount {
  readonly counting: number;
  readonly total: number;
}

/** A rule whose threshold is reached. */
export interface RuleHit extends LineCount {
  /** `null` for the policy's general threshold. */
  readonly risk: string | null;
  readonly needed: number;
  /** Whether enough distinct seniors have signed every path of it. */
  readonly isCovered: boolean;
}

/** The counting lines of one path. */
export interface PathCount {
  readonly path: RepoPath;
  /** Added lines that count, `1-4,9`; `null` when only deletions or a special change count. */
  readonly lines: string | null;
  /** All that counts: added, deleted, special. */
  readonly counting: number;
  readonly deleted: number;
  /** Names of the risks that match the path. */
  readonly risks: readonly string[];
}
