import type { RepoPath, Sha } from '../brand';
import type { Mode } from '../policy/policy';

/** Every kind of finding, in the order in which findings of one commit are listed. */
export const findingKinds = [
  'needsSignOff',
  'vetoed',
  'policyInvalid',
  'policyRollback',
  'protectedPathChanged',
  'historyRewritten',
  'hiddenFromReview',
  'evilMerge',
  'replaceRefs',
  'eventsRemoved',
  'shallowHistory',
  'signOffStale',
  'signOffInvalid',
  'signOffExpired',
  'selfSignOff',
  'signerNotSenior',
  'overridden',
  'policyMissing',
  'recordMissing',
  'recordMismatch',
  'unattributedLines',
] as const;

/** What kind of thing the gate has to say. */
export type FindingKind = (typeof findingKinds)[number];

/** How much it matters: `block` and `undecided` decide the verdict, `warn` and `info` only tell. */
export type Severity = 'block' | 'undecided' | 'warn' | 'info';

/** What the gate says about all findings together. */
export type Verdict = 'pass' | 'blocked' | 'undecided';

/** One thing that the gate has to say about one commit or about the range; exactly what `check --json` prints. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** `null`: about the range, the net change or the repository. */
  readonly commit: Sha | null;
  readonly path: RepoPath | null;
  /** 1-based lines of the new text, `1-4,9`; `null` where there are none or it is about more than one path. */
  readonly lines: string | null;
  /** The risk whose rule it is. */
  readonly risk: string | null;
  readonly principal: string | null;
  /** One sentence that names the fact; safe to show. */
  readonly message: string;
  /** The next step, one sentence that ends in the command where there is one; `null` when there is nothing to do. */
  readonly next: string | null;
}

/**
 * The severity that each kind has under `mode: enforce`. `policyInvalid` is a warning where it is about the tip's own
 * pair, `hiddenFromReview` is information for a binary outside risks: see `evaluateGate`.
 */
export const severityOfKind: Readonly<Record<FindingKind, Severity>> = {
  needsSignOff: 'block',
  vetoed: 'block',
  policyInvalid: 'block',
  policyRollback: 'block',
  protectedPathChanged: 'block',
  historyRewritten: 'block',
  hiddenFromReview: 'block',
  evilMerge: 'block',
  replaceRefs: 'block',
  eventsRemoved: 'block',
  shallowHistory: 'undecided',
  signOffStale: 'info',
  signOffInvalid: 'info',
  signOffExpired: 'info',
  selfSignOff: 'info',
  signerNotSenior: 'info',
  overridden: 'warn',
  policyMissing: 'warn',
  recordMissing: 'warn',
  recordMismatch: 'warn',
  unattributedLines: 'warn',
};

/** What a mode makes of a severity: it softens a block and leaves everything else. */
export function severityUnder(mode: Mode, severity: Severity): Severity {
  if (severity !== 'block') return severity;
  return mode === 'enforce' ? 'block' : mode === 'warn' ? 'warn' : 'info';
}

/** `blocked` if one finding blocks, else `undecided` if one is, else `pass`. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some((finding) => finding.severity === 'block')) return 'blocked';
  return findings.some((finding) => finding.severity === 'undecided') ? 'undecided' : 'pass';
}

/** Exit code of `check` and `pre-receive`; 2 (usage) is not the gate's to give. */
export function exitCodeOf(verdict: Verdict): 0 | 1 | 3 {
  return verdict === 'pass' ? 0 : verdict === 'blocked' ? 1 : 3;
}

/** Exit code of `pre-push`: what is undecided lets the push go. */
export function prePushExitCodeOf(verdict: Verdict): 0 | 1 {
  return verdict === 'blocked' ? 1 : 0;
}

/**
 * The findings in the order of outputs: by commit in `order` (what is about no commit last), then kind, then path, then
 * the rest, so that equal sets print equally. Exact duplicates are left out.
 */
export function sortFindings(findings: readonly Finding[], order: readonly Sha[]): readonly Finding[] {
  const rank = new Map(order.map((sha, index) => [sha, index]));
  const rankOf = (commit: Sha | null) => (commit === null ? order.length + 1 : (rank.get(commit) ?? order.length));
  const tail = (finding: Finding) =>
    [finding.commit, finding.risk, finding.principal, finding.lines, finding.message]
      .map((part) => part ?? '')
      .join('\0');
  const compare = (a: Finding, b: Finding) =>
    rankOf(a.commit) - rankOf(b.commit) ||
    findingKinds.indexOf(a.kind) - findingKinds.indexOf(b.kind) ||
    compareText(a.path ?? '', b.path ?? '') ||
    compareText(tail(a), tail(b)) ||
    compareText(a.severity, b.severity);
  return [...findings].sort(compare).filter((finding, index, all) => {
    const before = all[index - 1];
    return before === undefined || compare(before, finding) !== 0;
  });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
