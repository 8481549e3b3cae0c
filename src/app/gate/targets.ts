import type { Sha } from '../../core/brand';
import { ToolError } from '../../core/errors';
import { firstPlainBranch, isProtectedRef } from '../../core/policy/protectedRefs';
import { getConfig } from '../../git/config';
import { currentBranch, listRefs, resolveRefCommit, symbolicRef, tracking } from '../../git/refs';
import { listRemotes, type Remote } from '../../git/remotes';
import type { Repository } from '../repository';
import { chosenPolicy, type Governing, governingPolicy, policyOf } from './policyAt';

/** A ref of a remote that work may go to. */
export interface Target {
  /** Full name on the remote: `refs/heads/main`. */
  readonly ref: string;
  /** Absent for a branch of this repository itself (remote `.`). */
  readonly remote: string | undefined;
  /** Its tip as last fetched; absent where it does not exist yet. */
  readonly tip: Sha | undefined;
}

/** A target with where its policy is read. */
export interface PlacedTarget extends Target {
  /** The tip, or of a new ref the default branch's. */
  readonly policyTip: Sha | undefined;
  readonly governing: Governing;
  readonly isProtected: boolean;
}

const branchPrefix = 'refs/heads/';

/** The remote that a plain push of `branch` (full name) would go to, by git's own rules; nothing where there is none. */
export async function defaultRemote(repo: Repository, branch: string | undefined): Promise<string | undefined> {
  const short = branch?.startsWith(branchPrefix) ? branch.slice(branchPrefix.length) : undefined;
  const keys = [
    ...(short === undefined ? [] : [`branch.${short}.pushRemote`]),
    'remote.pushDefault',
    ...(short === undefined ? [] : [`branch.${short}.remote`]),
  ];
  const names = (await listRemotes(repo.git)).map(({ name }) => name);
  for (const key of keys) {
    const value = await getConfig(repo.git, key);
    if (value !== undefined && value !== '.' && names.includes(value)) return value;
  }
  if (names.includes('origin')) return 'origin';
  return names.length === 1 ? names[0] : undefined;
}

/** The local ref that follows a remote's ref, by the remote's fetch refspecs; nothing where none does. */
export function trackingRefOf(remote: Remote, ref: string): string | undefined {
  for (const spec of remote.fetchRefspecs) {
    const [source, target] = spec.replace(/^\+/, '').split(':');
    if (source === undefined || target === undefined || target === '') continue;
    const star = source.indexOf('*');
    if (star < 0) {
      if (source === ref) return target;
      continue;
    }
    const [before, after] = [source.slice(0, star), source.slice(star + 1)];
    if (ref.length < before.length + after.length || !ref.startsWith(before) || !ref.endsWith(after)) continue;
    return target.replace('*', () => ref.slice(before.length, ref.length - after.length));
  }
  return undefined;
}

/** The remote's ref that a tracking ref follows; the inverse of {@link trackingRefOf}. */
function followedRef(remote: Remote, local: string): string | undefined {
  const swapped = remote.fetchRefspecs.map((spec) => spec.replace(/^\+/, '').split(':').reverse().join(':'));
  return trackingRefOf({ ...remote, fetchRefspecs: swapped }, local);
}

/** A remote's ref as last fetched. */
export async function targetOf(repo: Repository, remoteName: string | undefined, ref: string): Promise<Target> {
  const remote = (await listRemotes(repo.git)).find(({ name }) => name === remoteName);
  const local = remote === undefined ? ref : trackingRefOf(remote, ref);
  const tip = local === undefined ? undefined : await resolveRefCommit(repo.git, local);
  return { ref, remote: remote?.name, tip };
}

/** The symbolic ref that says which branch is a remote's default. */
export function remoteHead(remoteName: string): string {
  return `refs/remotes/${remoteName}/HEAD`;
}

/** The default branch of a remote that names none is one of these, as a rule; in this order. */
export const usualBranches: readonly string[] = [`${branchPrefix}main`, `${branchPrefix}master`];

/** The default branch of a remote: its `HEAD` as fetched, else the first plain name its policy protects, else `main`, `master`. */
export async function defaultBranch(repo: Repository, remoteName: string): Promise<Target | undefined> {
  const remote = (await listRemotes(repo.git)).find(({ name }) => name === remoteName);
  if (remote === undefined) return undefined;
  const head = await symbolicRef(repo.git, remoteHead(remoteName));
  const ref = head === undefined ? undefined : followedRef(remote, head);
  if (ref !== undefined) return targetOf(repo, remoteName, ref);
  const usual: Target[] = [];
  for (const branch of usualBranches) {
    const target = await targetOf(repo, remoteName, branch);
    if (target.tip !== undefined) usual.push(target);
  }
  for (const target of usual) {
    const { state } = await governingPolicy(repo, target.tip);
    if (state.kind !== 'ok') continue;
    const known = new Set((await listRefs(repo.git, 'refs/remotes')).map(({ name }) => name));
    const plain = firstPlainBranch(state.policy.protect, (branch) => {
      const local = trackingRefOf(remote, `${branchPrefix}${branch}`);
      return local !== undefined && known.has(local);
    });
    if (plain !== undefined) return targetOf(repo, remoteName, `${branchPrefix}${plain}`);
  }
  return usual[0];
}

