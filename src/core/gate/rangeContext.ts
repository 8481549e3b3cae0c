import type { RepoPath } from '../brand';
import type { Policy } from '../policy/policy';
import type { Coverage } from './coverage';
import { type Finding, severityUnder } from './findings';
import { shortId } from './findingWords';
import type { GateInput } from './gateInput';
import type { JudgedEvents } from './judgeEvents';
import type { Person } from './roster';
import type { Rules } from './substantial';

/** Everything that judging the range takes. */
export interface RangeContext {
  readonly input: GateInput;
  readonly policy: Policy;
  readonly rules: Rules;
  readonly roster: readonly Person[];
  readonly events: JudgedEvents;
  readonly coverage: Coverage;
  readonly isProtectedPath: (path: RepoPath, change: { readonly namesTool?: boolean }) => boolean;
}

/** The finding with the severity that the mode of its rule gives it. */
export function softened(found: Finding, rule: Pick<Policy, 'mode'>): Finding {
  return { ...found, severity: severityUnder(rule.mode, found.severity) };
}

/** What `sign` takes for this range. */
export function rangeText(input: GateInput): string {
  const head = input.head === undefined ? 'HEAD' : shortId(input.head);
  return input.base === undefined ? head : `${shortId(input.base)}..${head}`;
}
