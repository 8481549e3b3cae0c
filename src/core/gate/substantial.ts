import type { RepoPath, Sha } from '../brand';
import type { LineClass, UnknownReason } from '../origin';
import { pathMatcher } from '../policy/glob';
import type { Acceptance, Mode, Policy, Threshold } from '../policy/policy';
import type { DeletedLines, LineRun, PathChange, RecordStatus, SpecialChange } from './gateInput';
import type { LineCount } from './gateResult';
import { formatRanges, type LineRange } from './lineRanges';

/** The general threshold, or that of one risk over its own paths. */
export interface Rule {
  /** `null` for the general one. */
  readonly risk: string | null;
  readonly threshold: Threshold;
  readonly signOffs: number;
  readonly mode: Mode;
  readonly accept: readonly Acceptance[];
  /** Whether it is about a file of one of these names. */
  readonly matches: (names: readonly string[]) => boolean;
}

/** What a policy counts and when that is substantial. */
export interface Rules {
  /** The general rule first. */
  readonly all: readonly Rule[];
  /** A renamed file is exempt only under both names: else a rename would take lines out of the count. */
  readonly isExempt: (names: readonly string[]) => boolean;
  readonly counts: (line: LineFacts) => boolean;
  /** On risk paths a claim to have written a line is never taken as true. */
  readonly trustsClaims: (names: readonly string[]) => boolean;
}

interface LineFacts {
  readonly class: LineClass;
  readonly reason?: UnknownReason | undefined;
}

/** The part of a change that one commit did to one path, counted. */
export interface Unit extends LineCount {
  /** Absent where nobody can tell which commit it was. */
  readonly commit: Sha | undefined;
  readonly path: RepoPath;
  /** The path and, of a renamed file, the old one. */
  readonly names: readonly RepoPath[];
  /** The added lines that count. */
  readonly lines: readonly LineRange[];
  /** Deleted lines that count. */
  readonly deleted: number;
  /** The rules that are about the path. */
  readonly rules: readonly Rule[];
}

/** The rules of a policy, with their globs compiled. */
export function rulesOf(policy: Policy): Rules {
  const any = (patterns: readonly string[]) => {
    const matches = pathMatcher(patterns);
    return (names: readonly string[]) => names.some(matches);
  };
  const risks = policy.risks.map((risk): Rule => ({ ...risk, risk: risk.name, matches: any(risk.paths) }));
  const general: Rule = {
    risk: null,
    threshold: policy.threshold,
    signOffs: policy.signOffs,
    mode: policy.mode,
    accept: policy.accept,
    matches: () => true,
  };
  const exempt = pathMatcher(policy.exempt);
  const counted = new Set<string>(policy.count);
  return {
    all: [general, ...risks],
    isExempt: (names) => names.every(exempt),
    counts: (line) => counted.has(line.class) || (line.class === 'unknown' && counted.has(`unknown:${line.reason}`)),
    trustsClaims: (names) => policy.claims === 'trust' && !risks.some((risk) => risk.matches(names)),
  };
}

/** What one commit did to one path, counted by the rules. */
export function measure(
  rules: Rules,
  change: Pick<PathChange, 'path' | 'oldPath' | 'added' | 'deleted' | 'special'>,
  source: { readonly commit: Sha | undefined; readonly record: RecordStatus },
): Unit {
  const names = change.oldPath === undefined ? [change.path] : [change.path, change.oldPath];
  const unit = {
    commit: source.commit,
    path: change.path,
    names,
    rules: rules.all.filter((rule) => rule.matches(names)),
  };
  if (rules.isExempt(names)) return { ...unit, counting: 0, total: 0, lines: [], deleted: 0 };
  const trusts = rules.trustsClaims(names);
  const counts = (line: LineRun | SpecialChange) => rules.counts(judgedClass(line, source.record, trusts));
  const added = change.added.filter((run) => run.skip === undefined);
  const deleted = change.deleted.filter((run) => run.skip === undefined);
  const lines = added.filter(counts);
  const countedDeletions = sum(deleted.filter((run) => rules.counts(deletedClass(run, source.record))));
  const special = change.special === undefined ? 0 : 1;
  return {
    ...unit,
    counting: sum(lines) + countedDeletions + (change.special !== undefined && counts(change.special) ? 1 : 0),
    total: sum(added) + sum(deleted) + special,
    lines: lines.map((run) => ({ start: run.start, end: run.start + run.count })),
    deleted: countedDeletions,
  };
}

/** The figures of several units together, as far as the rule is about them. */
export function countFor(rule: Rule, units: readonly Unit[]): LineCount {
  let counting = 0;
  let total = 0;
  for (const unit of units) {
    if (!unit.rules.includes(rule)) continue;
    counting += unit.counting;
    total += unit.total;
  }
  return { counting, total };
}

/** Whether the figures reach the threshold: `(lines and share) or more than atMost`. Nothing that counts reaches none. */
export function isReached(threshold: Threshold, count: LineCount): boolean {
  if (count.counting === 0) return false;
  const share = count.total === 0 ? 1 : count.counting / count.total;
  if (count.counting >= threshold.lines && share >= threshold.share) return true;
  return threshold.atMost !== undefined && count.counting > threshold.atMost;
}

/** The added lines of a unit that count, `1-4,9`; `null` when there are none. */
export function unitLines(unit: Unit): string | null {
  return unit.lines.length === 0 ? null : formatRanges(unit.lines);
}

/** Without a record that is the commit's, nobody is known to be human. */
function judgedClass(line: LineRun | SpecialChange, record: RecordStatus, trustsClaims: boolean): LineFacts {
  if (line.class === 'human' && line.claimed === true && !trustsClaims) return { class: 'unknown' };
  if (isTrusted(record) || (line.class !== 'human' && line.class !== 'pasted')) return line;
  return { class: 'unknown', reason: 'no-record' };
}

/** A deletion counts as a line of whoever deleted. */
function deletedClass(run: DeletedLines, record: RecordStatus): LineFacts {
  if (run.by !== 'human') return { class: run.by, reason: run.reason };
  return isTrusted(record) ? { class: 'human' } : { class: 'unknown', reason: 'no-record' };
}

function isTrusted(record: RecordStatus): boolean {
  return record === 'present' || record === 'foreign';
}

function sum(runs: readonly { readonly count: number }[]): number {
  return runs.reduce((total, run) => total + run.count, 0);
}