/**
 * What governs a ref of a remote, whose own policy is read at `policyTip`; `home` is the remote's default branch, as last
 * fetched, which has no say where it is that ref itself.
 */
export async function governingRef(
  repo: Repository,
  ref: string,
  policyTip: Sha | undefined,
  home: Target | undefined,
): Promise<Governing> {
  const own = await governingPolicy(repo, policyTip);
  const isHome = home === undefined || home.ref === ref || home.tip === policyTip;
  return isHome ? own : chosenPolicy(ref, own, await governingPolicy(repo, home.tip));
}

/** Where the target's policy is read, what governs it, and whether that protects it. */
export async function placeTarget(repo: Repository, target: Target): Promise<PlacedTarget> {
  const home = target.remote === undefined ? undefined : await defaultBranch(repo, target.remote);
  const policyTip = target.tip ?? home?.tip;
  const governing = await governingRef(repo, target.ref, policyTip, home);
  const policy = policyOf(governing);
  const isProtected = policy !== undefined && isProtectedRef(policy.protect, target.ref);
  return { ...target, policyTip, governing, isProtected };
}

/** What a plain push of the checked-out branch would update; nothing where git has none. */
export async function pushTarget(repo: Repository): Promise<Target | undefined> {
  const branch = await currentBranch(repo.git);
  if (branch === undefined) return undefined;
  const { push } = await tracking(repo.git, branch);
  return push === undefined ? undefined : targetOf(repo, push.remote === '.' ? undefined : push.remote, push.remoteRef);
}

/** The upstream of the checked-out branch; one in this repository itself is followed to its own upstream. */
async function upstreamTarget(repo: Repository): Promise<Target | undefined> {
  let branch = await currentBranch(repo.git);
  for (let depth = 0; branch !== undefined && depth < 8; depth++) {
    const { upstream } = await tracking(repo.git, branch);
    if (upstream === undefined) return undefined;
    if (upstream.remote !== '.') return targetOf(repo, upstream.remote, upstream.remoteRef);
    branch = upstream.ref;
  }
  return undefined;
}

/**
 * Where the work that is checked out is headed: of what a plain push would update, the upstream and the default branch
 * the first that its policy protects, else what a plain push would update.
 */
export async function chooseTarget(repo: Repository): Promise<PlacedTarget | undefined> {
  const push = await pushTarget(repo);
  const remote = await defaultRemote(repo, await currentBranch(repo.git));
  const candidates = [
    push,
    await upstreamTarget(repo),
    remote === undefined ? undefined : await defaultBranch(repo, remote),
  ].filter((target) => target !== undefined);
  for (const candidate of candidates) {
    const placed = await placeTarget(repo, candidate);
    if (placed.isProtected) return placed;
  }
  const [first] = candidates;
  return first === undefined ? undefined : placeTarget(repo, push ?? first);
}

/**
 * Full name of a ref that a person named shortly: a branch, unless it begins with `refs/`. @throws ToolError `usage` for
 * what can be no ref, since nothing protects that, and an empty variable in a script would pass everything
 */
export function fullRef(name: string): string {
  const ref = name.startsWith('refs/') ? name : `${branchPrefix}${name}`;
  if (!canBeRef(ref)) throw new ToolError('usage', `"${name}" can be no branch and no ref.`);
  return ref;
}

/** The rules of git-check-ref-format(1), for a name below `refs/<kind>/`. */
function canBeRef(ref: string): boolean {
  const [, kind, ...rest] = ref.split('/');
  if (kind === undefined || rest.length === 0) return false;
  return (
    !/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\.$/.test(ref) &&
    [kind, ...rest].every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  );
}

/** Tips of the refs of a remote that its policy protects, as last fetched: what they hold is admitted. */
export async function admittedTips(
  repo: Repository,
  remoteName: string | undefined,
  protect: readonly string[],
): Promise<readonly Sha[]> {
  const remote = (await listRemotes(repo.git)).find(({ name }) => name === remoteName);
  if (remote === undefined) return [];
  const tips: Sha[] = [];
  for (const { name, peeled } of await listRefs(repo.git, `refs/remotes/${remote.name}`)) {
    const ref = followedRef(remote, name);
    if (ref !== undefined && isProtectedRef(protect, ref)) tips.push(peeled);
  }
  return tips;
}
