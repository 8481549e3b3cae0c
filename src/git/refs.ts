import { isSha, type Sha } from '../core/brand';
import { BugError } from '../core/errors';
import { listConfig } from './config';
import { type Git, gitFailure } from './git';

/** A ref and what it names. */
export interface Ref {
  readonly name: string;
  readonly oid: Sha;
  /** What a tag object finally names; `oid` for anything else. */
  readonly peeled: Sha;
  /** The full name of the ref that a symbolic one stands for. */
  readonly symref: string | undefined;
}

/** Where a branch is pulled from and pushed to. */
export interface Tracking {
  /** The local ref: `refs/remotes/origin/main`, or `refs/heads/x` for a remote `.`. */
  readonly ref: string;
  readonly remote: string;
  /** The ref's name on the remote. */
  readonly remoteRef: string;
}

/** Whether a ref was moved, or somebody else had moved it before. */
export type RefUpdate = 'updated' | 'lost';

/**
 * The id that a revision names; `undefined` when it names none. With `peel` tags are followed to an object of that type,
 * which must be here; without it a full id is given back whether it is here or not.
 */
export async function resolve(git: Git, name: string, peel?: 'commit' | 'tree'): Promise<Sha | undefined> {
  if (name === '' || name.includes('\0')) return undefined;
  const expression = peel === undefined ? name : `${name}^{${peel}}`;
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', expression];
  const { stdout } = await git.run(args, { expect: [0, 1, 128] });
  const oid = stdout.toString('latin1').trim();
  return isSha(oid) ? oid : undefined;
}

/**
 * The id that the ref of exactly this full name holds; `undefined` when there is none. Unlike a revision, which falls
 * back to `refs/heads/<name>` and others, this cannot be answered by somebody else's ref.
 */
export async function resolveRef(git: Git, name: string): Promise<Sha | undefined> {
  if (name.includes('\0')) return undefined;
  const { stdout } = await git.run(['show-ref', '--verify', '--hash', '--end-of-options', name], {
    expect: [0, 1, 128],
  });
  const oid = stdout.toString('latin1').trim();
  return isSha(oid) ? oid : undefined;
}

/** The commit that the ref of exactly this full name holds or its tag names; `undefined` where there is none. */
export async function resolveRefCommit(git: Git, name: string): Promise<Sha | undefined> {
  const oid = await resolveRef(git, name);
  return oid === undefined ? undefined : resolve(git, oid, 'commit');
}

/**
 * Moves a ref from `old` to `next`; `old` `undefined` means that it must not exist. The ref itself is moved even where
 * it is symbolic. `lost` when it was not `old`, or somebody held its lock. @throws ToolError `git-failed`
 */
export function updateRef(git: Git, name: string, next: Sha, old: Sha | undefined): Promise<RefUpdate> {
  return changeRef(git, name, `update ${name}\0${next}\0${old ?? zeroOid(git)}\0`, old);
}

/** Deletes a ref that is `old`. `lost` as in `updateRef`. @throws ToolError `git-failed` */
export function deleteRef(git: Git, name: string, old: Sha): Promise<RefUpdate> {
  return changeRef(git, name, `delete ${name}\0${old}\0`, old);
}

/** The refs whose full names are one of the prefixes or lie below it (`refs/notes`), sorted by name. */
export async function listRefs(git: Git, ...prefixes: readonly string[]): Promise<readonly Ref[]> {
  const format = '--format=%(refname)%00%(objectname)%00%(*objectname)%00%(symref)';
  const text = await git.text(['for-each-ref', format, '--end-of-options', ...prefixes]);
  if (text === '') return [];
  return text.split('\n').flatMap((line) => {
    const [name, oid, peeled, symref] = line.split('\0');
    if (name === undefined || !isSha(oid)) return [];
    return [{ name, oid, peeled: isSha(peeled) ? peeled : oid, symref: symref === '' ? undefined : symref }];
  });
}

