import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sha } from '../../core/brand';
import { listRefs } from '../../git/refs';
import { listRemotes } from '../../git/remotes';
import { formatProtectFile, type ProtectFacts, protectFile } from '../../setup/protectFile';
import type { Repository } from '../repository';
import { governingPolicy } from './policyAt';
import { defaultBranch, trackingRefOf } from './targets';

/** Of more branches the policies are not read beforehand: a push to one of the others waits for the program. */
const mostTips = 500;

/**
 * Tells the hook's shell part which pushes need no judging, from the policies at the tips of the remotes' refs as they
 * are known here and at `pushed`, the commits that a push is about to make tips. Best called when nobody waits.
 */
export async function writeProtectFile(repo: Repository, pushed: readonly Sha[]): Promise<void> {
  const homes: { remote: string; ref: string; oid: Sha }[] = [];
  for (const remote of await listRemotes(repo.git)) {
    const home = await defaultBranch(repo, remote.name);
    const ref = home === undefined ? undefined : trackingRefOf(remote, home.ref);
    if (home?.tip !== undefined && ref !== undefined) homes.push({ remote: remote.name, ref, oid: home.tip });
  }
  const tracked = (await listRefs(repo.git, 'refs/remotes')).slice(0, mostTips).map(({ peeled }) => peeled);
  const candidates = new Set([...homes.map(({ oid }) => oid), ...pushed, ...tracked]);
  const protect: string[] = [];
  const tips = new Set<Sha>();
  for (const tip of candidates) {
    const { state } = await governingPolicy(repo, tip);
    // Where a policy is gone or was never readable a push is judged.
    if (state.kind === 'invalid' || (state.kind === 'none' && state.protectedRefHadOne)) continue;
    tips.add(tip);
    if (state.kind === 'ok') protect.push(...state.policy.protect);
  }
  write(repo, { homes: homes.filter(({ oid }) => tips.has(oid)), protect, tips: [...tips] });
}

function write(repo: Repository, facts: ProtectFacts): void {
  try {
    writeFileSync(join(repo.git.commonDir, protectFile), formatProtectFile(facts), { mode: 0o600 });
  } catch {
    // A read-only git directory: without the file every push is judged, which is right, only slower.
  }
}
