import type { Sha } from '../brand';
import type { Policy } from '../policy/policy';
import type { Need } from './coverage';
import type { Finding } from './findings';
import { type About, finding, shortId, type WordFacts } from './findingWords';
import type { GateCommit, GateInput, NetChange, RecordStatus } from './gateInput';
import type { CommitCoverage, LineCount, PathCount, RangeCoverage, RuleHit } from './gateResult';
import type { JudgedEvents } from './judgeEvents';
import { judgeHidden } from './judgeHidden';
import { type RangeContext, rangeText, softened } from './rangeContext';
import { countFor, isReached, measure, type Rule, type Unit, unitLines } from './substantial';

/** What the commits, the range and the net change need and lack; severities are already those of the modes. */
export function judgeRange(context: RangeContext): {
  readonly findings: readonly Finding[];
  readonly coverage: RangeCoverage;
} {
  const { input, rules, events } = context;
  const judged = input.commits.map((commit) => judgeCommit(context, commit));
  const isOverridden = (commit: Sha | undefined) => overridesCover(input, events, commit);
  const rest = (units: readonly Unit[], rule: Rule) =>
    units.filter((unit) => !context.coverage.isCovered(unit, rule) && !isOverridden(unit.commit));
  const rangeUnits = judged.flatMap((each) => each.units);
  const netUnits = measureNet(context);
  const hit = (units: readonly Unit[], rule: Rule): RuleHit | undefined => {
    const count = countFor(rule, rest(units, rule));
    return isReached(rule.threshold, count)
      ? { risk: rule.risk, ...count, needed: rule.signOffs, isCovered: false }
      : undefined;
  };
  const range = rules.all.map((rule) => hit(rangeUnits, rule));
  const net = rules.all.map((rule) => hit(netUnits, rule));
  const findings = judged.flatMap((each) => each.findings);
  rules.all.forEach((rule, index) => {
    // Said once: by the commits where one of them reaches the rule, else by the range, else by the net change.
    if (judged.some((each) => each.missing.has(rule))) return;
    const what = range[index] !== undefined ? 'the range' : 'the net change';
    const found = range[index] ?? net[index];
    if (found === undefined) return;
    const units = rest(range[index] !== undefined ? rangeUnits : netUnits, rule);
    findings.push(needsSignOff(context, rule, { what, count: found, units }));
  });
  return {
    findings: [...findings, ...netProtectedFindings(context), ...overrideFindings(context)],
    coverage: {
      commits: judged.map((each) => each.coverage),
      range: range.filter((each) => each !== undefined),
      net: net.filter((each) => each !== undefined),
      netCount: countTotal(netUnits),
    },
  };
}

interface JudgedCommit {
  readonly units: readonly Unit[];
  readonly findings: readonly Finding[];
  readonly coverage: CommitCoverage;
  /** Rules that it reaches and that neither sign-offs nor an override satisfy. */
  readonly missing: ReadonlySet<Rule>;
}

