import { plainPath } from '../quotedPath';
import { pathMatcher } from './glob';
import { type Policy, policyPath } from './policy';

/** The files that run checks at the usual services: protected where they name the tool, unless the policy lists `gateFiles`. */
export const defaultGateFiles: readonly string[] = [
  '/.github/workflows/**',
  '/.github/actions/**',
  '/.gitlab-ci.yml',
  '/.gitlab/ci/**',
  '/.forgejo/workflows/**',
  '/.gitea/workflows/**',
  '/.circleci/**',
  '/.buildkite/**',
  '/.woodpecker/**',
  '/.woodpecker.yml',
  '/.drone.yml',
  '/.travis.yml',
  '/.ci/**',
  '/azure-pipelines.yml',
  '/bitbucket-pipelines.yml',
  '/Jenkinsfile',
];

/** Whether a CI file's text names the tool, in any case. */
export function namesTool(text: string): boolean {
  return text.toLowerCase().includes('countersign');
}

/** Whether it matters for the path that its text names the tool: one of `defaultGateFiles`, and the policy lists none. */
export function mayBeGateFile(policy: Policy): (path: string) => boolean {
  return policy.gateFiles === undefined ? pathMatcher(defaultGateFiles) : () => false;
}

/**
 * Whether a change of the path needs a sign-off whatever its lines are: the policy, the signers file, the revocation
 * list, `.gitattributes` in any folder (any case, since some file systems do not tell), and the gate files.
 */
export function protectedPathMatcher(
  policy: Policy,
): (path: string, change: { readonly namesTool?: boolean }) => boolean {
  const files = new Set([
    policyPath,
    policy.allowedSigners,
    ...(policy.revocation === undefined ? [] : [policy.revocation]),
  ]);
  const isListed = pathMatcher(policy.gateFiles ?? []);
  const isDefault = mayBeGateFile(policy);
  return (path, change) =>
    files.has(path) ||
    /(?:^|\/)\.gitattributes$/i.test(plainPath(path)) ||
    isListed(path) ||
    (change.namesTool === true && isDefault(path));
}
