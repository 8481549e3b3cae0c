import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'mocha';
import { payload, startCli } from '../support/provenanceRepo';
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

  scenario("a note that is no record stands in nobody's way, and is kept", (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.commit();
    const odd = Buffer.from('rubbish \xff\xfe\n', 'latin1');
    repo.tryGit(['notes', '--ref=countersign', 'add', '-f', '-F', '-', 'HEAD'], { input: odd });
    repo.git('commit', '-q', '--amend', '--no-edit');
    assert.match(repo.message(), /^AI-Provenance: v1 ai=1 /m);
    assert.equal(repo.blame('a.js', 'HEAD'), 'A');
    const [line] = (repo.note('countersign', 'HEAD@{1}') ?? '').split('\n');
    assert.equal(line, 'rubbish \xff\xfe');
  });

  scenario('a record of a schema to come is neither made again nor overwritten', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.commit();
    const newer = '{"schema":99,"tool":"countersign","x":1}\n';
    repo.tryGit(['notes', '--ref=countersign', 'add', '-f', '-F', '-', 'HEAD'], { input: newer });
    const shown = repo.cli(['show', '--json', 'HEAD']);
    assert.equal((JSON.parse(shown.stdout) as readonly { record: unknown }[])[0]?.record, null);
    assert.match(shown.stderr, /schema 99/);
    assert.equal(repo.note('countersign'), newer);
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
    'a ledger that cannot be written lets agents and commits be',
    (repo) => {
      rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true, force: true });
      repo.write('.git/countersign/ledger', '');
      repo.edit('A', { 'a.js': linesOf('x', 1) });
      repo.commit('All the same');
      assert.match(repo.blame('a.js', 'HEAD'), /^[Uu]$/);
    },
    { faults: 'expected' },
  );

  scenario('eight hooks at once lose nothing', async (repo) => {
    const names = Array.from({ length: 8 }, (_, index) => `p${index}.js`);
    const all = (event: 'before-edit' | 'after-edit'): Promise<number[]> =>
      Promise.all(
        names.map((name) => startCli(repo, ['record', 'generic'], payload(event, 'A', [name], repo.work)).done),
      );
    await all('before-edit');
    for (const name of names) repo.write(name, linesOf(`${name.slice(0, 2)}x`, 2));
    assert.deepEqual(
      await all('after-edit'),
      names.map(() => 0),
    );
    repo.commit();
    assert.equal(repo.record().counts.ai, 16);
  });

  scenario(
    'payloads that are none change nothing and say nothing',
    (repo) => {
      for (const input of [
        '',
        '{',
        'null',
        '[]',
        '{"event":"before-edit"}',
        '{"event":"x","cwd":"/","files":[],"actor":{"kind":"ai"}}',
      ]) {
        const { status, stdout, stderr } = repo.cli(['record', 'generic'], { input });
        assert.deepEqual([status, stdout, stderr], [0, '', ''], input);
      }
      const { status, stdout } = repo.cli(['record', 'generic'], {
        input: payload('before-edit', 'A', ['../../outside', '.git/config', '/etc/passwd'], repo.work),
      });
      assert.deepEqual([status, stdout], [0, '']);
    },
    { faults: 'expected' },
  );
});