function judgeCommit(context: RangeContext, commit: GateCommit): JudgedCommit {
  const { policy, rules, coverage, roster } = context;
  const source = { commit: commit.sha, record: commit.record };
  const units = commit.changes.map((change) => measure(rules, change, source));
  const isOverridden = overridesCover(context.input, context.events, commit.sha);
  const findings: Finding[] = [];
  const missing = new Set<Rule>();
  const hits: RuleHit[] = [];
  const concerned = new Set<Unit>();
  for (const rule of rules.all) {
    const count = countFor(rule, units);
    if (!isReached(rule.threshold, count)) continue;
    const counting = units.filter((unit) => unit.counting > 0 && unit.rules.includes(rule));
    const isCovered = counting.every((unit) => coverage.isCovered(unit, rule));
    hits.push({ risk: rule.risk, ...count, needed: rule.signOffs, isCovered });
    for (const unit of counting) concerned.add(unit);
    if (isCovered || isOverridden) continue;
    missing.add(rule);
    findings.push(needsSignOff(context, rule, { what: describe(commit), commit: commit.sha, count, units: counting }));
  }
  const guarded = units.filter((unit, index) => isGuarded(context, unit, commit.changes[index]));
  for (const unit of guarded) concerned.add(unit);
  const unguarded = guarded.filter((unit) => !coverage.isCovered(unit, guardNeed(policy, unit)));
  findings.push(...unguarded.map((unit) => protectedFinding(context, unit)), ...judgeHidden(context, commit, units));
  const needed = Math.max(
    0,
    ...hits.map((hit) => hit.needed),
    ...guarded.map((unit) => guardNeed(policy, unit).signOffs),
  );
  const signedBy = new Set([...(concerned.size > 0 ? concerned : units)].flatMap((unit) => coverage.persons(unit)));
  const isSigned = unguarded.length === 0 && hits.every((hit) => hit.isCovered);
  findings.push(...notCountingFindings(context, commit, [...concerned], isSigned));
  const isLacking = unguarded.length > 0 || missing.size > 0;
  return {
    units,
    findings,
    missing,
    coverage: {
      commit: commit.sha,
      state: needed === 0 ? 'none' : isLacking ? 'needed' : isSigned ? 'covered' : 'overridden',
      needed,
      reasons: hits,
      protectedPaths: guarded.map((unit) => unit.path),
      counting: units
        .filter((unit) => unit.counting > 0)
        .map(pathCount)
        .sort(mostFirst),
      count: countTotal(units),
      maySign: roster
        .filter((person) => coverage.exclusion(commit.sha, person) === undefined)
        .filter((person) => [...concerned].every((unit) => person.maySign(unit.names)))
        .map((person) => person.principal),
      signedBy: roster.filter((person) => signedBy.has(person)).map((person) => person.principal),
      record: commit.record,
    },
  };
}

interface Lack {
  readonly what: string;
  readonly commit?: Sha;
  readonly count: LineCount;
  readonly units: readonly Unit[];
}

function needsSignOff(context: RangeContext, rule: Rule, lack: Lack): Finding {
  const { input, coverage } = context;
  const counting = lack.units.filter((unit) => unit.counting > 0 && unit.rules.includes(rule));
  const have = Math.min(rule.signOffs, ...counting.map((unit) => coverage.signers(unit, rule.accept)));
  const only = new Set(counting.map((unit) => unit.path)).size === 1 ? counting[0] : undefined;
  // Without a commit the units are of several texts, whose line numbers do not go together.
  const lines = only === undefined || lack.commit === undefined ? null : unitLines(only);
  const about: About = { commit: lack.commit, path: only?.path, lines, risk: rule.risk };
  const missing = Math.max(1, rule.signOffs - have);
  const facts: WordFacts['needsSignOff'] = { what: lack.what, ...lack.count, missing, range: rangeText(input) };
  return softened(finding('needsSignOff', about, facts), rule);
}

/** A protected path takes as many as the rules about it do, of the kind that the policy accepts. */
function guardNeed(policy: Policy, unit: Unit): Need {
  return { signOffs: Math.max(...unit.rules.map((rule) => rule.signOffs)), accept: policy.accept };
}

function isGuarded(context: RangeContext, unit: Unit, change: { readonly namesTool?: boolean } | undefined): boolean {
  return unit.names.some((name) => context.isProtectedPath(name, change ?? {}));
}

function protectedFinding(context: RangeContext, unit: Unit): Finding {
  const { policy, coverage, input } = context;
  const need = guardNeed(policy, unit);
  const missing = need.signOffs - coverage.signers(unit, need.accept);
  const about = { commit: unit.commit, path: unit.path };
  return softened(finding('protectedPathChanged', about, { missing, range: rangeText(input) }), policy);
}

/**
 * The net change of a protected path that no single commit shows: a merge that takes an older side. Without a merge that
 * decided something, what no judged commit shows comes from commits that are not judged.
 */
function netProtectedFindings(context: RangeContext): readonly Finding[] {
  const { input, rules, policy, coverage } = context;
  if (!input.commits.some((commit) => commit.parents.length > 1 && !commit.isAutomaticMerge)) return [];
  return input.net
    .map((change) => ({ change, unit: measure(rules, withoutLines(change), { commit: undefined, record: 'present' }) }))
    .filter(
      ({ change, unit }) => isGuarded(context, unit, change) && !coverage.isCovered(unit, guardNeed(policy, unit)),
    )
    .filter(({ unit }) => lacksMerge(context, unit))
    .map(({ unit }) => protectedFinding(context, unit));
}

function withoutLines(change: NetChange): NetChange {
  return { ...change, added: [], deleted: [] };
}

