import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../world';
import { otherBranches } from './branches';
import { edited } from './edits';
import { operation } from './operation';

type Agent = Parameters<World['command']>[0];

/** Something that a command does among other things; `copies` are the files that it has copied so far, and their copies. */
type Part = (world: World, who: Agent, copies: Set<string>) => void;

const write: Part = (world, who, copies) => {
  // What a command copies and changes at once is told from what it writes alike by nothing that it leaves.
  const path = world.random.pick(world.files().filter((file) => !copies.has(file))) ?? 'f0';
  world.log.push(`  ${who} writes ${path}`);
  world.put(path, edited(world, path, who));
  world.unseen.delete(path);
};

const writeNew: Part = (world, who) => {
  const path = `f${world.random.below(8)}`;
  if (existsSync(join(world.work, path))) return;
  world.log.push(`  ${who} writes ${path}`);
  world.put(path, `${world.block(who).join('\n')}\n`);
};

const copy: Part = (world, _who, copies) => {
  const [from, to] = [world.random.pick(world.tracked()), `f${5 + world.random.below(4)}`];
  if (from === undefined || existsSync(join(world.work, to))) return;
  world.log.push(`  cp ${from} ${to}`);
  copyFileSync(join(world.work, from), join(world.work, to));
  copies.add(from).add(to);
};

const gits: readonly Part[] = [
  (world) => void world.git('stash', 'push', '-q', ...(world.random.pick([[], ['-u'], ['--keep-index']]) ?? [])),
  (world) => {
    if (world.ask('stash', 'list').length > 0 && !world.git('stash', 'pop', '-q')) world.git('reset', '-q', '--hard');
  },
  (world) => {
    world.git('add', '-A');
    world.git('commit', '-q', ...(world.random.once(4) ? ['--no-verify'] : []), '-m', `by a command ${world.serial()}`);
  },
  (world) => void world.git('commit', '-qam', `by a command ${world.serial()}`),
  (world) => void world.git('commit', '-qa', '--amend', '--no-edit'),
  (world) => {
    const other = world.random.pick(otherBranches(world));
    if (other !== undefined) world.git('checkout', '-q', other);
  },
  (world) => void world.git('checkout', '-q', '-b', `c${world.serial()}`),
  (world) => {
    const path = world.random.pick(world.tracked());
    if (path !== undefined) world.git('checkout', '-q', '--', path);
  },
  (world) => void world.git('reset', '-q', world.random.pick(['--soft', '--mixed', '--hard']) ?? '', 'HEAD'),
];

/** Agents that run commands, of which nobody sees more than what was there before and after. */
export const agents = [
  operation('command', 6, async (world) => {
    const { random } = world;
    const who = random.pick(['A', 'B', 'C'] as const) ?? 'A';
    await world.command(who, () => {
      const copies = new Set<string>();
      for (let count = 1 + random.below(4); count > 0; count--) {
        const part = random.pick([write, write, write, writeNew, copy, ...gits]);
        part?.(world, who, copies);
      }
    });
  }),
] as const;
