import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sha } from '../../core/brand';
import { listRefs, resolveRef, symbolicRef } from '../../git/refs';
import { listRemotes, type Remote } from '../../git/remotes';
import { formatProtectFile, type HomeRef, type ProtectFacts, protectFile } from '../../setup/protectFile';
import type { Repository } from '../repository';
import { governingPolicy } from './policyAt';
import { defaultBranch, remoteHead, trackingRefOf, usualBranches } from './targets';

/** Of more branches the policies are not read beforehand: a push to one of the others waits for the program. */
const mostTips = 500;

/**
 * Tells the hook's shell part which pushes need no judging, from the policies at the tips of the remotes' refs as they
 * are known here and at `pushed`, the commits that a push is about to make tips. Best called when nobody waits.
 */
export async function writeProtectFile(repo: Repository, pushed: readonly Sha[]): Promise<void> {
  const homes: { readonly tip: Sha; readonly refs: readonly HomeRef[] }[] = [];
  for (const remote of await listRemotes(repo.git)) {
    const home = await homeRefs(repo, remote);
    if (home !== undefined) homes.push(home);
  }
  const tracked = (await listRefs(repo.git, 'refs/remotes')).slice(0, mostTips).map(({ peeled }) => peeled);
  const candidates = new Set([...homes.map(({ tip }) => tip), ...pushed, ...tracked]);
  const protect: string[] = [];
  const tips = new Set<Sha>();
  for (const tip of candidates) {
    // What somebody else pushed there, and nobody fetched: its policy is not known, so that a push over it is judged.
    if ((await repo.objects.info(tip)).kind === 'missing') continue;
    const { state } = await governingPolicy(repo, tip);
    // Where a policy is gone or was never readable a push is judged.
    if (state.kind === 'invalid' || (state.kind === 'none' && state.protectedRefHadOne)) continue;
    tips.add(tip);
    if (state.kind === 'ok') protect.push(...state.policy.protect);
  }
  write(repo, { homes: homes.flatMap(({ tip, refs }) => (tips.has(tip) ? refs : [])), protect, tips: [...tips] });
}

/** The tip of a remote's default branch, with all that says which one it is; nothing where none is followed here. */
async function homeRefs(
  repo: Repository,
  remote: Remote,
): Promise<{ readonly tip: Sha; readonly refs: readonly HomeRef[] } | undefined> {
  const home = await defaultBranch(repo, remote.name);
  const ref = home === undefined ? undefined : trackingRefOf(remote, home.ref);
  if (home?.tip === undefined || ref === undefined) return undefined;
  const head = remoteHead(remote.name);
  const followed = await symbolicRef(repo.git, head);
  const others =
    followed === undefined ? usualBranches.map((branch) => trackingRefOf(remote, branch)).filter(isOther(ref)) : [];
  return {
    tip: home.tip,
    refs: [
      { remote: remote.name, ref, content: home.tip },
      { remote: remote.name, ref: head, content: followed === undefined ? undefined : `ref: ${followed}` },
      ...(await Promise.all(
        others.map(async (other) => ({ remote: remote.name, ref: other, content: await resolveRef(repo.git, other) })),
      )),
    ],
  };
}

function isOther(ref: string): (other: string | undefined) => other is string {
  return (other): other is string => other !== undefined && other !== ref;
}

function write(repo: Repository, facts: ProtectFacts): void {
  try {
    const file = join(repo.git.commonDir, protectFile);
    // Half of it, or two of them in one, would name too few refs.
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, formatProtectFile(facts), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // A read-only git directory: without the file every push is judged, which is right, only slower.
  }
}
