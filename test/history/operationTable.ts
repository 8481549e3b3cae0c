import { chmodSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Letter } from '../fuzz/people';
import type { World } from '../fuzz/world';
import { pastHooks } from '../support/pastHooks';

/** One operation of git on work of an AI, a person and somebody unseen; what it has to keep is told by the lines themselves. */
export interface Row {
  readonly name: string;
  run(world: World): Promise<void> | void;
}

/** So many lines of a writer. */
function by(world: World, who: Letter, count: number): string {
  return Array.from({ length: count }, () => `${world.style.line(who, world.serial(), world.random)}\n`).join('');
}

function must(world: World, ...args: readonly string[]): void {
  if (!world.git(...args)) throw new Error(world.log.at(-1));
}

function text(world: World, path: string): string {
  return world
    .lines(path)
    .map((line) => `${line}\n`)
    .join('');
}

/** Writes more lines at the start or the end of a file. */
async function add(
  world: World,
  who: Letter,
  path: string,
  count: number,
  where: 'start' | 'end' = 'end',
): Promise<void> {
  const old = world.tracked().includes(path) || world.files().includes(path) ? text(world, path) : '';
  const own = by(world, who, count);
  await world.write(who, { [path]: where === 'end' ? old + own : own + old });
}

async function commitOf(
  world: World,
  who: Letter,
  path: string,
  count: number,
  where: 'start' | 'end' = 'end',
): Promise<void> {
  await add(world, who, path, count, where);
  must(world, 'add', '-A');
  must(world, 'commit', '-qm', `${who} in ${path}`);
}

/** `main` and `topic` have lines of their own in f0, at different ends; `topic` has f1 too, and is checked out. */
async function twoBranches(world: World): Promise<void> {
  await commitOf(world, 'H', 'f0', 6);
  must(world, 'checkout', '-q', '-b', 'topic');
  await commitOf(world, 'A', 'f0', 3);
  await commitOf(world, 'B', 'f1', 3);
  await add(world, 'U', 'f0', 1);
  await commitOf(world, 'H', 'f0', 2);
  must(world, 'checkout', '-q', 'main');
  await commitOf(world, 'C', 'f0', 2, 'start');
  must(world, 'checkout', '-q', 'topic');
}

/** `main` and `topic` both have lines of their own at the end of f0. */
async function conflict(world: World): Promise<void> {
  await commitOf(world, 'H', 'f0', 3);
  must(world, 'checkout', '-q', '-b', 'topic');
  await commitOf(world, 'A', 'f0', 3);
  must(world, 'checkout', '-q', 'main');
  await commitOf(world, 'B', 'f0', 2);
  must(world, 'checkout', '-q', 'topic');
}

function withoutMarks(world: World, path: string, side: 'ours' | 'theirs' | 'both'): string {
  const kept: string[] = [];
  let at = '';
  for (const line of world.lines(path)) {
    const [mark] = /^(?:<{7}|\|{7}|={7}|>{7})/.exec(line) ?? [];
    if (mark !== undefined) at = mark[0] ?? '';
    else if (at === '' || at === '>' || (side !== 'theirs' && at === '<') || (side !== 'ours' && at === '='))
      kept.push(line);
  }
  return kept.map((line) => `${line}\n`).join('');
}

async function settle(world: World, who: Letter, side: 'ours' | 'theirs' | 'both', more: 0 | 1 = 0): Promise<void> {
  await world.write(who, { f0: withoutMarks(world, 'f0', side) + by(world, who, more) });
  must(world, 'add', 'f0');
}

/** `rebase -i` of the last commits with these verbs, the oldest first. */
function interactive(world: World, verbs: readonly string[], ...options: readonly string[]): boolean {
  const commits = world.ask('rev-list', '--reverse', `HEAD~${verbs.length}..HEAD`);
  const file = join(world.repo.root, 'todo');
  writeFileSync(file, verbs.map((verb, index) => `${verb} ${commits[index]}\n`).join(''));
  const env = { GIT_SEQUENCE_EDITOR: `cp '${file}'` };
  return world.tryGit(['rebase', '-q', '-i', ...options, `HEAD~${verbs.length}`], { env }).status === 0;
}

async function threeCommits(world: World): Promise<void> {
  await commitOf(world, 'H', 'f0', 3);
  await commitOf(world, 'A', 'f1', 2);
  await commitOf(world, 'B', 'f1', 2);
  await commitOf(world, 'C', 'f2', 2);
}

function row(name: string, run: Row['run']): Row {
  return { name, run };
}

