import type { Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { getAllConfig } from '../git/config';
import type { Environment } from '../git/gitEnvironment';
import { commitNotes } from '../git/notes';
import { listRefs, resolveRef, updateRef } from '../git/refs';
import { fetchRefs, listRemoteRefs, type PushOutcome, type PushRef, pushRefs } from '../git/remotes';
import { type Publishable, type Selection, selectPublishable } from './publishable';
import { remoteNotesPrefix } from './recordBook';
import type { Repository } from './repository';

/** Where signed heads are on a remote: `refs/countersign/signed/<head>`. */
export const signedHeadsPrefix = 'refs/countersign/signed';

/** What to publish and where to. */
export interface PublishRequest extends Selection {
  /** The name or URL to contact. */
  readonly remote: string;
  /** The remote's name, where it has one. */
  readonly remoteName?: string | undefined;
  /** Says whether git may ask for passwords. */
  readonly env?: Environment | undefined;
  readonly timeoutMs?: number;
  /** How often it is tried again when others were faster: three times while somebody waits, which is the default. */
  readonly tries?: number;
}

/** What came of it. `reason` is the remote's or git's: not to be trusted as text. */
export type Publication =
  | { readonly kind: 'published'; readonly refs: readonly string[] }
  /** The remote has all of it already, as far as is known here. */
  | { readonly kind: 'nothing' }
  /** The remote did not take something. */
  | { readonly kind: 'refused'; readonly refs: readonly string[]; readonly reason: string }
  /** It could not be reached, or others were faster every time. */
  | { readonly kind: 'failed'; readonly reason: string };

const triesWhileWaiting = 3;

/** For who has time: as many others may publish at once as a team has people. */
export const patientTries = 40;

const longestPauseMs = 1000;

const defaultTimeoutMs = 30_000;

/** The remotes that `init` was told records may go to. */
export function remotesTold(repo: Repository): Promise<readonly string[]> {
  return getAllConfig(repo.git, 'countersign.remote');
}

/** Where a ref of a remote is kept here: `refs/countersign/remotes/<remote>/...` for what is under `refs/` or ours. */
export function keptRef(remoteName: string, ref: string): string {
  return `${remoteNotesPrefix}/${remoteName}/${ref.replace(/^refs\/(?:countersign\/)?/, '')}`;
}

/**
 * Adds records and sign-offs to a remote's notes: on top of what it has, unforced, without hooks, under the user's own
 * identity. What the remote had when it was last asked is tried first, so that as a rule one connection is made; after
 * a lost race it is asked again. Whatever goes wrong outside this program is told, not thrown, so that no push fails.
 */
export async function publishRecords(repo: Repository, request: PublishRequest): Promise<Publication> {
  try {
    return await publish(repo, request, await selectPublishable(repo, request));
  } catch (error) {
    if (error instanceof ToolError) return { kind: 'failed', reason: error.message };
    throw error;
  }
}

async function publish(repo: Repository, request: PublishRequest, what: Publishable): Promise<Publication> {
  const open = new Set(what.notes.keys());
  const done: string[] = [];
  const refused: (PushOutcome & { readonly kind: 'rejected' })[] = [];
  let tips = request.remoteName === undefined ? undefined : await keptTips(repo, request.remoteName, open);
  const tries = request.tries ?? triesWhileWaiting;
  for (let attempt = 1; attempt <= tries; attempt++) {
    // Unequal pauses, so that those who met do not meet again.
    if (attempt > 1) await pause(Math.random() * Math.min(longestPauseMs, 50 * attempt));
    tips ??= await askTips(repo, request, [...open]);
    if (tips === undefined) continue;
    const pushes: PushRef[] = [];
    for (const ref of open) {
      const tip = tips.get(ref);
      const options = { message: 'Notes added by countersign\n', time: what.time, reader: repo.objects };
      const next = await commitNotes(repo.git, tip, what.notes.get(ref) ?? new Map(), options);
      if (next === undefined) open.delete(ref);
      else pushes.push({ src: next, dst: ref, expect: tip ?? 'none' });
    }
    pushes.push(...(await headsToPush(repo, request, what.heads, pushes.length > 0, done)));
    if (pushes.length === 0) break;
    const outcomes = await pushRefs(repo.git, request.remote, pushes, {
      hooks: 'skip',
      // Our own hook, and those it starts, know by this that they are not to start over.
      env: { ...request.env, COUNTERSIGN_HOOK_RUNNING: '1' },
      timeoutMs: request.timeoutMs ?? defaultTimeoutMs,
    });
    for (const [index, outcome] of outcomes.entries()) {
      const { dst } = outcome;
      if (outcome.kind === 'stale') continue;
      open.delete(dst);
      if (outcome.kind === 'rejected') refused.push(outcome);
      else {
        done.push(dst);
        await keep(repo, request.remoteName, dst, pushes[index]?.src as Sha | undefined);
      }
    }
    if (open.size === 0) break;
    tips = undefined;
  }
  const [first] = refused;
  if (first !== undefined) return { kind: 'refused', refs: refused.map(({ dst }) => dst), reason: first.reason };
  if (open.size > 0) return { kind: 'failed', reason: 'others kept publishing at the same time' };
  return done.length === 0 ? { kind: 'nothing' } : { kind: 'published', refs: done };
}

/** Signed heads that the remote is not known to have; of a remote without a name those that go along with notes. */
async function headsToPush(
  repo: Repository,
  request: PublishRequest,
  heads: readonly Sha[],
  withNotes: boolean,
  done: readonly string[],
): Promise<readonly PushRef[]> {
  const name = request.remoteName;
  if (name === undefined && !withNotes) return [];
  const kept = name === undefined ? [] : await listRefs(repo.git, keptRef(name, signedHeadsPrefix));
  const known = new Set(kept.map(({ oid }) => oid));
  return heads
    .filter((head) => !known.has(head))
    .map((head) => ({ src: head, dst: `${signedHeadsPrefix}/${head}` }))
    .filter(({ dst }) => !done.includes(dst));
}

type Tips = ReadonlyMap<string, Sha | undefined>;

async function keptTips(repo: Repository, remoteName: string, refs: Iterable<string>): Promise<Tips> {
  const tips = new Map<string, Sha | undefined>();
  for (const ref of refs) tips.set(ref, await resolveRef(repo.git, keptRef(remoteName, ref)));
  return tips;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks the remote what it has, and fetches it; nothing where others moved it meanwhile. @throws ToolError `network` */
async function askTips(repo: Repository, request: PublishRequest, refs: readonly string[]): Promise<Tips | undefined> {
  const { remote, remoteName, env } = request;
  const options = { env, timeoutMs: request.timeoutMs ?? defaultTimeoutMs };
  const listed = (await listRemoteRefs(repo.git, remote, refs, options)).filter(({ name }) => refs.includes(name));
  const specs = listed.map(({ name }) => (remoteName === undefined ? name : `+${name}:${keptRef(remoteName, name)}`));
  if (specs.length > 0 && (await fetchRefs(repo.git, remote, specs, options)).kind !== 'fetched') return undefined;
  const tips = new Map<string, Sha | undefined>();
  for (const { name, oid } of listed) {
    const tip = remoteName === undefined ? oid : await resolveRef(repo.git, keptRef(remoteName, name));
    // Moved between the two questions, and the older one no part of the newer.
    if (tip === undefined || (await repo.objects.info(tip)).kind === 'missing') return undefined;
    tips.set(name, tip);
  }
  return tips;
}

/** Notes here what the remote has. That is a convenience: somebody who moves the same ref meanwhile wins. */
async function keep(
  repo: Repository,
  remoteName: string | undefined,
  ref: string,
  oid: Sha | undefined,
): Promise<void> {
  if (remoteName === undefined || oid === undefined) return;
  const kept = keptRef(remoteName, ref);
  const current = await resolveRef(repo.git, kept);
  if (current !== oid) await updateRef(repo.git, kept, oid, current);
}
