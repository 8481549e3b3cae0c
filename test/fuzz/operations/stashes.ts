import type { World } from '../world';
import { otherBranches } from './branches';
import { commitAll } from './commits';
import { edit } from './edits';
import { operation } from './operation';
import { answers } from './parts';
import { settleFiles } from './settle';

/** Takes the newest stash back; what is in conflict is settled, and the stash dropped. */
async function unstash(world: World, how: 'pop' | 'apply'): Promise<void> {
  const index = world.random.once(3) ? ['--index'] : [];
  if (world.git('stash', how, '-q', ...index)) {
    if (how === 'apply') world.git('stash', 'drop', '-q');
    return;
  }
  await settleFiles(world);
  if (world.ask('ls-files', '--unmerged').length > 0) world.git('reset', '-q', '--hard');
  world.git('stash', 'drop', '-q');
}

function hasStash(world: World): boolean {
  return world.ask('stash', 'list').length > 0;
}

/** Work that is put aside and taken up again. */
export const stashes = [
  operation('stash and pop', 4, async (world) => {
    const how = world.random.pick([[], ['-u'], ['--keep-index'], ['--staged'], ['-a'], ['-p']]) ?? [];
    world.tryGit(['stash', 'push', '-q', ...how], { input: answers(world) });
    if (!hasStash(world)) return;
    const other = world.random.pick(otherBranches(world));
    if (other !== undefined && world.random.once(2)) world.git('switch', '-q', other);
    if (world.random.once(3)) {
      await edit(world);
      commitAll(world);
    }
    await unstash(world, world.random.once(2) ? 'pop' : 'apply');
  }),
  operation('stash one file', 2, async (world) => {
    const path = world.random.pick(world.files());
    if (path === undefined || !world.git('stash', 'push', '-q', '-u', '--', path) || !hasStash(world)) return;
    if (world.random.once(2)) await edit(world);
    await unstash(world, 'pop');
  }),
  operation('stash and leave', 1, (world) => {
    world.git('stash', 'push', '-q', '-u');
  }),
  operation('take up a stash', 2, async (world) => {
    if (hasStash(world)) await unstash(world, 'pop');
  }),
  operation('stash branch', 1, (world) => {
    if (hasStash(world) && world.isClean()) world.git('stash', 'branch', `s${world.serial()}`);
  }),
] as const;
