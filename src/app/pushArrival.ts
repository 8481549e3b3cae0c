import type { Environment } from '../git/gitEnvironment';
import { resolveRef } from '../git/refs';
import { listRemoteRefs, listRemotes } from '../git/remotes';
import type { PushDestination, PushedRef } from './gate/prePush';
import { trackingRefOf } from './gate/targets';
import type { Repository } from './repository';

/** How to wait for a push. */
export interface ArrivalOptions {
  /** The `git push` that is going on; nothing where it cannot be told. */
  readonly pid: number | undefined;
  /** Says whether git may ask for passwords. */
  readonly env: Environment;
}

const firstPauseMs = 100;
const longestPauseMs = 2000;

/** After this a push is taken for refused where its end cannot be seen. */
const patienceMs = 2 * 60 * 1000;

/** What a push writes down last may stand there a moment after it has ended. */
const graceMs = 1000;

/**
 * The refs of a push that the remote has taken, once that is known: by the refs that follow it here, which a push moves
 * when it has succeeded, else by asking the remote, when the push has ended. A push that is refused, given up or a dry run takes nothing
 * along, whatever a hook was told of it.
 */
export async function arrivedRefs(
  repo: Repository,
  destination: PushDestination,
  pushed: readonly PushedRef[],
  { pid, env }: ArrivalOptions,
): Promise<readonly PushedRef[]> {
  // A push to a URL moves no ref here, even where it is a remote's.
  const remote = (await listRemotes(repo.git)).find(({ name }) => name === destination.remote);
  const open = new Map<PushedRef, string | undefined>();
  for (const ref of pushed) {
    if (ref.localOid !== undefined) open.set(ref, remote === undefined ? undefined : trackingRefOf(remote, ref.ref));
  }
  const arrived: PushedRef[] = [];
  const take = (ref: PushedRef): void => {
    arrived.push(ref);
    open.delete(ref);
  };
  const started = Date.now();
  let ended: number | undefined;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    for (const [ref, tracking] of [...open]) {
      if (tracking !== undefined && (await resolveRef(repo.git, tracking)) === ref.localOid) take(ref);
    }
    if (open.size === 0) return arrived;
    ended ??= pid !== undefined && !isRunning(pid) ? Date.now() : undefined;
    const waited = Date.now() - (ended ?? started);
    if (waited > (ended === undefined ? patienceMs : graceMs)) break;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  const place = destination.url === '' ? destination.remote : destination.url;
  const names = [...open.keys()].map(({ ref }) => ref);
  const there = new Map((await listRemoteRefs(repo.git, place, names, { env })).map(({ name, oid }) => [name, oid]));
  for (const ref of [...open.keys()]) if (there.get(ref.ref) === ref.localOid) take(ref);
  return arrived;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There, but somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
