import type { Policy, PolicyProblem } from './policy';

/**
 * The keys of a policy that ask for more than this version checks. A rule that is written and not enforced would be
 * taken for one that is, so a policy with one of them does not govern and cannot be pushed.
 */
export function unenforcedKeys(policy: Policy): readonly PolicyProblem[] {
  const asked: readonly (readonly [key: string, isAsked: boolean])[] = [
    ['revocation', policy.revocation !== undefined],
    ['signing', policy.signing.attended || policy.signing.hardware],
    ['requires', policy.requires !== undefined],
    ['seniorAuthors', policy.seniorAuthors !== 'another-senior'],
    ['bots', policy.bots.length > 0],
    ['generated', policy.generated.length > 0],
    ['oncall', policy.oncall !== undefined],
    ['promote', policy.promote !== undefined],
    ['reports', policy.reports !== undefined],
    ['roleName', policy.roleName !== undefined],
  ];
  return asked
    .filter(([, isAsked]) => isAsked)
    .map(([path]) => ({ line: 1, path, message: 'this version does not enforce it, so it is refused' }));
}
