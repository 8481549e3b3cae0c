import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../world';
import { operation } from './operation';
import { finish } from './settle';

/** A clone of somebody else's, who has no Countersign: what they commit, nobody here saw. */
function elsewhere(world: World): { readonly path: string; git(...args: readonly string[]): boolean } {
  const hub = join(world.repo.root, 'hub.git');
  const path = join(world.repo.root, 'other');
  const run = (cwd: string, args: readonly string[]): boolean => world.repo.tryGit(args, { cwd }).status === 0;
  if (!existsSync(hub)) {
    run(world.repo.root, ['init', '-q', '--bare', hub]);
    world.git('remote', 'add', 'hub', hub);
  }
  world.git('push', '-q', '-f', '--no-verify', 'hub', 'HEAD:refs/heads/shared');
  if (!existsSync(path)) {
    run(world.repo.root, ['clone', '-q', '-b', 'shared', hub, path]);
    world.takeForm(path);
  }
  run(path, ['fetch', '-q']);
  run(path, ['reset', '-q', '--hard', 'origin/shared']);
  return { path, git: (...args) => run(path, args) };
}

/** Work with a remote. */
export const remotes = [
  operation('pull what somebody else pushed', 3, async (world) => {
    const { random } = world;
    const other = elsewhere(world);
    const path = random.pick(world.ask('ls-tree', '-r', '--name-only', 'HEAD').filter((name) => /f\d/.test(name)));
    if (path !== undefined) {
      const lines = [...world.linesAt(`HEAD:${path}`)];
      lines.splice(random.below(lines.length + 1), 0, ...world.block('U', 2));
      writeFileSync(join(other.path, path), world.form.encode(`${lines.join('\n')}\n`));
      other.git('commit', '-qam', `elsewhere ${world.serial()}`);
      other.git('push', '-q');
    }
    const how = random.pick([['--rebase', '--autostash'], ['--rebase'], ['--no-rebase', '--no-edit']]) ?? [];
    if (!world.git('pull', '-q', ...how, 'hub', 'shared'))
      await finish(world, how[0] === '--no-rebase' ? 'merge' : 'rebase');
    if (world.ask('ls-files', '--unmerged').length > 0) world.git('reset', '-q', '--hard');
  }),
  operation('go on in another clone', 2, async (world) => {
    if (!world.isClean() || world.ask('stash', 'list').length > 0) return;
    world.log.push('rm -r countersign/ledger');
    await world.forgetLedger();
  }),
] as const;
