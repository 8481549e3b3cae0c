import { diffLines } from '../../../src/core/text/lineDiff';
import { pastHooks } from '../../support/pastHooks';
import type { World } from '../world';
import { edit } from './edits';
import { operation } from './operation';

/** How a commit is made, as regards hooks. */
function hookOptions(world: World): { readonly before: readonly string[]; readonly after: readonly string[] } {
  switch (world.random.below(10)) {
    case 0:
      return { before: pastHooks, after: [] };
    case 1:
      return { before: [], after: ['--no-verify'] };
    default:
      return { before: [], after: [] };
  }
}

/** `git commit` with these arguments, at times without hooks. */
export function commit(world: World, ...args: readonly string[]): boolean {
  const { before, after } = hookOptions(world);
  return world.git(...before, 'commit', '-q', ...after, ...args);
}

/** Everything there is, committed. */
export function commitAll(world: World): boolean {
  world.git('add', '-A');
  return commit(world, '-m', `all ${world.serial()}`);
}

/** Stages part of what differs between index and disk, line by line: what `add -p` and its editing of hunks can make. */
export function stagePart(world: World): string | undefined {
  const { random } = world;
  const path = random.pick(
    world.ask('diff', '--name-only', '--diff-filter=M', '--no-renames').filter((name) => /f\d/.test(name)),
  );
  if (path === undefined) return undefined;
  const disk = world.lines(path);
  const index = world.linesAt(`:${path}`);
  const hunks = diffLines(index, disk);
  const staged: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    staged.push(...index.slice(at, hunk.aStart));
    const removed = index.slice(hunk.aStart, hunk.aEnd);
    const added = disk.slice(hunk.bStart, hunk.bEnd);
    const split = random.once(3);
    if (split) staged.push(...added.filter(() => random.once(2)), ...removed.filter(() => random.once(4)));
    else staged.push(...(random.once(2) ? added : removed));
    at = hunk.aEnd;
  }
  staged.push(...index.slice(at));
  const { stdout } = world.tryGit(['hash-object', '-w', '--stdin', `--path=${path}`], {
    input: world.form.encode(`${staged.join('\n')}\n`),
  });
  const blob = stdout.trim();
  return blob !== '' && world.git('update-index', '--cacheinfo', `100644,${blob},${path}`) ? path : undefined;
}

/** How many commits there are by first parents. */
export function depth(world: World): number {
  return Number(world.ask('rev-list', '--count', '--first-parent', 'HEAD')[0] ?? 0);
}

/** Everyday commits, in all forms. */
export const commits = [
  operation('commit all', 8, (world) => {
    commitAll(world);
  }),
  operation('commit -a', 3, (world) => {
    commit(world, '-am', `tracked ${world.serial()}`);
  }),
  operation('commit one file', 4, (world) => {
    const path = world.random.pick(world.files());
    if (path === undefined) return;
    world.git('add', '--', path);
    commit(world, '-m', `some ${world.serial()}`);
  }),
  operation('commit path', 3, (world) => {
    const path = world.random.pick(world.tracked());
    if (path === undefined) return;
    commit(world, ...(world.random.once(3) ? ['-i'] : []), '-m', `path ${world.serial()}`, '--', path);
  }),
  operation('commit part', 7, (world) => {
    const path = stagePart(world);
    if (path !== undefined) commit(world, '-m', `part ${world.serial()}`);
  }),
  operation('commit part, then the rest', 2, (world) => {
    if (stagePart(world) === undefined) return;
    commit(world, '-m', `part ${world.serial()}`);
    commitAll(world);
  }),
  operation('intent to add', 1, (world) => {
    const path = world.random.pick(world.ask('ls-files', '--others').filter((name) => /f\d/.test(name)));
    if (path === undefined) return;
    world.git('add', '-N', '--', path);
    commit(world, '-am', `intended ${world.serial()}`);
  }),
  operation('amend message', 2, (world) => {
    commit(world, '--amend', '-m', `reworded ${world.serial()}`);
  }),
  operation('amend with everything', 3, (world) => {
    world.git('add', '-A');
    commit(world, '--amend', '--no-edit');
  }),
  operation('amend with a path', 1, (world) => {
    const path = world.random.pick(world.tracked());
    if (path !== undefined) commit(world, '--amend', '--no-edit', '--', path);
  }),
  operation('amend with a part', 2, (world) => {
    if (stagePart(world) !== undefined) commit(world, '--amend', '--no-edit');
  }),
  operation('commit from elsewhere', 2, (world) => {
    const [gitDir = ''] = world.ask('rev-parse', '--absolute-git-dir');
    const message = ['commit', '-qam', `far ${world.serial()}`];
    const cwd = world.repo.root;
    if (world.random.once(2)) world.tryGit([`--git-dir=${gitDir}`, `--work-tree=${world.work}`, ...message], { cwd });
    else world.tryGit(message, { cwd, env: { GIT_DIR: gitDir, GIT_WORK_TREE: world.work } });
  }),
  operation('amend nothing', 1, (world) => {
    commit(world, '--amend', '--no-edit', '--reset-author');
  }),
  operation('empty commit', 1, (world) => {
    commit(world, '--allow-empty', '-m', `empty ${world.serial()}`);
  }),
  operation('commit --fixup', 2, (world) => {
    const target = world.random.pick(world.ask('rev-list', '-n', '4', '--no-merges', 'HEAD'));
    if (target === undefined) return;
    world.git('add', '-A');
    commit(world, `--fixup=${target}`);
  }),
  operation('commit in another work tree', 2, async (world) => {
    const home = world.work;
    const branch = `w${world.serial()}`;
    const work = `${world.repo.root}/${branch}`;
    if (!world.git('worktree', 'add', '-q', '-b', branch, work)) return;
    world.work = work;
    try {
      for (let count = 1 + world.random.below(2); count > 0; count--) await edit(world);
      commitAll(world);
      // What is not committed goes with the work tree.
      if (world.random.once(2)) await edit(world);
    } finally {
      world.work = home;
    }
    world.git('worktree', 'remove', '--force', work);
  }),
] as const;
