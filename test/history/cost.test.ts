import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { pastHooks } from '../support/pastHooks';
import { type ProvenanceRepo, provenanceRepo, repoAt } from '../support/provenanceRepo';
import { linesOf } from '../support/scenario';
import { startedGits } from '../support/startedGits';

/** Which process answers may depend on how much is asked; how many do must not. */
const spare = 4;

function commitsOf(repo: ProvenanceRepo, range: string): readonly string[] {
  return repo.git('rev-list', '--reverse', range).split('\n');
}

/** A branch of so many commits, each of one more line of an AI's and one that nobody saw, made without our hooks. */
function branchOf(repo: ProvenanceRepo, count: number): void {
  const files = Array.from({ length: 7 }, (_, index) => `f${index}.js`);
  for (const file of files) repo.write(file, linesOf(file.slice(0, 2), 3));
  repo.commit('Start');
  repo.git('checkout', '-q', '-b', 'topic');
  repo.edit('A', { 'a.js': linesOf('x', count) });
  repo.write('a.js', '');
  repo.git('add', '-N', 'a.js');
  for (let index = 1; index <= count; index++) {
    repo.write('a.js', linesOf('x', index));
    const file = files[index % 7] ?? '';
    repo.write(file, `${repo.read(file)}${linesOf('seen.by.nobody', 1, index)}`);
    repo.git(...pastHooks, 'commit', '-q', '-a', '-m', `Line ${index}`);
  }
  repo.git('checkout', '-q', 'main');
  repo.write('base.js', `${repo.read('base.js')}goes.on();\n`);
  repo.git(...pastHooks, 'commit', '-q', '-a', '-m', 'Main goes on');
  repo.git('checkout', '-q', 'topic');
}

/** What each command starts on such a branch. */
function startedOnBranch(count: number): Readonly<Record<string, number>> {
  const repo = provenanceRepo();
  try {
    branchOf(repo, count);
    const started: Record<string, number> = {};
    started['show'] = startedGits(repo, ['show', '--json', 'main..topic']);
    const olds = commitsOf(repo, 'main..topic');
    repo.git('branch', 'before');
    repo.git(...pastHooks, 'rebase', '-q', 'main');
    const news = commitsOf(repo, 'main..topic');
    const input = olds.map((old, index) => `${old} ${news[index]}\n`).join('');
    started['post-rewrite'] = startedGits(repo, ['hook', 'post-rewrite', 'rebase'], { input });
    assert.equal(repo.blame('a.js', 'HEAD'), 'A'.repeat(count));
    started['blame'] = startedGits(repo, ['blame', '--json', '--', 'a.js']);
    for (const format of ['jsonl', 'git-ai', 'agent-trace'])
      started[`export ${format}`] = startedGits(repo, ['export', '--format', format, 'main..topic']);
    const { stdout: traces } = repo.cli(['export', '--format', 'agent-trace', 'main..topic']);

    repo.git('checkout', '-q', 'main');
    repo.git(...pastHooks, 'merge', '-q', '--squash', 'topic');
    repo.git(...pastHooks, 'commit', '-q', '-m', 'Squashed');
    started['attach to a squash'] = startedGits(repo, ['attach', '--from', 'topic', 'HEAD']);
    assert.equal(repo.blame('a.js', 'HEAD'), 'A'.repeat(count));
    repo.git('checkout', '-q', '--detach', 'main~1');
    const forge = { GIT_COMMITTER_NAME: 'Forge', GIT_COMMITTER_DATE: '2030-01-01T00:00:00Z' };
    const picked = repo.tryGit([...pastHooks, 'cherry-pick', ...news], { env: forge });
    assert.equal(picked.status, 0, picked.stderr);
    started['attach to a rebase'] = startedGits(repo, ['attach', '--from', 'topic', 'HEAD']);

    const remote = join(repo.root, 'remote.git');
    repo.git('init', '-q', '--bare', remote);
    repo.git('remote', 'add', 'origin', remote);
    repo.git(...pastHooks, 'push', '-q', 'origin', 'topic', 'before');
    started['sync'] = startedGits(repo, ['sync', 'origin']);
    const work = join(repo.root, 'clone');
    repo.git('clone', '-q', '-b', 'topic', remote, work);
    const clone = repoAt(repo.root, work, repo.env);
    started['import'] = startedGits(clone, ['import', '-'], { input: traces });
    started['sync of a clone'] = startedGits(clone, ['sync', 'origin']);
    return started;
  } finally {
    repo.remove();
  }
}