/** Into the commit. */
const intoTheCommit: readonly Row[] = [
  row('commit -a', async (world) => {
    await commitOf(world, 'H', 'f0', 2);
    await add(world, 'A', 'f0', 2);
    must(world, 'commit', '-qam', 'all');
  }),
  row('commit <path>', async (world) => {
    await commitOf(world, 'H', 'f0', 2);
    await commitOf(world, 'B', 'f1', 2);
    await add(world, 'A', 'f0', 2);
    await add(world, 'U', 'f1', 1);
    must(world, 'commit', '-qm', 'one', '--', 'f0');
  }),
  row('add -p, split inside one region, and the rest later', async (world) => {
    await commitOf(world, 'H', 'f0', 6);
    const lines = world.lines('f0');
    const [one, two] = [by(world, 'A', 2), by(world, 'A', 2)];
    await world.write('A', { f0: `${lines.slice(0, 2).join('\n')}\n${one}${lines.slice(2).join('\n')}\n${two}` });
    world.tryGit(['add', '-p'], { input: 's\ny\nn\n' });
    must(world, 'commit', '-qm', 'part');
    must(world, 'commit', '-qam', 'rest');
  }),
  row('add -N', async (world) => {
    await add(world, 'A', 'f0', 2);
    must(world, 'add', '-N', 'f0');
    must(world, 'commit', '-qam', 'intended');
  }),
  row('commit --fixup and --autosquash', async (world) => {
    await threeCommits(world);
    await add(world, 'U', 'f1', 1, 'start');
    must(world, 'commit', '-qa', '--fixup=HEAD~2');
    world.tryGit(['rebase', '-q', '-i', '--autosquash', 'HEAD~4'], { env: { GIT_SEQUENCE_EDITOR: 'true' } });
  }),
  row('commit --amend, with changes and without', async (world) => {
    await commitOf(world, 'A', 'f0', 2);
    await add(world, 'H', 'f0', 1);
    must(world, 'commit', '-qa', '--amend', '--no-edit');
    must(world, 'commit', '-q', '--amend', '-m', 'other words');
    must(world, 'commit', '-q', '--amend', '--no-edit', '--reset-author');
  }),
  row('a pre-commit hook that formats', async (world) => {
    const hook = join(world.work, '.git/hooks/pre-commit');
    writeFileSync(hook, "#!/bin/sh\nsed -i 's/^/  /' f0 && git add f0\n");
    chmodSync(hook, 0o755);
    await commitOf(world, 'A', 'f0', 2);
    unlinkSync(hook);
  }),
  row('an empty commit, and one of a mode', async (world) => {
    await commitOf(world, 'A', 'f0', 2);
    must(world, 'commit', '-q', '--allow-empty', '-m', 'empty');
    chmodSync(join(world.work, 'f0'), 0o755);
    must(world, 'commit', '-qam', 'mode');
  }),
  row('a file that becomes a symbolic link', async (world) => {
    await commitOf(world, 'A', 'f0', 2);
    await commitOf(world, 'A', 'f1', 2);
    unlinkSync(join(world.work, 'f1'));
    symlinkSync('f0', join(world.work, 'f1'));
    must(world, 'commit', '-qam', 'link');
  }),
  row('no newline at the end', async (world) => {
    await world.write('A', { f0: by(world, 'A', 2).trimEnd() });
    must(world, 'add', '-A');
    must(world, 'commit', '-qm', 'without');
    await world.write('H', { f0: `${text(world, 'f0')}${by(world, 'H', 1)}` });
    must(world, 'commit', '-qam', 'with');
  }),
  row('hooks off, then hooks on', async (world) => {
    await add(world, 'A', 'f0', 2);
    must(world, 'add', '-A');
    must(world, ...pastHooks, 'commit', '-qm', 'unseen');
    await commitOf(world, 'B', 'f0', 2);
  }),
];

