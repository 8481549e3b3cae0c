import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'mocha';
import { pastHooks } from '../support/pastHooks';
import { type ProvenanceRepo, repoAt } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';

const recordsRef = 'refs/notes/countersign';

/** Runs git and tells how often our program was started by it: each of its runs reads objects through one process. */
function starts(repo: ProvenanceRepo, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  const folder = join(repo.root, 'trace');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const { status, stderr } = repo.tryGit(args, { env: { ...env, GIT_TRACE2_EVENT: folder } });
  assert.equal(status, 0, stderr);
  const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
  return lines.filter((line) => line.includes('"event":"start"') && line.includes('"--buffer"')).length;
}

function stageAi(repo: ProvenanceRepo, file: string, count = 2): void {
  repo.edit('A', { [file]: linesOf(file.slice(0, 1), count) });
  repo.git('add', '-A');
}

/** The notes as the program attaches them to `HEAD`, in place of those that are there. */
function attachedByProgram(repo: ProvenanceRepo): void {
  repo.git('update-ref', '-d', recordsRef);
  repo.git('update-ref', '-d', 'refs/notes/ai');
  assert.equal(repo.cli(['hook', 'post-commit']).status, 0);
}

function notesOf(repo: ProvenanceRepo): readonly unknown[] {
  return [
    repo.note('countersign'),
    repo.note('ai'),
    ...[recordsRef, 'refs/notes/ai'].map((ref) => repo.git('log', '-1', '--format=%T %an %ae %ad %cn %ce %cd %B', ref)),
  ];
}

describe('attaching a record without the program', () => {
  for (const where of ['a repository', 'a linked worktree'] as const) {
    scenario(`leaves the notes that the program leaves, in ${where}`, (main) => {
      main.git('worktree', 'add', '-q', '-b', 'linked', '../linked');
      const repo = where === 'a repository' ? main : repoAt(main.root, join(main.root, 'linked'), main.env);
      stageAi(repo, 'a.js');
      assert.equal(starts(repo, ['commit', '-q', '-m', 'One', '--author=Zoë "Z" <z@example.com>']), 1);
      const fast = notesOf(repo);
      assert.notEqual(fast[0], undefined);
      assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
      attachedByProgram(repo);
      assert.deepEqual(notesOf(repo), fast);
    });
  }

  scenario('keeps the notes that are there', (repo) => {
    stageAi(repo, 'a.js');
    repo.commit('One');
    const first = repo.git('rev-parse', 'HEAD');
    const note = repo.note('countersign', first);
    stageAi(repo, 'b.js');
    assert.equal(starts(repo, ['commit', '-q', '-m', 'Two']), 1);
    assert.equal(repo.note('countersign', first), note);
    assert.equal(repo.git('rev-list', '--count', recordsRef), '2');
    // After an amend git calls `post-rewrite`, too.
    assert.equal(starts(repo, ['commit', '-q', '--amend', '-m', 'Two again']), 2);
    assert.equal(repo.blame('b.js', 'HEAD'), 'AA');
  });

  scenario('leaves a note that a commit has to the program', (repo) => {
    const dates = { GIT_AUTHOR_DATE: '1700000000 +0000', GIT_COMMITTER_DATE: '1700000000 +0000' };
    stageAi(repo, 'a.js');
    assert.equal(starts(repo, ['commit', '-q', '-m', 'One'], dates), 1);
    const made = repo.git('rev-parse', 'HEAD');
    repo.git('notes', '--ref=countersign', 'append', '-m', 'somebody said');
    repo.git('reset', '-q', '--soft', 'HEAD~1');
    assert.equal(starts(repo, ['commit', '-q', '-m', 'One'], dates), 2);
    assert.equal(repo.git('rev-parse', 'HEAD'), made);
    assert.match(repo.note('countersign') ?? '', /somebody said/);
    assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
  });

  scenario('believes nothing of a commit that came to nothing', (repo) => {
    stageAi(repo, 'a.js');
    assert.notEqual(repo.tryGit(['-c', 'core.editor=false', 'commit', '-q']).status, 0);
    assert.ok(existsSync(join(repo.work, '.git/countersign-attach')));
    repo.edit('H', { 'a.js': undefined, 'c.js': linesOf('h', 3) });
    repo.commit('By hand');
    assert.equal(repo.blame('c.js', 'HEAD'), 'HHH');
    assert.ok(!existsSync(join(repo.work, '.git/countersign-attach')));
  });

  scenario('goes by what it is told only where it fits', (repo) => {
    stageAi(repo, 'a.js');
    assert.notEqual(repo.tryGit(['-c', 'core.editor=false', 'commit', '-q']).status, 0);
    for (const text of [
      '',
      'nonsense\n',
      readFileSync(join(repo.work, '.git/countersign-attach'), 'utf8').slice(0, -20),
    ]) {
      writeFileSync(join(repo.work, '.git/countersign-attach'), text);
      repo.git(...pastHooks, 'commit', '-q', '--allow-empty', '-m', 'Another');
      assert.equal(repo.tryGit(['hook', 'run', 'post-commit']).status, 0);
      assert.deepEqual(Object.keys(repo.record().files ?? {}), text === '' ? ['a.js'] : []);
    }
  });

  scenario('can do without the mirror', (repo) => {
    repo.git('config', 'countersign.gitAi', 'false');
    stageAi(repo, 'a.js');
    assert.equal(starts(repo, ['commit', '-q', '-m', 'One']), 1);
    assert.equal(repo.note('ai'), undefined);
    assert.equal(repo.record().counts.ai, 2);
  });
});
