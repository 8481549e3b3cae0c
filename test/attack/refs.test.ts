import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, describe, it } from 'mocha';
import { type Clone, policyText, type Server, server } from '../gate/server';
import { builtCli } from '../support/builtCli';
import { lines, outcome, place } from './support';

describe('refs that stand for others', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  const open = (changes: Readonly<Record<string, string>> = {}): void => {
    at = server({ threshold: '{ lines: 20, share: 0.2 }', ...changes });
    ana = at.clone('ana');
  };
  afterEach(() => at.remove());
  const write = (path: string, text: string): void => {
    ana.write(path, text);
    ana.commit();
  };

  it('a protected name that is symbolic is protected by whichever name it moves', () => {
    open({ protect: '[prod]' });
    at.git('symbolic-ref', 'refs/heads/prod', 'refs/heads/main');
    write('x.js', lines(40, 'x'));
    for (const name of ['prod', 'main']) assert.equal(outcome(ana.push(`HEAD:refs/heads/${name}`)), 'blocked', name);
    assert.equal(outcome(ana.push('HEAD:topic')), 'passed');
  });

  it('a branch with the full name of the default branch is not taken for it where that is gone', () => {
    open();
    ana.git('checkout', '-q', '-b', 'release');
    place(at, ana, 'HEAD:release/1');
    at.git('update-ref', '-d', 'refs/heads/main');
    write('.countersign.yml', policyText({ revision: '9', mode: 'observe' }));
    ana.push('HEAD:refs/heads/refs/heads/main');
    ana.git('reset', '-q', '--hard', 'HEAD^');
    write('x.js', lines(40, 'x'));
    assert.equal(outcome(ana.push('HEAD:release/1')), 'blocked');
  });

  it('notes whose folders list without an end do not get in', () => {
    open();
    const run = (input: string, ...args: readonly string[]): string =>
      spawnSync('git', args, { cwd: ana.path, input }).stdout.toString().trim();
    const blob = run('text\n', 'hash-object', '-w', '--stdin');
    let tree = run(`100644 blob ${blob}\t${'00'.repeat(14)}\n`, 'mktree');
    for (let depth = 0; depth < 6; depth++) {
      const names = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));
      tree = run(names.map((name) => `040000 tree ${tree}\t${name}\n`).join(''), 'mktree');
    }
    const notes = ana.git('commit-tree', '-m', 'Notes', tree);
    for (const ref of ['refs/notes/countersign', 'refs/notes/countersign-signoffs'])
      assert.equal(outcome(ana.push(`${notes}:${ref}`)), 'undecided', ref);
  });

  it('those of a namespace are not decided on', () => {
    open();
    const { status } = spawnSync(process.execPath, [builtCli(), 'pre-receive'], {
      cwd: at.bare,
      input: `${'0'.repeat(40)} ${at.ref('refs/heads/main')} refs/heads/main\n`,
      env: { PATH: process.env['PATH'], HOME: at.root, GIT_NAMESPACE: 'x' },
    });
    assert.equal(status, 3);
  });
});
