import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Letter } from '../people';
import { textOf, type World } from '../world';

/** Which lines of a file with conflict marks stay. */
function settled(lines: readonly string[], keep: 'both' | 'ours' | 'theirs'): readonly string[] {
  const result: string[] = [];
  let side: 'ours' | 'base' | 'theirs' | undefined;
  for (const line of lines) {
    if (/^<{7}/.test(line)) side = 'ours';
    else if (/^\|{7}/.test(line)) side = 'base';
    else if (/^={7}/.test(line)) side = 'theirs';
    else if (/^>{7}/.test(line)) side = undefined;
    else if (side === undefined || (side !== 'base' && (keep === 'both' || keep === side))) result.push(line);
  }
  return result;
}

async function settleFile(world: World, path: string): Promise<void> {
  const { random } = world;
  const stages = new Set(world.ask('ls-files', '--unmerged', '--', path).map((line) => line.split(/\s/)[2]));
  if (!stages.has('2') || !stages.has('3') || !existsSync(join(world.work, path))) {
    // One side has no such file.
    if (random.once(2) || !existsSync(join(world.work, path))) world.git('rm', '-q', '-f', '--', path);
    else world.git('add', '--', path);
    return;
  }
  const way = random.pick(['ours', 'theirs', 'checkout', 'both', 'write'] as const);
  if (way === 'checkout') {
    world.git('checkout', random.once(2) ? '--ours' : '--theirs', '--', path);
  } else {
    const lines = world.lines(path);
    const kept = [...settled(lines, way === 'ours' || way === 'theirs' ? way : 'both')];
    const who: Letter = random.pick(['A', 'H', 'U', 'U'] as const) ?? 'H';
    if (way === 'write') kept.splice(random.below(kept.length + 1), 0, ...world.block(who, 2));
    await world.write(who, { [path]: textOf(kept) });
  }
  world.git('add', '-A', '--', path);
}

/** Settles all conflicts, in all ways. Whether none is left. */
export async function settleFiles(world: World): Promise<boolean> {
  const unmerged = [...new Set(world.ask('ls-files', '--unmerged').map((line) => line.split('\t')[1] ?? ''))];
  for (const path of unmerged) if (/f\d/.test(path)) await settleFile(world, path);
  return world.ask('ls-files', '--unmerged').length === 0;
}

/** The commands that stop at conflicts. */
export type Stopping = 'rebase' | 'cherry-pick' | 'revert' | 'merge' | 'am';

function isGoingOn(world: World): boolean {
  const heads = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply', 'sequencer'];
  return heads.some((name) =>
    existsSync(world.ask('rev-parse', '--path-format=absolute', '--git-path', name)[0] ?? ''),
  );
}

/** Brings what stopped to an end: settles, at times does `between`, goes on; or gives up. */
export async function finish(
  world: World,
  command: Stopping,
  between: (world: World) => Promise<void> | void = () => undefined,
): Promise<void> {
  for (let round = 0; round < 12 && isGoingOn(world); round++) {
    if (world.random.once(12) || !(await settleFiles(world))) break;
    await between(world);
    if (!isGoingOn(world)) return;
    if (command === 'merge' ? world.git('commit', '-q', '--no-edit') : world.git(command, '--continue')) continue;
    // Nothing is left of a commit that was settled away.
    if (command !== 'merge' && world.ask('ls-files', '--unmerged').length === 0 && isGoingOn(world)) {
      if (world.ask('status', '--porcelain').some((line) => /^[^ ?]/.test(line))) continue;
      world.git(command, '--skip');
    }
  }
  if (!isGoingOn(world)) return;
  world.git(command, '--abort');
  if (isGoingOn(world)) world.git('reset', '-q', '--hard');
}