/** What the hooks start at a commit of so many files, each with lines of an AI's that somebody changed. */
function startedOnCommit(count: number): Readonly<Record<string, number>> {
  const repo = provenanceRepo();
  try {
    const names = Array.from({ length: count }, (_, index) => `f${index}.js`);
    const files = (line: (name: string) => string): Record<string, string> =>
      Object.fromEntries(names.map((name) => [name, line(name.replace('.js', ''))]));
    repo.edit(
      'A',
      files((name) => `${linesOf(name, 3)}${linesOf(`${name}z`, 3)}`),
    );
    repo.commit('Files');
    // Known by the commit alone, and moved or changed unseen.
    rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true });
    for (const [name, text] of Object.entries(files((each) => `${linesOf(`${each}z`, 3)}${linesOf(each, 3)}`)))
      repo.write(name, text.replace('0"', '0", "more"'));
    repo.git('add', '-A');
    const message = join(repo.root, 'message');
    repo.write('../message', 'Moved\n');
    const started = { 'prepare-commit-msg': startedGits(repo, ['hook', 'prepare-commit-msg', message, 'message']) };
    repo.git(...pastHooks, 'commit', '-q', '-m', 'Moved');
    return { ...started, 'post-commit': startedGits(repo, ['hook', 'post-commit']) };
  } finally {
    repo.remove();
  }
}

/** What the hook starts before a commit of so many files that came: what stands elsewhere, stood elsewhere, or was made on a branch. */
function startedOnNewFiles(count: number): Readonly<Record<string, number>> {
  const repo = provenanceRepo();
  const message = join(repo.root, 'message');
  repo.write('../message', 'Files\n');
  const numbers = Array.from({ length: count }, (_, index) => index);
  const files = (folder: string, text: (number: number) => string): Record<string, string> =>
    Object.fromEntries(numbers.map((number) => [`${folder}/f${number}.js`, text(number)]));
  const put = (all: Record<string, string>): void => {
    for (const [name, text] of Object.entries(all)) repo.write(name, text);
  };
  const started: Record<string, number> = {};
  const measure = (what: string): void => {
    repo.git('add', '-A');
    started[what] = startedGits(repo, ['hook', 'prepare-commit-msg', message, 'message']);
    repo.git('commit', '-q', '-m', what);
  };
  try {
    const first = files('first', (number) => linesOf(`ai${number}`, 3));
    repo.edit('A', first);
    repo.commit('First');
    // As in another clone: known by the commit alone.
    rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true });
    put(files('copies', (number) => linesOf(`ai${number}`, 3)));
    measure('copies');
    const changed = files('first', (number) => `${linesOf(`ai${number}`, 3)}${linesOf(`unseen${number}`, 2)}`);
    put(changed);
    measure('changed unseen');
    repo.git('mv', 'first', 'second');
    put(files('second', (number) => linesOf(`other${number}`, 2)));
    measure('moved and written anew');
    put(files('third', (number) => `${linesOf(`ai${number}`, 3)}${linesOf(`unseen${number}`, 2)}`));
    measure('what stood under another name');
    put(
      files('fourth', (number) => `${linesOf(`ai${number}`, 3)}${linesOf(`unseen${number}`, 2)}${linesOf('more', 1)}`),
    );
    measure('what stood under another name, and more');
    repo.git('checkout', '-q', '-b', 'topic');
    for (const folder of ['a', 'b', 'c']) {
      put(files(folder, (number) => linesOf(`${folder}${number}`, 2)));
      repo.commit(folder);
    }
    repo.git('checkout', '-q', 'main');
    repo.git('merge', '-q', '--squash', 'topic');
    measure('a squash');
    return started;
  } finally {
    repo.remove();
  }
}

/** Each commit with text that nothing explains asks git once whether that text came back (`git/findBlob`). */
const searching: ReadonlySet<string> = new Set(['show', 'post-rewrite']);

function expectNoMore(
  few: Readonly<Record<string, number>>,
  many: Readonly<Record<string, number>>,
  moreCommits: number,
): void {
  const more = Object.entries(many).filter(
    ([what, started]) => started > (few[what] ?? 0) + spare + (searching.has(what) ? moreCommits : 0),
  );
  assert.deepEqual(
    more.map(([what, started]) => `${what}: ${few[what]}, then ${started}`),
    [],
  );
}

describe('how many programs are started', () => {
  it('does not grow with the commits', () => expectNoMore(startedOnBranch(10), startedOnBranch(60), 50)).timeout(
    180_000,
  );

  it('does not grow with the files of a commit', () =>
    expectNoMore(startedOnCommit(10), startedOnCommit(60), 0)).timeout(180_000);

  it('does not grow with the files that come', () =>
    expectNoMore(startedOnNewFiles(5), startedOnNewFiles(20), 0)).timeout(180_000);
});