/** Through history. */
const throughHistory: readonly Row[] = [
  row('rebase', async (world) => {
    await twoBranches(world);
    must(world, 'rebase', '-q', 'main');
  }),
  row('rebase --apply', async (world) => {
    await twoBranches(world);
    must(world, 'rebase', '-q', '--apply', 'main');
  }),
  row('rebase without hooks', async (world) => {
    await twoBranches(world);
    must(world, ...pastHooks, 'rebase', '-q', 'main');
  }),
  row('rebase --onto', async (world) => {
    await twoBranches(world);
    must(world, 'rebase', '-q', '--onto', 'main', 'topic~2', 'topic~1');
    must(world, 'checkout', '-q', '-b', 'moved');
  }),
  row('rebase --root', async (world) => {
    await threeCommits(world);
    must(world, 'rebase', '-q', '--root', '--force-rebase');
  }),
  row('rebase --update-refs', async (world) => {
    await twoBranches(world);
    must(world, 'branch', 'lower', 'HEAD~1');
    must(world, 'rebase', '-q', '--update-refs', 'main');
    must(world, 'checkout', '-q', 'lower');
  }),
  row('rebase -i: squash and fixup', async (world) => {
    await threeCommits(world);
    interactive(world, ['pick', 'squash', 'fixup']);
  }),
  row('rebase -i: reorder, drop, reword, exec', async (world) => {
    await threeCommits(world);
    const [one, two, three] = world.ask('rev-list', '--reverse', 'HEAD~3..HEAD');
    const file = join(world.repo.root, 'todo');
    writeFileSync(file, `pick ${three}\nreword ${one}\nexec true\ndrop ${two}\n`);
    world.tryGit(['rebase', '-q', '-i', 'HEAD~3'], { env: { GIT_SEQUENCE_EDITOR: `cp '${file}'` } });
  }),
  row('rebase -i: edit', async (world) => {
    await threeCommits(world);
    interactive(world, ['edit', 'pick', 'pick']);
    await add(world, 'C', 'f3', 2);
    must(world, 'add', '-A');
    must(world, 'commit', '-q', '--amend', '--no-edit');
    must(world, 'rebase', '--continue');
  }),
  row('rebase -i: split', async (world) => {
    await commitOf(world, 'H', 'f0', 2);
    await add(world, 'A', 'f1', 2);
    await commitOf(world, 'B', 'f2', 2);
    interactive(world, ['edit']);
    must(world, 'reset', '-q', 'HEAD~1');
    must(world, 'add', 'f1');
    must(world, 'commit', '-qm', 'first');
    must(world, 'add', 'f2');
    must(world, 'commit', '-qm', 'second');
    must(world, 'rebase', '--continue');
  }),
  ...(['ours', 'theirs', 'both'] as const).flatMap((side) =>
    (['U', 'H', 'A'] as const).map((who) =>
      row(`a rebase with a conflict that ${who} settles by ${side}`, async (world) => {
        await conflict(world);
        world.git('rebase', '-q', 'main');
        await settle(world, who, side, who === 'U' ? 0 : 1);
        world.git('rebase', '--continue');
      }),
    ),
  ),
  row('rebase --abort', async (world) => {
    await conflict(world);
    world.git('rebase', '-q', 'main');
    must(world, 'rebase', '--abort');
  }),
  row('cherry-pick, a range, -x and -n', async (world) => {
    await twoBranches(world);
    must(world, 'checkout', '-q', 'main');
    must(world, 'cherry-pick', '-x', 'topic~2');
    must(world, 'cherry-pick', 'topic~2..topic~1');
    must(world, 'cherry-pick', '-n', 'topic');
    must(world, 'commit', '-qm', 'by hand');
  }),
  row('cherry-pick with a conflict', async (world) => {
    await conflict(world);
    world.git('cherry-pick', 'main');
    await settle(world, 'H', 'both', 1);
    must(world, 'cherry-pick', '--continue');
  }),
  row('revert, and the revert of the revert', async (world) => {
    await threeCommits(world);
    must(world, 'revert', '--no-edit', 'HEAD~1');
    must(world, 'revert', '--no-edit', 'HEAD');
  }),
  row('merge', async (world) => {
    await twoBranches(world);
    must(world, 'merge', '-q', '--no-edit', 'main');
  }),
  row('merge with a conflict', async (world) => {
    await conflict(world);
    world.git('merge', '-q', 'main');
    await settle(world, 'A', 'both', 1);
    must(world, 'commit', '-q', '--no-edit');
  }),
  row('an octopus', async (world) => {
    await twoBranches(world);
    must(world, 'checkout', '-q', '-b', 'third', 'main');
    await commitOf(world, 'C', 'f3', 2);
    must(world, 'checkout', '-q', 'main');
    must(world, 'merge', '-q', '--no-edit', 'topic', 'third');
  }),
  row('merge --squash', async (world) => {
    await twoBranches(world);
    must(world, 'checkout', '-q', 'main');
    must(world, 'merge', '-q', '--squash', 'topic');
    must(world, 'commit', '-qm', 'squashed');
  }),
  ...['--soft', '--mixed', '--hard'].map((mode) =>
    row(`reset ${mode}`, async (world) => {
      await threeCommits(world);
      await add(world, 'U', 'f0', 1);
      must(world, 'reset', '-q', mode, 'HEAD~2');
      if (mode !== '--hard') {
        must(world, 'add', '-A');
        must(world, 'commit', '-qm', 'again');
      } else must(world, 'reset', '-q', '--hard', 'HEAD@{1}');
    }),
  ),
  row('stash push -u, pop onto a moved head', async (world) => {
    await commitOf(world, 'H', 'f0', 4);
    await add(world, 'A', 'f0', 2);
    await add(world, 'B', 'f1', 2);
    must(world, 'stash', 'push', '-q', '-u');
    await commitOf(world, 'C', 'f0', 1, 'start');
    must(world, 'stash', 'pop', '-q');
    must(world, 'add', '-A');
    must(world, 'commit', '-qm', 'after');
  }),
  row('stash with a pathspec, and apply', async (world) => {
    await threeCommits(world);
    await add(world, 'A', 'f0', 2);
    await add(world, 'B', 'f1', 2);
    must(world, 'stash', 'push', '-q', '--', 'f0');
    must(world, 'commit', '-qam', 'the other');
    must(world, 'stash', 'apply', '-q');
    must(world, 'commit', '-qam', 'the one');
  }),
  row('stash branch', async (world) => {
    await commitOf(world, 'H', 'f0', 2);
    await add(world, 'A', 'f0', 2);
    must(world, 'stash', 'push', '-q');
    await commitOf(world, 'C', 'f0', 2);
    must(world, 'stash', 'branch', 'stashed');
    must(world, 'commit', '-qam', 'there');
  }),
  row('a stash with a conflict', async (world) => {
    await commitOf(world, 'H', 'f0', 2);
    await add(world, 'A', 'f0', 2);
    must(world, 'stash', 'push', '-q');
    await commitOf(world, 'C', 'f0', 2);
    world.git('stash', 'pop', '-q');
    await settle(world, 'U', 'both');
    must(world, 'commit', '-qm', 'settled');
  }),
  row('checkout -m, restore, switch with work', async (world) => {
    await twoBranches(world);
    await add(world, 'A', 'f0', 1);
    must(world, 'checkout', '-q', '-m', 'main');
    must(world, 'add', '-A');
    must(world, 'restore', '--staged', 'f0');
    await add(world, 'B', 'f5', 1);
    must(world, 'switch', '-q', '-c', 'more');
    must(world, 'add', '-A');
    must(world, 'commit', '-qm', 'carried');
  }),
  row('pull --rebase --autostash', async (world) => {
    const hub = join(world.repo.root, 'hub.git');
    await twoBranches(world);
    must(world, 'init', '-q', '--bare', hub);
    must(world, 'push', '-q', hub, 'main');
    await add(world, 'A', 'f1', 1);
    must(world, 'pull', '-q', '--rebase', '--autostash', hub, 'main');
    must(world, 'commit', '-qam', 'after');
  }),
  row('renames: of a file, a folder, a letter, and before the first commit', async (world) => {
    await add(world, 'A', 'f0', 3);
    renameSync(join(world.work, 'f0'), join(world.work, 'f1'));
    await add(world, 'B', 'f1', 1);
    must(world, 'add', '-A');
    must(world, 'commit', '-qm', 'first');
    mkdirSync(join(world.work, 'd'));
    must(world, 'mv', 'f1', 'd/f1');
    must(world, 'commit', '-qm', 'file');
    must(world, 'mv', 'd', 'e');
    await add(world, 'H', 'e/f1', 1);
    must(world, 'commit', '-qam', 'folder');
    must(world, 'mv', 'e/f1', 'e/F1');
    must(world, 'mv', 'e/F1', 'f1');
    must(world, 'commit', '-qm', 'letter');
  }),
  row('a copy', async (world) => {
    await commitOf(world, 'A', 'f0', 3);
    must(world, 'rebase', '-q', '--root', '--force-rebase');
    world.repo.write('f1', text(world, 'f0'));
    must(world, 'add', '-A');
    must(world, 'commit', '-qm', 'copied');
  }),
  row('filter-branch', async (world) => {
    await threeCommits(world);
    world.tryGit(['filter-branch', '-f', '--tree-filter', 'true', '--msg-filter', 'sed s/in/at/', 'HEAD~2..HEAD'], {
      env: { FILTER_BRANCH_SQUELCH_WARNING: '1' },
    });
  }),
  row('a replaced commit', async (world) => {
    await threeCommits(world);
    must(world, 'replace', 'HEAD~1', 'HEAD~2');
    await commitOf(world, 'A', 'f1', 1);
    must(world, 'replace', '-d', world.ask('rev-parse', 'HEAD~2')[0] ?? '');
  }),
];

/** Undo by people. */
const undo: readonly Row[] = [
  row('text that was deleted and comes back', async (world) => {
    await commitOf(world, 'A', 'f0', 4);
    const before = text(world, 'f0');
    await world.write('H', { f0: before.split('\n').slice(0, 1).join('\n') });
    must(world, 'commit', '-qam', 'deleted');
    await world.write('U', { f0: before });
    must(world, 'commit', '-qam', 'restored');
  }),
  row('a file that was deleted, from an older commit', async (world) => {
    await threeCommits(world);
    must(world, 'rm', '-q', 'f1');
    must(world, 'commit', '-qm', 'deleted');
    must(world, 'checkout', '-q', 'HEAD~1', '--', 'f1');
    must(world, 'commit', '-qm', 'restored');
  }),
];

/** Every operation. */
export const rows: readonly Row[] = [...intoTheCommit, ...throughHistory, ...undo];
