import type { Policy } from '../policy/policy';
import type { RangeCoverage } from './gateResult';

/** What the policy asks whoever signs lines of a risk. */
export interface RiskQuestion {
  readonly name: string;
  /** Untrusted. */
  readonly ask: string;
}

/** The questions of the risks whose counting lines a range has, in the policy's order. */
export function riskQuestions(policy: Policy | undefined, coverage: RangeCoverage): readonly RiskQuestion[] {
  const touched = new Set(coverage.commits.flatMap((commit) => commit.counting.flatMap(({ risks }) => risks)));
  return (policy?.risks ?? []).flatMap(({ name, ask }) =>
    ask === undefined || !touched.has(name) ? [] : [{ name, ask }],
  );
}