/** The full name of the ref that a symbolic ref stands for; `undefined` when it is none or absent. */
export async function symbolicRef(git: Git, name: string): Promise<string | undefined> {
  const { stdout, code } = await git.run(['symbolic-ref', '--quiet', '--end-of-options', name], {
    expect: [0, 1, 128],
  });
  return code === 0 ? stdout.toString('utf8').trim() : undefined;
}

/** The full name of the branch that is checked out, born or not; `undefined` when `HEAD` is detached. */
export function currentBranch(git: Git): Promise<string | undefined> {
  return symbolicRef(git, 'HEAD');
}

/** What `@{upstream}` and `@{push}` of a branch (its full name) are; `undefined` where git has none. */
export async function tracking(
  git: Git,
  branch: string,
): Promise<{ readonly upstream: Tracking | undefined; readonly push: Tracking | undefined }> {
  const fields = ['', ':remotename', ':remoteref'].map((part) => `%(upstream${part})%00%(push${part})`).join('%00');
  const text = await git.text(['for-each-ref', `--format=%(refname)%00${fields}`, '--end-of-options', branch]);
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${branch}\0`)) ?? '';
  const [, upstreamRef, pushRef, upstreamRemote, pushRemote, upstreamName, pushName] = line.split('\0');
  const upstream = asTracking(upstreamRef, upstreamRemote, upstreamName);
  if (!pushRef) return { upstream, push: undefined };
  if (upstream !== undefined && pushRef === upstream.ref) return { upstream, push: upstream };
  // Git names remote and ref for what is configured alone; elsewhere they follow from where the ref is fetched from.
  const push = asTracking(pushRef, pushRemote, pushName) ?? (await fetchedFrom(git, pushRef, pushRemote));
  return { upstream, push };
}

/** The id of zeros of this repository's object format. */
export function zeroOid(git: Pick<Git, 'objectFormat'>): string {
  return '0'.repeat(git.objectFormat === 'sha256' ? 64 : 40);
}

async function changeRef(git: Git, name: string, command: string, old: Sha | undefined): Promise<RefUpdate> {
  if (!/^(?:refs\/|HEAD$)/.test(name) || name.includes('\0')) throw new BugError('not a full ref name', { name });
  const args = ['update-ref', '--no-deref', '-z', '--stdin'];
  const result = await git.run(args, { stdin: command, expect: [0, 1, 128] });
  if (result.code === 0) return 'updated';
  // Git says in words alone why it refused. Whether the ref is what we thought can be seen; a lock is in the words.
  const isLocked = /Unable to create '.*\.lock': File exists/s.test(result.stderr);
  if (isLocked || (await resolveRef(git, name)) !== old) return 'lost';
  // Somebody may have put it back in between, as happens when a ref is deleted and made again.
  if (/is at [0-9a-f]+ but expected|reference already exists|unable to resolve reference/.test(result.stderr)) {
    return 'lost';
  }
  throw gitFailure(args, result);
}

/** The remote (`origin` first) and its ref that a fetch refspec stores as `ref`; `undefined` when none does. */
async function fetchedFrom(git: Git, ref: string, onlyRemote: string | undefined): Promise<Tracking | undefined> {
  if (onlyRemote === '.') return { ref, remote: '.', remoteRef: ref };
  const found: Tracking[] = [];
  for (const { key, value = '' } of await listConfig(git)) {
    const remote = /^remote\.(.+)\.fetch$/s.exec(key)?.[1];
    if (remote === undefined || (onlyRemote && remote !== onlyRemote)) continue;
    const [from = '', to = ''] = value.replace(/^\+/, '').split(':');
    const [before = '', after] = to.split('*');
    const isStored = after === undefined ? to === ref : ref.startsWith(before) && ref.endsWith(after);
    const between = ref.slice(before.length, ref.length - (after?.length ?? 0));
    if (isStored && to !== '') found.push({ ref, remote, remoteRef: from.replace('*', () => between) });
  }
  return found.find(({ remote }) => remote === 'origin') ?? found[0];
}

function asTracking(ref?: string, remote?: string, remoteRef?: string): Tracking | undefined {
  return ref && remote && remoteRef ? { ref, remote, remoteRef } : undefined;
}
