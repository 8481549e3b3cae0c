import { copyFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sharesMostLines } from '../../../src/core/attribution/resolve';
import type { Letter } from '../people';
import { type Files, textOf, type World } from '../world';
import { operation } from './operation';

/** Lines put in or taken out at one place, as it can be seen from the text alone. */
function grownOrShrunk(world: World, lines: readonly string[], who: Letter): readonly string[] {
  const { random } = world;
  const result = [...lines];
  const at = random.below(result.length + 1);
  // Nobody sees the moment between the two: what is taken out unseen and put in unseen is one replacement.
  if (who !== 'U' && result.length > 3 && random.once(3)) result.splice(at, 1 + random.below(3));
  else result.splice(at, 0, ...world.block(who, 4));
  return result;
}

/**
 * Whether a block that moves is known by its lines: a blank line is none that tells, one of everybody's stands anywhere, and
 * what stands elsewhere too is not told from that.
 */
function isTold(world: World, block: readonly string[], all: readonly string[]): boolean {
  return block.every(
    (line) => world.style.expected(line) !== undefined && all.filter((one) => one === line).length === 1,
  );
}

/** Lines put in, taken out, replaced, changed or moved, at one or two places. */
function rewritten(world: World, lines: readonly string[], who: Letter): readonly string[] {
  const { random } = world;
  const result = [...lines];
  const moved = 2 + random.below(2);
  const tells = isTold(world, result.slice(0, moved), result);
  if (result.length >= 8 && tells && random.once(6)) {
    // Past more lines than it has, so that it is this block that moved and not what lies between.
    const block = result.splice(0, moved);
    result.splice(block.length + 1 + random.below(result.length - block.length), 0, ...block);
    return result;
  }
  for (let count = 1 + random.below(2); count > 0; count--) {
    const at = random.below(result.length + 1);
    const line = result[at];
    switch (random.below(5)) {
      case 0:
      case 1:
        result.splice(at, 0, ...world.block(who));
        break;
      case 2:
        result.splice(at, 1 + random.below(3));
        break;
      case 3:
        result.splice(at, 1 + random.below(2), ...world.block(who));
        break;
      default: {
        const changed = line === undefined ? undefined : world.style.change(line, who, world.serial(), random);
        if (line === undefined || changed === undefined) break;
        result[at] = changed;
        world.nick(who, line, changed);
      }
    }
  }
  return result;
}

/** One edit of a file by a writer, as its style allows. */
export function edited(world: World, path: string, who: Letter): string | undefined {
  const lines = world.lines(path);
  return textOf(world.style.alike ? grownOrShrunk(world, lines, who) : rewritten(world, lines, who));
}

/** A writer, AI more often than not. */
export function someWriter(world: World): Letter {
  return world.random.pick(['A', 'A', 'B', 'C', 'H', 'H', 'U'] as const) ?? 'A';
}