/** Whether the commits that show the change are covered, and only a merge that decided something is not. */
function lacksMerge({ input, policy, coverage }: RangeContext, unit: Unit): boolean {
  return input.commits
    .filter((commit) => commit.changes.some((change) => change.path === unit.path))
    .every((commit) => coverage.isCovered({ ...unit, commit: commit.sha }, guardNeed(policy, unit)));
}

/** Sign-offs at hand that do not count for a commit that still lacks one: its own author's, and those of other paths. */
function notCountingFindings(
  context: RangeContext,
  commit: GateCommit,
  concerned: readonly Unit[],
  isSigned: boolean,
): readonly Finding[] {
  const { coverage } = context;
  if (concerned.length === 0) return [];
  return coverage.signOffs.flatMap(({ person, covers }) => {
    if (!covers.has(commit.sha)) return [];
    const exclusion = coverage.exclusion(commit.sha, person);
    const about = { commit: commit.sha, principal: person.principal };
    if (exclusion !== undefined) {
      return [finding('selfSignOff', about, { why: exclusion === 'made' ? 'made or helped to make' : 'push' })];
    }
    const foreign = isSigned ? undefined : concerned.find((unit) => !person.maySign(unit.names));
    if (foreign === undefined) return [];
    const path = foreign.path;
    return [finding('signerNotSenior', { ...about, path }, { why: `the roster does not name them for ${path}` })];
  });
}

/** An override is told until somebody else has signed all that it covers. */
function overrideFindings({ input, policy, events, coverage, rules }: RangeContext): readonly Finding[] {
  return events.overrides
    .filter(({ person, covers }) =>
      input.commits
        .filter((commit) => covers.has(commit.sha))
        .some((commit) => {
          const units = commit.changes.map((change) =>
            measure(rules, change, { commit: commit.sha, record: commit.record }),
          );
          return units.some((unit) => unit.counting > 0 && coverage.persons(unit).every((other) => other === person));
        }),
    )
    .map(({ person, reason, created }) => {
      const reviewBy = dateText(created + policy.override.reviewWithin);
      return finding('overridden', { principal: person.principal }, { reason, reviewBy });
    });
}

function measureNet({ input, rules }: RangeContext): readonly Unit[] {
  const records = new Map<Sha | undefined, RecordStatus>(input.commits.map((commit) => [commit.sha, commit.record]));
  records.set(undefined, 'present');
  return input.net.flatMap((change) => {
    const { special, ...rest } = change;
    const parts = [...change.added, ...change.deleted, ...(special === undefined ? [] : [special])];
    return [...new Set(parts.map((part) => part.commit))].flatMap((commit) => {
      const record = records.get(commit);
      // A commit that is not judged: its lines are not, either.
      if (record === undefined) return [];
      const isOf = (part: { readonly commit?: Sha }) => part.commit === commit;
      const part = {
        ...rest,
        added: change.added.filter(isOf),
        deleted: change.deleted.filter(isOf),
        ...(special !== undefined && isOf(special) ? { special } : {}),
      };
      return [measure(rules, part, { commit, record })];
    });
  });
}

function overridesCover(input: GateInput, events: JudgedEvents, commit: Sha | undefined): boolean {
  const commits = commit === undefined ? input.commits.map(({ sha }) => sha) : [commit];
  return commits.length > 0 && commits.every((sha) => events.overrides.some((override) => override.covers.has(sha)));
}

function countTotal(units: readonly Unit[]): LineCount {
  return units.reduce((sum, unit) => ({ counting: sum.counting + unit.counting, total: sum.total + unit.total }), {
    counting: 0,
    total: 0,
  });
}

function pathCount(unit: Unit): PathCount {
  const risks = unit.rules.flatMap((rule) => (rule.risk === null ? [] : [rule.risk]));
  return { path: unit.path, lines: unitLines(unit), counting: unit.counting, deleted: unit.deleted, risks };
}

function mostFirst(a: PathCount, b: PathCount): number {
  return b.counting - a.counting || (a.path < b.path ? -1 : 1);
}

function describe(commit: GateCommit): string {
  return `commit ${shortId(commit.sha)} "${commit.subject.slice(0, 72)}"`;
}

function dateText(time: number): string {
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time).toISOString().slice(0, 10) : 'then';
}
