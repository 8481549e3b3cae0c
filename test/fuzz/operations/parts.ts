import type { World } from '../world';
import { commit, commitAll, depth, stagePart } from './commits';
import { edit } from './edits';
import { operation } from './operation';

/** Answers to what `-p` asks of each hunk: take it, leave it, take it apart. */
export function answers(world: World): string {
  return Array.from({ length: 40 }, () => `${world.random.pick(['y', 'y', 'n', 'n', 's']) ?? 'n'}\n`).join('');
}

function interactively(world: World, ...args: readonly string[]): boolean {
  return world.tryGit(args, { input: answers(world) }).status === 0;
}

/** Hunks that go one by one: into the index, out of it, away, and into commits. */
export const parts = [
  operation('add -p and commit', 2, (world) => {
    interactively(world, 'add', '-p');
    commit(world, '-m', `hunks ${world.serial()}`);
  }),
  operation('reset -p', 1, (world) => {
    interactively(world, 'reset', '-q', '-p');
  }),
  operation('restore -p', 2, (world) => {
    interactively(
      world,
      ...(world.random.pick([
        ['restore', '-p'],
        ['checkout', '-p', 'HEAD'],
      ]) ?? []),
    );
  }),
  operation('apply -R --cached', 1, (world) => {
    const path = world.random.pick(world.ask('diff', '--cached', '--name-only', '--diff-filter=M'));
    if (path === undefined) return;
    const { stdout } = world.repo.tryGit(['diff', '--cached', '--binary', '--', path], { cwd: world.work });
    world.tryGit(['apply', '-R', '--cached'], { input: Buffer.from(stdout, 'latin1') });
  }),
  operation('reset --soft and commit in other pieces', 2, async (world) => {
    if (depth(world) < 4) return;
    world.git('reset', '-q', '--soft', `HEAD~${1 + world.random.below(2)}`);
    if (world.random.once(2)) world.git('reset', '-q');
    for (let count = 1 + world.random.below(2); count > 0; count--) {
      if (world.random.once(2)) interactively(world, 'add', '-p');
      else stagePart(world);
      commit(world, '-m', `piece ${world.serial()}`);
    }
    if (world.random.once(4)) await edit(world);
    commitAll(world);
  }),
] as const;
