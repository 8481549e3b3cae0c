import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'mocha';
import { payload } from '../support/provenanceRepo';
import { startCli } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';

describe('damage', () => {
  scenario('a torn ledger costs its tail alone', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.edit('B', { 'b.js': linesOf('y', 1) });
    const folder = join(repo.work, '.git/countersign/ledger');
    const names = readdirSync(folder).sort();
    const last = join(folder, names.at(-1) ?? '');
    writeFileSync(last, readFileSync(last).subarray(0, -7));
    appendFileSync(join(folder, names[0] ?? ''), 'garbage that is no entry');
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'A');
    assert.match(repo.blame('b.js', 'HEAD'), /^[Uu]$/);
  });

  scenario('lines of a note that are no records are passed over and kept', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.commit();
    const record = repo.note('countersign') ?? '';
    const odd = 'not json\n{"schema":99,"tool":"countersign","x":1}\n\n';
    repo.tryGit(['notes', '--ref=countersign', 'add', '-f', '-F', '-', 'HEAD'], { input: `${odd}${record}` });
    assert.equal(repo.blame('a.js', 'HEAD'), 'A');
    repo.git('commit', '-q', '--amend', '--no-edit');
    assert.equal(repo.blame('a.js', 'HEAD'), 'A');
  });

  scenario('a note that speaks of other blobs is none', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    const first = repo.commit();
    repo.edit('H', { 'b.js': linesOf('h', 1) });
    repo.commit();
    repo.git('notes', '--ref=countersign', 'copy', '-f', first, 'HEAD');
    assert.notEqual(repo.blame('b.js', 'HEAD'), 'A');
    assert.equal(repo.cli(['show', 'HEAD']).status, 0);
  });

  scenario(
    'a git directory that cannot be written lets the agent and the commit be',
    (repo) => {
      repo.edit('A', { 'a.js': linesOf('x', 1) });
      writeFileSync(join(repo.root, 'blocked'), '');
      repo.git('config', 'core.logAllRefUpdates', 'true');
      const ledger = join(repo.work, '.git/countersign/ledger');
      const lock = join(repo.work, '.git/refs/notes/countersign.lock');
      repo.git('add', '-A');
      writeFileSync(join(repo.work, '.git/refs/notes.keep'), '');
      repo.write('.git/refs/notes/countersign.lock', '');
      chmodSync(ledger, 0o500);
      assert.equal(repo.tryGit(['commit', '-qm', 'All the same']).status, 0);
      chmodSync(ledger, 0o700);
      repo.tryGit(['rev-parse', lock]);
      repo.write('.git/refs/notes/countersign.lock', '');
      assert.equal(repo.git('log', '-1', '--format=%s'), 'All the same');
      const { status } = repo.cli(['blame', '--json', 'a.js', '--rev', 'HEAD']);
      assert.equal(status, 0);
    },
    { faults: 'expected' },
  );

  scenario('eight hooks at once lose nothing', async (repo) => {
    const names = Array.from({ length: 8 }, (_, index) => `p${index}.js`);
    const all = (event: 'before-edit' | 'after-edit'): Promise<number[]> =>
      Promise.all(names.map((name) => startCli(repo, ['record', 'generic'], payload(event, 'A', [name], repo.work)).done));
    await all('before-edit');
    names.forEach((name, index) => repo.write(name, linesOf(`p${index}x`, 2)));
    assert.deepEqual(await all('after-edit'), names.map(() => 0));
    repo.commit();
    assert.equal(repo.record().counts.ai, 16);
  });

  scenario('payloads that are none change nothing and say nothing', (repo) => {
    for (const input of ['', '{', 'null', '[]', '{"event":"before-edit"}', '{"event":"x","cwd":"/","files":[],"actor":{"kind":"ai"}}']) {
      const { status, stdout, stderr } = repo.cli(['record', 'generic'], { input });
      assert.deepEqual([status, stdout, stderr], [0, '', ''], input);
    }
    const { status, stdout } = repo.cli(['record', 'generic'], { input: payload('before-edit', 'A', ['../../outside', '.git/config', '/etc/passwd'], repo.work) });
    assert.deepEqual([status, stdout], [0, '']);
  }, { faults: 'expected' });
});
