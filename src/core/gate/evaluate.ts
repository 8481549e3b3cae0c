import type { Sha } from '../brand';
import { protectedPathMatcher } from '../policy/protectedPaths';
import { isProtectedRef } from '../policy/protectedRefs';
import { coverageOf } from './coverage';
import { type Finding, severityUnder, sortFindings, verdictOf } from './findings';
import { finding } from './findingWords';
import type { GateCommit, GateInput } from './gateInput';
import type { GateResult, RangeCoverage } from './gateResult';
import { type JudgedEvents, judgeEvents } from './judgeEvents';
import { judgePolicy, judgePolicyChange } from './judgePolicy';
import { judgeRange } from './judgeRange';
import { judgeRepository } from './judgeRepository';
import { rosterOf } from './roster';
import { rulesOf } from './substantial';

/**
 * The gate: the same input gives the same verdict and findings on every surface. Nothing is judged for a target that the
 * governing policy does not protect.
 */
export function evaluateGate(input: GateInput): GateResult {
  const { policy: state } = input;
  if (state.kind !== 'ok') return result(input, judgePolicy(input), { isProtected: false, policyCommit: null });
  const { policy, commit: policyCommit } = state;
  if (!isProtectedRef(policy.protect, input.target)) return result(input, [], { isProtected: false, policyCommit });

  const roster = rosterOf(policy.seniors);
  const events = judgeEvents(input, policy, roster);
  const judged = judgeRange({
    input,
    policy,
    rules: rulesOf(policy),
    roster,
    events,
    coverage: coverageOf(input.commits, events.signOffs, input.pusher),
    isProtectedPath: protectedPathMatcher(policy),
  });
  const findings = [
    ...judgePolicy(input),
    ...judgePolicyChange(input, policy),
    ...historyFindings(input),
    ...judgeRepository(input),
    ...input.cutOff.map((cut) => finding('shallowHistory', { commit: cut.commit }, { what: cutOffWords[cut.what] })),
    ...input.commits.flatMap((commit) => recordFindings(commit)),
    ...vetoFindings(input, events),
    ...events.findings,
  ].map((each) => ({ ...each, severity: severityUnder(policy.mode, each.severity) }));
  // The range's own findings went by the mode of the rule that each belongs to.
  return result(input, [...findings, ...judged.findings], {
    isProtected: true,
    policyCommit,
    coverage: judged.coverage,
  });
}

interface ResultParts {
  readonly isProtected: boolean;
  readonly policyCommit: Sha | null;
  readonly coverage?: RangeCoverage;
}

function result(input: GateInput, findings: readonly Finding[], parts: ResultParts): GateResult {
  const sorted = sortFindings(
    findings,
    input.commits.map((commit) => commit.sha),
  );
  return {
    verdict: verdictOf(sorted),
    base: input.base ?? null,
    head: input.head ?? null,
    target: input.target,
    policyCommit: parts.policyCommit,
    findings: sorted,
    isProtected: parts.isProtected,
    coverage: parts.coverage ?? { commits: [], range: [], net: [], netCount: { counting: 0, total: 0 } },
  };
}

const cutOffWords = {
  'fork-point': 'The commit at which the branch left its target',
  commit: 'A commit of the range',
  parent: 'The parent of a commit of the range',
  object: 'Content of the range',
} as const;

function historyFindings(input: GateInput): readonly Finding[] {
  const { push, target } = input;
  switch (push?.kind) {
    case undefined:
    case 'create':
      return [];
    case 'delete':
      return [finding('historyRewritten', {}, { how: 'deleted', target })];
    case 'recreate':
      return [finding('historyRewritten', {}, { how: 'recreated', target })];
    case 'update':
      return push.lost.length === 0
        ? []
        : [finding('historyRewritten', { commit: push.lost[0] }, { how: 'rewound', target })];
  }
}

function recordFindings(commit: GateCommit): readonly Finding[] {
  if (commit.record === 'missing') return [finding('recordMissing', { commit: commit.sha }, {})];
  if (commit.record === 'mismatch') return [finding('recordMismatch', { commit: commit.sha }, {})];
  return commit.changes
    .filter((change) => (change.unattributed ?? 0) > 0)
    .map((change) =>
      finding('unattributedLines', { commit: commit.sha, path: change.path }, { count: change.unattributed ?? 0 }),
    );
}

function vetoFindings(input: GateInput, events: JudgedEvents): readonly Finding[] {
  const shas = new Set(input.commits.map((commit) => commit.sha));
  return events.vetoes.map(({ person, head, reason, event }) =>
    finding('vetoed', { commit: shas.has(head) ? head : undefined, principal: person.principal }, { reason, event }),
  );
}