/** A path for a file that may be there or not. */
function newPath(world: World, who: Letter): string {
  // What stood at a path before, and is gone, is not to be taken for what an unseen line like it was made of.
  if (who === 'U' && world.style.alike) return `f${10 + world.serial()}`;
  const folder = world.random.pick(['', '', '', 'd/', 'd/e/']) ?? '';
  return `${folder}f${world.random.below(5)}`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** One edit of one or two files. */
export async function edit(world: World, who = someWriter(world)): Promise<void> {
  const { random } = world;
  const files: Files = {};
  const existing = world.files();
  for (let count = 1 + random.below(2); count > 0; count--) {
    const path = random.once(6) ? newPath(world, who) : (random.pick(existing) ?? newPath(world, who));
    if (!isFolder(join(world.work, path)) && !(who === 'U' && isMoved(world, path)))
      files[path] = edited(world, path, who);
  }
  await world.write(who, files);
}

/** Whether a file was moved, and no commit has it under this name: what is also changed unseen is no file that anybody knows. */
function isMoved(world: World, path: string): boolean {
  return world.moved.has(path) && world.ask('ls-tree', 'HEAD', '--', path).length === 0;
}

/** Whether a file was changed by somebody unseen last: what is also moved unseen is no file that anybody knows. */
function isChangedUnseen(world: World, path: string): boolean {
  return world.unseen.has(path) && world.ask('diff', '--name-only', 'HEAD', '--', path).length > 0;
}

function move(world: World, by: 'git' | 'hand'): void {
  const path = world.random.pick(world.tracked());
  const to = `${world.random.pick(['', 'd/', 'g/'])}f${5 + world.random.below(4)}`;
  if (path === undefined || existsSync(join(world.work, to))) return;
  if (isChangedUnseen(world, path)) return;
  mkdirSync(dirname(join(world.work, to)), { recursive: true });
  world.moved.add(to);
  if (by === 'git') world.git('mv', path, to);
  else {
    world.log.push(`mv ${path} ${to}`);
    renameSync(join(world.work, path), join(world.work, to));
  }
}

/** Takes a block out of one file and puts it into another, in one step. */
async function moveBlock(world: World): Promise<void> {
  const { random } = world;
  const [from, to] = [random.pick(world.files()), random.pick(world.files())];
  if (from === undefined || to === undefined || from === to) return;
  const [rest, other] = [[...world.lines(from)], [...world.lines(to)]];
  const at = random.below(rest.length);
  const block = rest.slice(at, at + 2 + random.below(2));
  if (block.length < 2 || !isTold(world, block, [...world.lines(from), ...other])) return;
  rest.splice(at, block.length);
  other.splice(random.below(other.length + 1), 0, ...block);
  // A few characters that nobody saw going are not known again; nor is what stood in no commit before.
  const committed = world.linesAt(`HEAD:${from}`);
  const tells = block.join('').replace(/\s/g, '').length >= 16 && block.every((line) => committed.includes(line));
  const who = random.pick(['A', 'B', 'H', ...(tells ? (['U'] as const) : [])] as const) ?? 'A';
  await world.write(who, { [from]: textOf(rest), [to]: textOf(other) });
  if (who !== 'U') return;
  // What nobody saw is known as one step by the commit that it is in.
  world.git('add', '-A');
  world.git('commit', '-qm', `moved ${world.serial()}`);
}

/** Gives a file another name and other lines in one step. */
async function renameAndRewrite(world: World): Promise<void> {
  const from = world.random.pick(world.tracked());
  const to = `f${5 + world.random.below(4)}`;
  if (from === undefined || existsSync(join(world.work, to))) return;
  const who = world.random.pick(['A', 'B', 'H'] as const) ?? 'A';
  const text = edited(world, from, who);
  // What is less than half of a file is not that file any more.
  if (text === undefined || !sharesMostLines(text, textOf(world.lines(from)) ?? '')) return;
  await world.write(who, { [from]: undefined, [to]: text });
}

/**
 * Two agents who begin at one file before the other has ended. Neither text before tells which of the two made what is in
 * neither: of whom it is may stay open.
 */
async function twoInOne(world: World): Promise<void> {
  const { random } = world;
  const path = random.pick(world.files());
  const [first, second] = [random.pick(['A', 'C'] as const) ?? 'A', random.pick(['B', 'C'] as const) ?? 'B'];
  if (path === undefined || first === second) return;
  const before = new Set(world.lines(path));
  const files: Files = {};
  await world.write(first, files, [path], async () => {
    await world.write(second, { [path]: edited(world, path, second) });
    files[path] = edited(world, path, first);
    for (const line of [...world.lines(path), ...(files[path] ?? '').split('\n')])
      if (!before.has(line)) world.doubt(line);
  });
}

/** Two writers who begin before the other has ended, each at a file of their own. */
async function twoAtOnce(world: World): Promise<void> {
  const { random } = world;
  const [one, two] = [random.pick(world.files()), random.pick(world.files())];
  const [first, second] = [random.pick(['A', 'H'] as const) ?? 'A', random.pick(['B', 'C'] as const) ?? 'B'];
  if (one === undefined || two === undefined || one === two) return;
  await world.write(first, { [one]: edited(world, one, first) }, [one], () =>
    world.write(second, { [two]: edited(world, two, second) }),
  );
}

/** What writers do to the files of a work tree. */
export const edits = [
  operation('edit', 40, (world) => edit(world)),
  operation('edit of two at once', 4, twoAtOnce),
  operation('edit of two agents in one file', 2, twoInOne),
  operation('move a block to another file', 3, moveBlock),
  operation('rename and rewrite', 2, renameAndRewrite),
  operation('git mv and rewrite', 2, async (world) => {
    const path = world.random.pick(world.tracked());
    const to = `f${5 + world.random.below(4)}`;
    if (path === undefined || isChangedUnseen(world, path) || existsSync(join(world.work, to))) return;
    if (!world.git('mv', path, to)) return;
    world.moved.add(to);
    const who = world.random.pick(['A', 'B', 'H'] as const) ?? 'A';
    await world.write(who, { [to]: edited(world, to, who) });
  }),
  operation('rename', 3, (world) => move(world, world.random.once(2) ? 'git' : 'hand')),
  operation('rename folder', 1, (world) => {
    const [from, to] = world.random.once(2) ? ['d', 'g'] : ['g', 'd'];
    if (existsSync(join(world.work, from)) && !existsSync(join(world.work, to))) world.git('mv', from, to);
  }),
  operation('copy', 1, (world) => {
    const path = world.random.pick(world.tracked());
    const to = `f${5 + world.random.below(4)}`;
    if (path === undefined || existsSync(join(world.work, to))) return;
    world.log.push(`cp ${path} ${to}`);
    copyFileSync(join(world.work, path), join(world.work, to));
    // A copy that nobody saw is known as one while the file that it was made from is what it was.
    world.git('add', '--', path, to);
    world.git('commit', '-qm', `copied ${world.serial()}`);
  }),
] as const;
