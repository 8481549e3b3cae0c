import { compareRevision } from '../policy/compareRevision';
import type { Policy, PolicyProblem } from '../policy/policy';
import type { Finding } from './findings';
import { type About, finding } from './findingWords';
import type { GateInput } from './gateInput';

/**
 * What is to be said about the policy that governs, or that none does. Where none does nothing blocks but that one is
 * missing which was there.
 */
export function judgePolicy(input: GateInput): readonly Finding[] {
  const { policy: state, target } = input;
  const findings: Finding[] = [];
  switch (state.kind) {
    case 'ok':
      if (state.fallback !== undefined) {
        findings.push(invalid('tip', state.fallback.problems, { severity: 'warn' }));
      }
      break;
    case 'invalid':
      findings.push(invalid('tip', state.problems, { severity: 'warn' }));
      break;
    case 'none':
      if (state.protectedRefHadOne)
        findings.push(rollback('A protected ref had a policy, and there is none at its tip.'));
      else findings.push(finding('policyMissing', {}, { target }));
      break;
  }
  if (state.kind !== 'ok' && input.pushedPolicy.kind === 'invalid') {
    findings.push(
      invalid('pushed', input.pushedPolicy.problems, { severity: 'warn', commit: input.pushedPolicy.commit }),
    );
  }
  const revision = state.kind === 'ok' ? state.policy.revision : Number.NEGATIVE_INFINITY;
  const pushed = input.pushedPolicy.kind === 'ok' ? input.pushedPolicy.policy.revision : Number.NEGATIVE_INFINITY;
  if (input.policyFloor !== undefined && Math.max(revision, pushed) < input.policyFloor) {
    findings.push(
      rollback(`This server has accepted revision ${input.policyFloor} of the policy, and an older one governs.`),
    );
  }
  return findings;
}

/** What is to be said about what the range does to the policy, under the one that governs. */
export function judgePolicyChange(input: GateInput, governing: Policy): readonly Finding[] {
  const { pushedPolicy: pushed } = input;
  switch (pushed.kind) {
    case 'unchanged':
      return [];
    case 'removed':
      return [rollback('The policy would be removed.', { commit: pushed.commit })];
    case 'invalid':
      return [invalid('pushed', pushed.problems, { commit: pushed.commit })];
    case 'ok': {
      const about = { commit: pushed.commit };
      const findings: Finding[] = [];
      const change = compareRevision(governing, pushed.policy);
      const from = governing.revision;
      if (change === 'lowered') {
        findings.push(rollback(`The policy would go from revision ${from} down to ${pushed.policy.revision}.`, about));
      } else if (change === 'rules-changed-without-raise') {
        findings.push(rollback(`The rules of the policy change, and its revision stays ${from}.`, about));
      }
      const enough = Math.max(pushed.policy.signOffs, ...pushed.policy.risks.map((risk) => risk.signOffs));
      const usable = new Set(pushed.usableSeniors.map((principal) => principal.toLowerCase())).size;
      if (usable < enough) {
        const detail = `it asks for ${enough} senior sign-offs, and ${usable} seniors would have a key.`;
        findings.push(finding('policyInvalid', about, { where: 'pushed', detail }));
      }
      return findings;
    }
  }
}

function rollback(detail: string, about: About = {}): Finding {
  return finding('policyRollback', about, { detail });
}

function invalid(where: 'tip' | 'pushed', problems: readonly PolicyProblem[], about: About): Finding {
  const first = problems[0];
  const key = first === undefined || first.path === '' ? '' : `${first.path}: `;
  const detail = first === undefined ? 'it cannot be read.' : `line ${first.line}: ${key}${first.message}`;
  return finding('policyInvalid', about, { where, detail });
}
