import type { World } from '../world';
import { commit, commitAll, depth } from './commits';
import { edit } from './edits';
import { operation } from './operation';
import { finish, settleFiles } from './settle';

/** Names of the branches that are not checked out. */
export function otherBranches(world: World): readonly string[] {
  const [current = ''] = world.ask('branch', '--show-current');
  return world.ask('branch', '--format=%(refname:short)').filter((name) => name !== current && !name.startsWith('('));
}

/** Another branch, where nothing of the work tree stands in the way. */
export function otherBranch(world: World): string | undefined {
  return world.isClean() ? world.random.pick(otherBranches(world)) : undefined;
}

function someCommit(world: World): string | undefined {
  return world.random.pick(
    world.ask('rev-list', '--no-merges', '-n', '5', 'HEAD').slice(0, Math.max(0, depth(world) - 1)),
  );
}

/** Going from branch to branch, bringing them together, and taking back. */
export const branches = [
  operation('new branch', 3, (world) => {
    if (otherBranches(world).length < 6)
      world.git('checkout', '-q', '-b', `b${world.serial()}`, world.random.once(2) ? 'HEAD~1' : 'HEAD');
  }),
  operation('switch', 4, (world) => {
    const other = world.random.pick(otherBranches(world));
    if (other !== undefined) world.git('switch', '-q', other);
  }),
  operation('checkout -m', 2, async (world) => {
    const other = world.random.pick(otherBranches(world));
    if (other === undefined) return;
    world.git('checkout', '-q', '-m', other);
    if (!(await settleFiles(world))) world.git('reset', '-q', '--hard');
  }),
  operation('merge', 4, async (world) => {
    const other = otherBranch(world);
    if (other === undefined) return;
    const how =
      world.random.pick([
        [],
        ['--no-ff'],
        ['-s', 'ort', '-X', 'patience'],
        ['-X', 'ours'],
        ['-X', 'theirs'],
        ['-s', 'ours'],
      ]) ?? [];
    if (!world.git('merge', '-q', '--no-edit', ...how, other)) await finish(world, 'merge');
  }),
  operation('merge --no-commit', 1, async (world) => {
    const other = otherBranch(world);
    if (other === undefined) return;
    if (!world.git('merge', '-q', '--no-commit', '--no-ff', other)) await finish(world, 'merge');
    else {
      if (world.random.once(2)) await edit(world);
      commitAll(world);
    }
  }),
  operation('octopus', 1, async (world) => {
    const names = otherBranches(world).slice(0, 3);
    if (names.length < 2 || !world.isClean()) return;
    if (!world.git('merge', '-q', '--no-edit', ...names)) await finish(world, 'merge');
    if (world.ask('ls-files', '--unmerged').length > 0) world.git('reset', '-q', '--hard');
  }),
  operation('merge --squash', 3, async (world) => {
    const other = otherBranch(world);
    if (other === undefined) return;
    if (!world.git('merge', '-q', '--squash', other) && !(await settleFiles(world))) world.git('reset', '-q', '--hard');
    else if (world.random.once(2)) commit(world, '--no-edit');
    else commit(world, '-m', `squashed ${world.serial()}`);
  }),
  operation('cherry-pick', 4, async (world) => {
    const other = otherBranch(world);
    if (other === undefined) return;
    const how = world.random.pick([[], ['-x'], ['-X', 'theirs'], ['--ff']]) ?? [];
    if (!world.git('cherry-pick', ...how, other)) await finish(world, 'cherry-pick');
  }),
  operation('cherry-pick a range', 2, async (world) => {
    const other = otherBranch(world);
    if (other === undefined) return;
    if (!world.git('cherry-pick', `${other}~2..${other}`)) await finish(world, 'cherry-pick');
  }),
  operation('cherry-pick -n', 2, async (world) => {
    const other = otherBranch(world);
    if (other === undefined) return;
    const what = world.random.once(2) ? other : `${other}~2..${other}`;
    if (!world.git('cherry-pick', '-n', what)) world.git('reset', '-q', '--hard');
    else {
      if (world.random.once(3)) await edit(world);
      commitAll(world);
    }
  }),
  operation('revert', 3, async (world) => {
    const target = world.isClean() ? someCommit(world) : undefined;
    if (target === undefined) return;
    if (!world.git('revert', '--no-edit', target)) await finish(world, 'revert');
    else if (world.random.once(2) && !world.git('revert', '--no-edit', 'HEAD')) await finish(world, 'revert');
  }),
  operation('revert of a merge', 2, async (world) => {
    const merges = world.isClean() ? world.ask('rev-list', '-n', '3', '--merges', 'HEAD') : [];
    const target = world.random.pick(merges);
    if (target === undefined) return;
    const side = world.random.once(4) ? '2' : '1';
    if (!world.git('revert', '--no-edit', '-m', side, target)) await finish(world, 'revert');
    else if (world.random.once(2) && !world.git('revert', '--no-edit', 'HEAD')) await finish(world, 'revert');
  }),
  operation('cherry-pick of a merge', 1, async (world) => {
    const merges = world.isClean() ? world.ask('rev-list', '-n', '8', '--merges', '--all') : [];
    const target = world.random.pick(merges);
    if (target === undefined) return;
    const side = world.random.once(3) ? '2' : '1';
    if (!world.git('cherry-pick', '-m', side, target)) await finish(world, 'cherry-pick');
  }),
  operation('format-patch and am', 3, async (world) => {
    const other = otherBranch(world);
    if (other === undefined) return;
    const range = world.random.pick([['-1', other], [`${other}~2..${other}`], [`HEAD..${other}`]]) ?? [];
    const { stdout } = world.repo.tryGit(['format-patch', '--stdout', '--binary', ...range], { cwd: world.work });
    if (stdout === '') return;
    const how = world.random.pick([['-3'], ['-3'], []]) ?? [];
    const { status } = world.tryGit(['am', '-q', ...how], { input: Buffer.from(stdout, 'latin1') });
    if (status !== 0) await finish(world, 'am');
  }),
  operation('rerere', 1, (world) => {
    world.git('config', 'rerere.enabled', world.random.once(4) ? 'false' : 'true');
    world.git('config', 'rerere.autoUpdate', world.random.once(2) ? 'false' : 'true');
  }),
  operation('revert of a revert', 1, async (world) => {
    const reverts = world.isClean() ? world.ask('rev-list', '-n', '3', '--no-merges', '--grep=^Revert', 'HEAD') : [];
    const target = world.random.pick(reverts);
    if (target !== undefined && !world.git('revert', '--no-edit', target)) await finish(world, 'revert');
  }),
  operation('revert -n', 1, (world) => {
    const target = world.isClean() ? someCommit(world) : undefined;
    if (target === undefined) return;
    if (!world.git('revert', '-n', target)) world.git('reset', '-q', '--hard');
    else commitAll(world);
  }),
  operation('reset and commit', 3, (world) => {
    if (depth(world) < 4) return;
    world.git('reset', '-q', world.random.pick(['--soft', '--mixed']) ?? '', `HEAD~${1 + world.random.below(2)}`);
    commitAll(world);
  }),
  operation('reset --hard', 2, (world) => {
    if (depth(world) > 4) world.git('reset', '-q', '--hard', `HEAD~${1 + world.random.below(2)}`);
  }),
  operation('reset --keep or --merge', 1, (world) => {
    if (depth(world) > 4) world.git('reset', '-q', world.random.pick(['--keep', '--merge']) ?? '', 'HEAD~1');
  }),
  operation('back to where it was', 1, (world) => {
    world.git('reset', '-q', '--hard', `HEAD@{${1 + world.random.below(4)}}`);
  }),
  operation('restore', 2, (world) => {
    const path = world.random.pick(world.tracked());
    if (path === undefined) return;
    const how =
      world.random.pick([[], ['--staged'], ['--source=HEAD~1'], ['--source=HEAD~2', '--staged', '--worktree']]) ?? [];
    world.git('restore', ...how, '--', path);
  }),
  operation('bring a file from another branch', 1, (world) => {
    const other = world.random.pick(otherBranches(world));
    if (other === undefined) return;
    const path = world.random.pick(world.ask('ls-tree', '-r', '--name-only', other).filter((name) => /f\d/.test(name)));
    if (path !== undefined) world.git('checkout', '-q', other, '--', path);
  }),
] as const;
