import type { RepoPath, Sha } from '../../core/brand';
import type { PolicyState } from '../../core/gate/gateInput';
import { type Policy, type PolicyProblem, policyPath } from '../../core/policy/policy';
import { policyDigest } from '../../core/policy/policyDigest';
import { isProtectedRef } from '../../core/policy/protectedRefs';
import { unenforcedKeys } from '../../core/policy/unenforced';
import { type AllowedSigners, findSigner, isCountedLine, parseAllowedSigners } from '../../core/signOff/allowedSigners';
import { signatureNamespace } from '../../core/signOff/envelope';
import { listFileCommits } from '../../git/fileHistory';
import { readFileText } from '../blobs';
import type { Repository } from '../repository';

/** Policy and signers file of one commit. */
export type PolicyPair =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'invalid';
      readonly problems: readonly PolicyProblem[];
      /** Where the policy itself can be read: the signers file that it names. */
      readonly signersPath?: RepoPath;
    }
  | { readonly kind: 'ok'; readonly policy: Policy; readonly digest: string; readonly signers: AllowedSigners };

/** What governs, and the signers file that goes with it (an empty one where nothing governs). */
export interface Governing {
  readonly state: PolicyState;
  readonly signers: AllowedSigners;
  /** Where the policy is gone from the tip: the last pair that was there, by which bringing one back is judged. */
  readonly last?: Governing;
}

const noSigners: AllowedSigners = { lines: [] };

/** How many commits that changed the pair are looked through for the last one that decodes. */
const mostHistory = 200;

/** How many names of a signers file are followed through that history. */
const mostSignersPaths = 20;

const policyFile = policyPath as RepoPath;

/** Reads the pair from a commit's own objects, never from a work tree. */
export async function policyPairAt(repo: Repository, commit: Sha): Promise<PolicyPair> {
  const file = await readFileText(repo, commit, policyFile);
  if (file === undefined) return { kind: 'none' };
  // Loads the YAML library, which nothing needs where there is no policy.
  const { parsePolicy } = await import('../../core/policy/parsePolicy');
  const parsed = parsePolicy(file.bytes);
  if (parsed.kind === 'invalid') return parsed;
  const { policy } = parsed;
  const unenforced = unenforcedKeys(policy);
  if (unenforced.length > 0) return { kind: 'invalid', problems: unenforced };
  const signersPath = policy.allowedSigners as RepoPath;
  const signersFile = await readFileText(repo, commit, signersPath);
  if (signersFile === undefined) {
    const message = `the signers file ${policy.allowedSigners} is not there`;
    return { kind: 'invalid', problems: [{ line: 1, path: 'allowedSigners', message }], signersPath };
  }
  const signers = parseAllowedSigners(signersFile.bytes, signatureNamespace);
  return { kind: 'ok', policy, digest: policyDigest(file.bytes), signers };
}

/** The pair that governs a ref whose tip, as the server has it, is `tip`. */
export async function governingPolicy(repo: Repository, tip: Sha | undefined): Promise<Governing> {
  if (tip === undefined) return { state: { kind: 'none', protectedRefHadOne: false }, signers: noSigners };
  const pair = await policyPairAt(repo, tip);
  if (pair.kind === 'ok') {
    return { state: { kind: 'ok', policy: pair.policy, digest: pair.digest, commit: tip }, signers: pair.signers };
  }
  const problems = pair.kind === 'none' ? [{ line: 1, path: '', message: 'the policy is gone' }] : pair.problems;
  const last = await lastOf(repo, tip, problems);
  if (pair.kind === 'none') {
    const [change] = await listFileCommits(repo.git, tip, policyFile, 1, 'first-parent');
    const state = { kind: 'none', protectedRefHadOne: change !== undefined } as const;
    return { state, signers: noSigners, ...(last === undefined ? {} : { last }) };
  }
  return last ?? { state: { kind: 'invalid', commit: tip, problems }, signers: noSigners };
}

/** The newest pair that decodes, among the commits that changed the policy or a signers file that one of them names. */
async function lastOf(repo: Repository, tip: Sha, problems: readonly PolicyProblem[]): Promise<Governing | undefined> {
  const paths = new Set([policyFile]);
  for (let known = 0; known < paths.size && paths.size <= mostSignersPaths; ) {
    known = paths.size;
    const history = await listFileCommits(repo.git, tip, [...paths], mostHistory, 'first-parent');
    for (const commit of [tip, ...history]) {
      const earlier = await policyPairAt(repo, commit);
      if (earlier.kind === 'ok') {
        const { policy, digest, signers } = earlier;
        return { state: { kind: 'ok', policy, digest, commit, fallback: { tip, problems } }, signers };
      }
      // What changed the file that is missed may have taken it away: the history is to be read with it.
      if (earlier.kind === 'invalid' && earlier.signersPath !== undefined && !paths.has(earlier.signersPath)) {
        paths.add(earlier.signersPath);
        break;
      }
    }
  }
  return undefined;
}

/** The policy that governs; absent where none does. */
export function policyOf({ state }: Governing): Policy | undefined {
  return state.kind === 'ok' ? state.policy : undefined;
}

/**
 * What governs a ref with the policy `own`, where the default branch has `home`: its own, unless the other is of a higher
 * revision, or its own lets it out of the other.
 */
export function chosenPolicy(ref: string, own: Governing, home: Governing): Governing {
  const [ownPolicy, homePolicy] = [policyOf(own), policyOf(home)];
  if (homePolicy === undefined) return own;
  if (ownPolicy === undefined || ownPolicy.revision < homePolicy.revision) return home;
  return !isProtectedRef(ownPolicy.protect, ref) && isProtectedRef(homePolicy.protect, ref) ? home : own;
}

/** Whether a push of a ref is judged: a policy that was removed still says which refs it protected. */
export function isProtectedBy(governing: Governing, ref: string, isDefault: boolean): boolean {
  const policy = policyOf(governing) ?? (governing.last === undefined ? undefined : policyOf(governing.last));
  return policy === undefined || (isDefault && governing.state.kind === 'none')
    ? isDefault
    : isProtectedRef(policy.protect, ref);
}

/** Principals of a roster that have at least one usable key at `now` (ms). */
export function usableSeniors(policy: Policy, signers: AllowedSigners, now: number): readonly string[] {
  const usable = new Set<string>();
  for (const line of signers.lines) {
    if (!isCountedLine(line) || line.key === undefined) continue;
    const found = findSigner(signers, line.key.blob, now);
    if (found.kind === 'found') for (const principal of found.principals) usable.add(principal.toLowerCase());
  }
  return policy.seniors.map(({ principal }) => principal).filter((principal) => usable.has(principal.toLowerCase()));
}

/** Blob ids of files of a commit by path; for a policy or signers file to be compared between two commits. */
export async function fileIds(
  repo: Repository,
  commit: Sha | undefined,
  paths: readonly string[],
): Promise<readonly (Sha | undefined)[]> {
  if (commit === undefined) return paths.map(() => undefined);
  return Promise.all(paths.map(async (path) => (await readFileText(repo, commit, path as RepoPath))?.blob));
}
