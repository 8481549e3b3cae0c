import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../world';
import { otherBranch, otherBranches } from './branches';
import { commitAll, depth } from './commits';
import { edit } from './edits';
import { operation } from './operation';
import { finish } from './settle';

async function rebase(world: World, ...args: readonly string[]): Promise<void> {
  if (!world.git('rebase', '-q', ...args)) await finish(world, 'rebase');
}

/** At a stop: change the commit, add one, split it, or nothing. */
async function atStop(world: World): Promise<void> {
  switch (world.random.below(5)) {
    case 0:
      await edit(world);
      world.git('commit', '-qa', '--amend', '--no-edit');
      break;
    case 1:
      await edit(world);
      commitAll(world);
      break;
    case 2:
      world.git('reset', '-q', 'HEAD~1');
      for (const path of world.files().slice(0, 2)) {
        world.git('add', '-A', '--', path);
        world.git('commit', '-qm', `piece ${world.serial()}`);
      }
      commitAll(world);
      break;
    default:
  }
}

/** A script that puts an unseen line into a file and commits that. */
function appending(world: World): string {
  const name = `exec${world.serial()}`;
  const [script, text] = [join(world.repo.root, `${name}.sh`), join(world.repo.root, `${name}.txt`)];
  const path = world.random.pick(world.tracked()) ?? 'f0';
  writeFileSync(text, world.form.encode(`${world.style.line('U', world.serial(), world.random)}\n`));
  writeFileSync(script, `test ! -f '${path}' || { cat '${text}' >> '${path}' && git commit -qam ${name}; }\n`);
  return script;
}

/** A list of what to do, as somebody leaves it who rearranges history. */
function todo(world: World, commits: readonly string[]): string {
  const { random } = world;
  const order = [...commits];
  if (random.once(3) && order.length > 1) {
    const at = random.below(order.length - 1);
    order.splice(at, 2, order[at + 1] ?? '', order[at] ?? '');
  }
  const lines: string[] = [];
  order.forEach((commit, index) => {
    const verbs = [
      'pick',
      'pick',
      'pick',
      'reword',
      'edit',
      'drop',
      ...(index > 0 && lines.length > 0 ? ['squash', 'fixup', 'fixup -C'] : []),
    ];
    const verb = random.pick(verbs) ?? 'pick';
    if (verb !== 'drop' || random.once(3)) lines.push(`${verb} ${commit}`);
    else lines.push(`pick ${commit}`);
    if (random.once(8)) lines.push('exec true');
    if (random.once(12)) lines.push(`exec sh '${appending(world)}'`);
    if (random.once(10)) lines.push('break');
  });
  if (/^(?:squash|fixup)/.test(lines.find((line) => !line.startsWith('drop')) ?? ''))
    return commits.map((commit) => `pick ${commit}\n`).join('');
  return `${lines.join('\n')}\n`;
}

async function interactive(world: World, ...options: readonly string[]): Promise<void> {
  const count = Math.min(depth(world) - 2, 2 + world.random.below(4));
  if (count < 2 || !world.isClean()) return;
  const commits = world.ask('rev-list', '--reverse', '--no-merges', `HEAD~${count}..HEAD`);
  if (commits.length === 0) return;
  const file = join(world.repo.root, 'todo');
  const text = todo(world, commits);
  writeFileSync(file, text);
  world.log.push(
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  );
  const { status } = world.tryGit(['rebase', '-q', '-i', ...options, `HEAD~${count}`], {
    env: { GIT_SEQUENCE_EDITOR: `cp '${file}'` },
  });
  await finish(world, 'rebase', status === 0 ? undefined : atStop);
}

/** History made anew. */
export const rebases = [
  operation('rebase', 4, async (world) => {
    const other = otherBranch(world);
    if (other !== undefined) await rebase(world, ...(world.random.once(4) ? ['--apply'] : []), other);
  }),
  operation('rebase --onto', 2, async (world) => {
    const other = otherBranch(world);
    if (other !== undefined && depth(world) > 3) await rebase(world, '--onto', other, 'HEAD~2');
  }),
  operation('rebase --root', 1, async (world) => {
    if (world.isClean() && depth(world) < 12) await rebase(world, '--root', '--force-rebase');
  }),
  operation('rebase --force', 1, async (world) => {
    if (world.isClean() && depth(world) > 4) await rebase(world, '--force-rebase', '--update-refs', 'HEAD~3');
  }),
  operation('rebase -i', 6, (world) => interactive(world)),
  operation('rebase -i --update-refs', 1, (world) => interactive(world, '--update-refs')),
  operation('rebase --autosquash', 3, async (world) => {
    if (!world.isClean() || depth(world) < 5) return;
    const { status } = world.tryGit(['rebase', '-q', '-i', '--autosquash', 'HEAD~4'], {
      env: { GIT_SEQUENCE_EDITOR: 'true' },
    });
    if (status !== 0) await finish(world, 'rebase');
  }),
  operation('rebase --autostash', 2, async (world) => {
    const other = world.random.pick(otherBranches(world));
    if (other === undefined) return;
    await rebase(world, '--autostash', other);
    if (world.ask('ls-files', '--unmerged').length > 0) world.git('reset', '-q', '--hard');
  }),
  operation('filter-branch', 1, (world) => {
    if (!world.isClean() || depth(world) < 5) return;
    const how = world.random.pick([
      ['--msg-filter', 'sed s/all/every/'],
      ['--tree-filter', 'rm -f f4'],
      ['--index-filter', 'git rm -q --cached --ignore-unmatch f3', '--prune-empty'],
      ['--env-filter', 'GIT_COMMITTER_NAME=Filter'],
    ]);
    world.tryGit(['filter-branch', '-f', ...(how ?? []), '--', 'HEAD~3..HEAD'], {
      env: { FILTER_BRANCH_SQUELCH_WARNING: '1' },
    });
  }),
  operation('rebase --rebase-merges', 1, async (world) => {
    const other = world.random.once(2) ? otherBranch(world) : undefined;
    if (world.isClean() && depth(world) > 4)
      await rebase(world, '--rebase-merges', ...(other === undefined ? ['--force-rebase', 'HEAD~3'] : [other]));
  }),
] as const;
