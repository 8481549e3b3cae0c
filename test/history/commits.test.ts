import assert from 'node:assert/strict';
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'mocha';
import { sessionName } from '../../src/agents/generic';
import { encodeRecord } from '../../src/core/record/record';
import { oidOf } from '../../src/git/objects';
import { pastHooks } from '../support/pastHooks';
import { actors, baseText, type ProvenanceRepo, repoAt } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';

const sessionA = {
  evidence: 'measured',
  kind: 'agent',
  model: actors.A.model,
  session: sessionName('claude-code', 'one'),
  tool: 'claude-code',
};

describe('what a commit records', () => {
  scenario('is canonical JSON in the blob that the trailer names', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 4) });
    repo.edit('H', {
      'a.js': `${linesOf('x', 2)}person.wrote(this);\n${linesOf('x', 4).split('\n').slice(2).join('\n')}`,
    });
    const head = repo.commit('Add a');
    const blob = repo.git('rev-parse', 'HEAD:a.js');
    const expected =
      `{"claims":{"c1":{"as":"human","evidence":"declared","via":"generic"}},"counts":{"ai":4,"ai-edited":0,"deleted":0,"human":1,"pasted":0,"unknown":0},` +
      `"files":{"a.js":{"blob":"${blob}","lines":[["1-2,4-5","s1"],["3","c1"]]}},"schema":1,` +
      `"sessions":{"s1":${JSON.stringify(sessionA)}},"tool":"countersign"}\n`;
    assert.equal(repo.note('countersign'), expected);
    const id = oidOf('sha1', 'blob', Buffer.from(expected));
    assert.equal(repo.git('notes', '--ref=countersign', 'list', head), id);
    assert.deepEqual(encodeRecord(repo.record()), Buffer.from(expected));
    assert.equal(
      repo.message(),
      `Add a\n\nAssisted-by: Claude-Code:claude-opus-4-6\nAI-Provenance: v1 ai=4 ai-edited=0 human=1 pasted=0 unknown=0 record=${id}\n`,
    );
  });

  scenario('knows what a formatter made of what was staged, and of that alone', (repo) => {
    const biome = resolve(import.meta.dirname, '../../node_modules/@biomejs/biome/bin/biome');
    const hook = join(repo.work, '.git/hooks/pre-commit');
    writeFileSync(
      hook,
      `#!/bin/sh\nformatted=$(git show :a.js | '${process.execPath}' '${biome}' format --stdin-file-path=a.js | git hash-object -w --stdin)\n` +
        'git update-index --cacheinfo 100644,"$formatted",a.js\n',
    );
    chmodSync(hook, 0o755);
    const mine = linesOf('m', 3);
    repo.edit('H', { 'a.js': mine });
    repo.edit('A', {
      'a.js': `${mine}function made( one,two ){ const both=[ one,two ]; return both.filter(x=>x).map( function(y){ return {'key':y} } ) }\n`,
    });
    repo.git('add', 'a.js');
    repo.edit('U', {
      'a.js': readFileSync(join(repo.work, 'a.js'), 'utf8').replace(mine, 'unseen( and, unstaged )\n'),
    });
    repo.git('commit', '-qm', 'Formatted');
    const lines = repo.git('show', 'HEAD:a.js').split('\n').length;
    assert.ok(lines > 8, 'the formatter has run');
    const { counts, files } = repo.record();
    assert.deepEqual(counts, { ai: lines - 3, 'ai-edited': 0, deleted: 0, human: 3, pasted: 0, unknown: 0 });
    assert.deepEqual(files?.['a.js']?.deleted, undefined);
  });

  scenario('is mirrored in the format of git-ai', (repo) => {
    repo.edit('B', { 'z.js': linesOf('z', 1) });
    repo.edit('A', { 'a b.js': linesOf('x', 3) });
    repo.edit('U', { 'z.js': `${linesOf('z', 1)}unseen.write(9);\n` });
    const head = repo.commit();
    const note = repo.note('ai') ?? '';
    const [text = '', json = ''] = note.split('---\n');
    const sessionB = sessionName('codex', 'two');
    assert.match(
      text,
      new RegExp(
        `^"a b\\.js"\\n {2}s_${sessionA.session}::t_[0-9a-f]{14} 1-3\\nz\\.js\\n {2}s_${sessionB}::t_[0-9a-f]{14} 1\\n$`,
      ),
    );
    assert.deepEqual(JSON.parse(json), {
      schema_version: 'authorship/3.0.0',
      git_ai_version: 'countersign/1',
      base_commit_sha: head,
      prompts: {},
      sessions: {
        [`s_${sessionA.session}`]: {
          agent_id: { tool: 'claude-code', id: sessionA.session, model: actors.A.model },
          human_author: 'Ana <ana@example.com>',
        },
        [`s_${sessionB}`]: {
          agent_id: { tool: 'codex', id: sessionB, model: actors.B.model },
          human_author: 'Ana <ana@example.com>',
        },
      },
    });
    assert.ok(!note.endsWith('\n'));
  });

  scenario('numbers sessions by first appearance, files in key order', (repo) => {
    repo.edit('B', { 'b.js': linesOf('b', 1) });
    repo.edit('A', { 'a.js': linesOf('a', 1) });
    repo.edit('B', { 'a.js': `${linesOf('a', 1)}${linesOf('c', 1)}` });
    repo.commit();
    const { sessions, files } = repo.record();
    assert.deepEqual(
      Object.entries(sessions ?? {}).map(([key, { tool }]) => [key, tool]),
      [
        ['s1', 'claude-code'],
        ['s2', 'codex'],
      ],
    );
    assert.deepEqual(files?.['a.js']?.lines, [
      ['1', 's1'],
      ['2', 's2'],
    ]);
    assert.deepEqual(files?.['b.js']?.lines, [['1', 's2']]);
  });

  scenario('is nothing but counts, without trailers, for typed lines of a person', (repo) => {
    repo.edit('H', { 'a.js': linesOf('x', 2) });
    repo.commit('Typed');
    assert.equal(repo.message(), 'Typed\n');
    repo.cli(['show', 'HEAD', '--json']);
    assert.equal(repo.record().counts.human, 2);
    assert.equal(repo.blame('a.js'), 'HH');
  });

  scenario('covers commit -a', (repo) => {
    repo.edit('A', { 'base.js': `${baseText}${linesOf('x', 2)}` });
    repo.git('commit', '-qam', 'All');
    assert.equal(repo.blame('base.js', 'HEAD'), '000AA');
    assert.equal(repo.record().counts.ai, 2);
  });

  scenario('covers commit <path>, and leaves the rest for later', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 2), 'b.js': linesOf('y', 3) });
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'One', 'a.js');
    assert.deepEqual(Object.keys(repo.record().files ?? {}), ['a.js']);
    repo.git('commit', '-qm', 'Two');
    assert.deepEqual(Object.keys(repo.record().files ?? {}), ['b.js']);
    assert.equal(repo.blame('a.js', 'HEAD') + repo.blame('b.js', 'HEAD'), 'AAAAA');
  });

  scenario('covers add -p: hunks apart, and the rest later', (repo) => {
    repo.edit('H', { 'a.js': linesOf('h', 12) });
    repo.commit();
    const old = linesOf('h', 12).split('\n');
    repo.edit('A', {
      'a.js': [...old.slice(0, 2), 'first.ai(1);', ...old.slice(2, 10), 'second.ai(2);', ...old.slice(10)].join('\n'),
    });
    repo.tryGit(['add', '-p'], { input: 'y\nn\n' });
    repo.git('commit', '-qm', 'First hunk');
    assert.deepEqual(repo.record().files?.['a.js']?.lines, [['3', 's1']]);
    assert.equal(repo.blame('a.js', 'HEAD'), 'HHAHHHHHHHHHH');
    repo.git('commit', '-qam', 'Second hunk');
    assert.deepEqual(repo.record().files?.['a.js']?.lines, [['12', 's1']]);
    assert.equal(repo.blame('a.js', 'HEAD'), 'HHAHHHHHHHHAHH');
  });

  scenario('covers a block of an AI that is staged in parts', (repo) => {
    repo.edit('A', { 'base.js': `${baseText}${linesOf('x', 4)}` });
    const patch = (from: number, to: number): string => {
      const all = linesOf('x', 4).split('\n').slice(from, to);
      return `--- a/base.js\n+++ b/base.js\n@@ -${3 + from},0 +${4 + from},${to - from} @@\n${all.map((line) => `+${line}\n`).join('')}`;
    };
    const staged = repo.tryGit(['apply', '--cached', '--unidiff-zero'], { input: patch(0, 2) });
    assert.equal(staged.status, 0, staged.stderr);
    repo.git('commit', '-qm', 'Half');
    assert.deepEqual(repo.record().counts, { ai: 2, 'ai-edited': 0, deleted: 0, human: 0, pasted: 0, unknown: 0 });
    assert.equal(repo.blame('base.js'), '000AAAA');
    repo.git('commit', '-qam', 'Rest');
    assert.deepEqual(repo.record().counts, { ai: 2, 'ai-edited': 0, deleted: 0, human: 0, pasted: 0, unknown: 0 });
    assert.equal(repo.blame('base.js', 'HEAD'), '000AAAA');
  });

  scenario('covers several commits in a row', (repo) => {
    let text = baseText;
    for (const [actor, name] of [
      ['A', 'a'],
      ['H', 'h'],
      ['B', 'b'],
      ['U', 'u'],
      ['A', 'c'],
    ] as const) {
      text += linesOf(name, 2);
      repo.edit(actor, { 'base.js': text });
      repo.commit();
    }
    assert.equal(repo.blame('base.js', 'HEAD'), '000AAHHBBUUAA');
  });

  scenario(
    'covers a first commit',
    (repo) => {
      repo.edit('A', { 'a.js': linesOf('x', 2) });
      repo.edit('H', { 'b.js': linesOf('y', 1) });
      repo.commit();
      assert.deepEqual(repo.record().counts, { ai: 2, 'ai-edited': 0, deleted: 0, human: 1, pasted: 0, unknown: 0 });
      assert.equal(repo.blame('a.js', 'HEAD') + repo.blame('b.js', 'HEAD'), 'AAH');
    },
    { kind: 'empty' },
  );

  scenario(
    'covers an amended first commit',
    (repo) => {
      repo.edit('A', { 'a.js': linesOf('x', 2) });
      repo.commit();
      repo.edit('H', { 'a.js': `${linesOf('x', 2)}${linesOf('y', 1)}` });
      repo.git('commit', '-qa', '--amend', '--no-edit');
      assert.deepEqual(repo.record().counts, { ai: 2, 'ai-edited': 0, deleted: 0, human: 1, pasted: 0, unknown: 0 });
      assert.equal(repo.blame('a.js', 'HEAD'), 'AAH');
    },
    { kind: 'empty' },
  );

  scenario('covers a detached HEAD', (repo) => {
    repo.git('checkout', '-q', '--detach');
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'A');
  });

  scenario('covers a commit with --no-verify', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.commit('Quick', '--no-verify');
    assert.equal(repo.record().counts.ai, 1);
    assert.match(repo.message(), /^Quick\n\nAssisted-by: Claude-Code:claude-opus-4-6\nAI-Provenance: v1 ai=1 /);
  });

  scenario('covers a commit that no hook saw', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.git('add', '-A');
    repo.git(...pastHooks, 'commit', '-qm', 'Unseen');
    assert.equal(repo.note('countersign'), undefined);
    assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
    assert.equal(repo.record().counts.ai, 2);
  });

  scenario('covers hooks and agents that start in a folder below', (repo) => {
    repo.write('src/deep/x.txt', '');
    const cwd = `${repo.work}/src/deep`;
    repo.hook('before-edit', 'A', ['n.js'], cwd);
    repo.write('src/deep/n.js', linesOf('x', 2));
    repo.hook('after-edit', 'A', ['n.js'], cwd);
    repo.tryGit(['add', '-A'], { cwd: repo.work });
    assert.equal(repo.tryGit(['commit', '-qm', 'Deep'], { cwd }).status, 0);
    assert.equal(repo.record().counts.ai, 2);
    const { stdout } = repo.cli(['blame', '--json', 'n.js'], { cwd });
    assert.equal(JSON.parse(stdout).path, 'src/deep/n.js');
  });
});

describe('amending', () => {
  scenario('with more lines counts against the first parent', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit();
    const [old] = [repo.git('notes', '--ref=countersign', 'list', 'HEAD')];
    repo.edit('B', { 'a.js': `${linesOf('x', 2)}${linesOf('y', 1)}` });
    repo.git('commit', '-qa', '--amend', '--no-edit');
    assert.deepEqual(repo.record().counts, { ai: 3, 'ai-edited': 0, deleted: 0, human: 0, pasted: 0, unknown: 0 });
    assert.deepEqual(repo.record().derivedFrom, [old]);
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAB');
    assert.equal(repo.message().match(/AI-Provenance/g)?.length, 1);
    assert.match(
      repo.message(),
      /\n\nAssisted-by: Claude-Code:claude-opus-4-6\nAssisted-by: Codex:gpt-5.2-codex\nAI-Provenance: v1 ai=3 /,
    );
  });

  scenario('the message alone keeps the classes', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit('Old words');
    repo.git('commit', '-q', '--amend', '-m', 'Other words');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
    assert.match(repo.message(), /^Other words\n\nAssisted-by: .*\nAI-Provenance: v1 ai=2 /);
    repo.git('commit', '-q', '--amend', '--no-edit');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
    assert.equal(repo.record().derivedFrom?.length, 2);
  });

  scenario('with lines dropped leaves them out', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.commit();
    repo.edit('H', { 'a.js': linesOf('x', 2) });
    repo.git('commit', '-qa', '--amend', '--no-edit');
    assert.deepEqual(repo.record().counts, { ai: 2, 'ai-edited': 0, deleted: 0, human: 0, pasted: 0, unknown: 0 });
  });

  scenario('back to a commit without AI drops the trailers', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.edit('H', { 'b.js': linesOf('y', 1) });
    repo.commit('Both');
    repo.git('rm', '-q', '--cached', 'a.js');
    repo.git('commit', '-q', '--amend', '--no-edit');
    assert.equal(repo.message(), 'Both\n');
    assert.equal(repo.record().counts.ai, 0);
  });
});

describe('lines that change hands', () => {
  const aiLine = 'const total = sum(prices) + shipping(order, country);\n';

  scenario('an AI line in which a person changes a word is ai-edited', (repo) => {
    repo.edit('A', { 'a.js': aiLine });
    repo.commit();
    repo.edit('H', { 'a.js': aiLine.replace('country', 'region') });
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'a');
    assert.deepEqual(repo.record().files?.['a.js']?.lines, [['1', 's1', 'edited']]);
  });

  scenario('an AI line that changes unseen is ai-edited, not unknown and not human', (repo) => {
    repo.edit('A', { 'a.js': aiLine });
    repo.commit();
    repo.edit('U', { 'a.js': aiLine.replace('country', 'region') });
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'a');
  });

  scenario("an AI that changes a word of a person's line makes it ai-edited", (repo) => {
    repo.edit('H', { 'a.js': aiLine });
    repo.commit();
    repo.edit('A', { 'a.js': aiLine.replace('country', 'region') });
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'a');
  });

  scenario(
    'a line that an AI took a word out of stays ai-edited when it is moved in, once that is committed',
    (repo) => {
      const [words, rest] = ['one two three four five six', linesOf('x', 2)];
      repo.edit('H', { 'a.js': `${words}\n` });
      repo.write('b.js', `${words}\n`);
      repo.commit();
      const fewer = 'one two three five six';
      repo.edit('A', { 'a.js': `${fewer}\n`, 'b.js': `${fewer}\n` });
      repo.commit();
      repo.edit('B', { 'a.js': `\t${fewer}\n${rest}`, 'b.js': `\t${fewer}\n${rest}` });
      repo.commit();
      assert.equal(repo.blame('a.js') + repo.blame('b.js'), 'aBBaBB');
    },
  );

  scenario('an AI line in which another AI changes a word, committed by another client and edited on', (repo) => {
    const words = 'one two three four five six';
    repo.edit('A', { 'a.js': `${words}\n` });
    repo.commit();
    const other = 'one two three 4444 five six';
    repo.edit('B', { 'a.js': `${other}\n` });
    repo.git('add', '-A');
    repo.git(...pastHooks, 'commit', '-qm', 'Another client');
    repo.edit('B', { 'a.js': `${other}\n${linesOf('y', 1)}` });
    repo.commit();
    assert.equal(repo.blame('a.js'), 'AB');
  });

  scenario('a line that is written anew is of whoever wrote it', (repo) => {
    repo.edit('A', { 'a.js': aiLine });
    repo.commit();
    repo.edit('H', { 'a.js': 'while (waiting) poll(server, every, second, again, until);\n' });
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'H');
  });

  scenario('a write that nobody saw is unknown, where the file was watched and where not', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.edit('U', { 'a.js': `${linesOf('x', 1)}${linesOf('y', 1)}`, 'b.js': linesOf('z', 1) });
    assert.equal(repo.blame('a.js') + repo.blame('b.js'), 'AUu');
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD') + repo.blame('b.js', 'HEAD'), 'AUu');
  });

  scenario("what changed unseen before an edit is not the actor's", (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.edit('U', { 'a.js': `${linesOf('y', 1)}${linesOf('x', 1)}` });
    repo.edit('H', { 'a.js': `${linesOf('y', 1)}${linesOf('x', 1)}${linesOf('z', 1)}` });
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'UAH');
  });

  scenario('lines that an AI deletes are counted, those that a person deletes are not', (repo) => {
    repo.edit('H', { 'a.js': linesOf('x', 6) });
    repo.commit();
    repo.edit('A', { 'a.js': linesOf('x', 4) });
    repo.edit('H', { 'a.js': linesOf('x', 3) });
    repo.commit('Shorter');
    assert.deepEqual(repo.record().files?.['a.js'], { blob: repo.git('rev-parse', 'HEAD:a.js'), deleted: { s1: 2 } });
    assert.match(repo.message(), /AI-Provenance: v1 ai=0 ai-edited=0 human=0 pasted=0 unknown=0 deleted=2 record=/);
    assert.match(repo.message(), /Assisted-by: Claude-Code:claude-opus-4-6\n/);
  });

  scenario('a whole file that an AI deletes', (repo) => {
    repo.edit('H', { 'a.js': linesOf('x', 3) });
    repo.commit();
    repo.edit('A', { 'a.js': undefined });
    repo.commit('Gone');
    assert.deepEqual(repo.record().files, { 'a.js': { deleted: { s1: 3 } } });
    assert.match(repo.message(), / deleted=3 record=/);
  });

  scenario('a whole file that goes unseen', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.commit();
    repo.edit('U', { 'a.js': undefined });
    repo.commit('Gone');
    assert.deepEqual(repo.record().files, { 'a.js': { deleted: { unknown: 3 } } });
    assert.equal(repo.message(), 'Gone\n');
  });

  scenario('a rename keeps everything, with and without an edit', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 6) });
    repo.commit();
    repo.git('mv', 'a.js', 'b.js');
    repo.commit('Moved');
    assert.equal(repo.blame('b.js', 'HEAD'), 'AAAAAA');
    repo.git('mv', 'b.js', 'c.js');
    repo.edit('H', { 'c.js': `${linesOf('x', 6)}${linesOf('y', 1)}` });
    repo.commit('Moved and edited');
    assert.equal(repo.blame('c.js', 'HEAD'), 'AAAAAAH');
    assert.deepEqual(repo.record().files?.['c.js']?.lines, [['7', 'c1']]);
  });

  scenario('a stash that comes back after its file was renamed', (repo) => {
    repo.edit('H', { 'a.js': linesOf('h', 8) });
    repo.commit();
    repo.edit('A', { 'a.js': `${linesOf('x', 2)}${linesOf('h', 8)}` });
    repo.git('stash', '-q');
    repo.git('mv', 'a.js', 'b.js');
    repo.commit();
    repo.edit('B', { 'b.js': `${linesOf('h', 8)}${linesOf('y', 1)}` });
    repo.commit();
    repo.git('stash', 'pop', '-q');
    assert.equal(repo.blame('b.js'), 'AAHHHHHHHHB');
    repo.commit();
    assert.equal(repo.blame('b.js', 'HEAD'), 'AAHHHHHHHHB');
  });

  scenario('a stashed rename that meets another file of that name', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.commit();
    repo.git('mv', 'a.js', 'b.js');
    repo.git('stash', '-q');
    repo.edit('B', { 'b.js': linesOf('y', 3) });
    repo.commit();
    repo.tryGit(['stash', 'pop', '-q']);
    repo.edit('B', { 'b.js': `${linesOf('y', 3)}${linesOf('x', 3)}` });
    assert.equal(repo.blame('b.js'), 'BBBAAA');
  });

  scenario('a rename before the first commit of the file', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 6) });
    repo.git('add', '-A');
    repo.git('mv', 'a.js', 'b.js');
    repo.git('commit', '-qm', 'Other name');
    assert.equal(repo.blame('b.js', 'HEAD'), 'AAAAAA');
  });

  scenario('a rename before the first commit, then an edit', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 6) });
    repo.git('add', '-A');
    repo.git('mv', 'a.js', 'b.js');
    repo.edit('H', { 'b.js': `${linesOf('x', 6)}${linesOf('y', 1)}` });
    repo.commit();
    assert.equal(repo.blame('b.js', 'HEAD'), 'AAAAAAH');
  });

  scenario('a rename of a file that was rewritten, and of which a part is committed', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 6) });
    repo.commit();
    const people = linesOf('y', 9);
    repo.edit('H', { 'a.js': '' });
    repo.edit('H', { 'a.js': people });
    repo.git('mv', 'a.js', 'b.js');
    repo.edit('H', { 'b.js': `${people}${linesOf('z', 1)}` });
    stage(repo, 'b.js', `${people}${linesOf('x', 1)}`);
    repo.git('commit', '-qm', 'What still stands of an AI');
    assert.equal(repo.blame('b.js', 'HEAD'), 'HHHHHHHHHA');
  });
});

describe('a commit of another work tree that no hook saw', () => {
  scenario('is known by what was written there, also once that is gone', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit();
    const work = join(repo.root, 'other');
    repo.git('worktree', 'add', '-q', '-b', 'other', work);
    const other = repoAt(repo.root, work, repo.env);
    other.edit('B', { 'a.js': linesOf('x', 2) + linesOf('y', 3) });
    other.edit('U', { 'a.js': linesOf('x', 2) + linesOf('y', 3) + linesOf('u', 1) });
    other.git(...pastHooks, 'commit', '-qam', 'Unseen');
    repo.git('worktree', 'remove', '--force', work);
    repo.git('switch', '-q', 'other');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AABBBU');
  });
});

describe('a line that changes unseen', () => {
  scenario('is made of what stood there last, not new in what stood there before', (repo) => {
    repo.edit('H', { 'a.js': linesOf('h', 4) });
    repo.edit('A', { 'a.js': `${linesOf('h', 2)}alpha(one, two, three);\n${linesOf('h', 2, 2)}` });
    repo.commit();
    repo.edit('U', { 'a.js': `${linesOf('h', 2)}alpha(one, two, four);\n${linesOf('h', 2, 2)}` });
    assert.equal(repo.blame('a.js'), 'HHaHH');
  });
});

describe('a block that goes to another file', () => {
  for (const target of ['is there', 'is made for it'] as const) {
    for (const before of ['was committed', 'was not']) {
      scenario(
        `unseen, and committed in one step with what it left, which ${before}; the other file ${target}`,
        (repo) => {
          repo.edit('A', { 'a.js': linesOf('x', 6) });
          if (target === 'is there') repo.edit('H', { 'b.js': linesOf('h', 2) });
          if (before === 'was committed') repo.commit();
          const there = target === 'is there' ? linesOf('h', 2) : '';
          repo.edit('U', { 'a.js': linesOf('x', 2), 'b.js': `${there}${linesOf('x', 4, 2)}${linesOf('u', 1)}` });
          const expected = target === 'is there' ? 'AAAAU' : 'AAAAu';
          assert.equal(repo.blame('b.js').slice(-5), expected);
          repo.commit();
          assert.equal(repo.blame('b.js', 'HEAD').slice(-5), expected);
        },
      );
    }
  }
});

describe('a copy of a file that is no UTF-8', () => {
  scenario('is known by the one that it was made from, in another clone too', (repo) => {
    const text = Buffer.from(linesOf('x\u00e9', 3), 'latin1');
    repo.edit('A', { 'a.js': text });
    repo.commit();
    rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true });
    repo.write('b.js', text);
    repo.commit();
    assert.equal(repo.blame('b.js', 'HEAD'), 'AAA');
  });
});

describe('a line that nobody saw written', () => {
  scenario('is asked about without a fault where it is blank', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 2), 'b.js': linesOf('y', 2) });
    repo.commit();
    repo.write('a.js', `${linesOf('x', 2)}\n`);
    repo.write('b.js', `${linesOf('y', 1)}\n`);
    for (const args of [['status'], ['blame', 'a.js'], ['blame', 'b.js']]) {
      const { status, stderr } = repo.cli(args);
      assert.equal(status, 0, stderr);
    }
    repo.edit('B', { 'a.js': `${linesOf('x', 2)}\n${linesOf('z', 1)}` });
    assert.equal(repo.blame('a.js'), 'AAUB');
  });

  scenario('is compared with what stood there last, and not with what was taken out before', (repo) => {
    repo.edit('A', { 'a.js': 'set x one\nset x two\nlast.line(of, it);\n' });
    repo.commit();
    repo.edit('H', { 'a.js': 'set x one\n' });
    repo.edit('U', { 'a.js': 'set x one\nset x three\n}\n' });
    assert.equal(repo.blame('a.js'), 'AUU');
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'AUU');
  });
});

describe('a word that nobody saw changed', () => {
  scenario('is in a line of what stood there last, though an older text has as many lines', (repo) => {
    repo.edit('A', { 'a.js': 'first a b c\nx = 1\nlast j k l\n' });
    repo.edit('A', { 'a.js': 'first a b c\nsecond d e f\nthird g h i\nx = 1\nlast j k l\n' });
    repo.edit('U', { 'a.js': 'first a b c\nsecond d e f\nother g h i\n' });
    assert.equal(repo.blame('a.js'), 'AAa');
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAa');
  });
});

describe('a file that a filter changes on its way into git', () => {
  scenario('is known also where a part of it is committed', (repo) => {
    repo.git('config', 'filter.bar.clean', "sed 's/^/|/'");
    repo.git('config', 'filter.bar.smudge', "sed 's/^|//'");
    repo.write('.git/info/attributes', 'a.js filter=bar\n');
    repo.edit('H', { 'a.js': linesOf('h', 2) });
    repo.commit();
    repo.edit('A', { 'a.js': linesOf('h', 2) + linesOf('x', 3) });
    const part = `|${(linesOf('h', 2) + linesOf('x', 2, 1)).trimEnd().replace(/\n/g, '\n|')}\n`;
    stage(repo, 'a.js', part);
    repo.git('commit', '-qm', 'A part');
    assert.equal(repo.blame('a.js', 'HEAD'), 'HHAA');
    repo.git('commit', '-qam', 'The rest');
    assert.equal(repo.blame('a.js', 'HEAD'), 'HHAAA');
    // Under another name too, before git is told of it and without what the ledger knows.
    repo.write('.git/info/attributes', '*.js filter=bar\n');
    rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true });
    renameSync(join(repo.work, 'a.js'), join(repo.work, 'b.js'));
    assert.equal(repo.blame('b.js'), 'HHAAA');
    // And when somebody goes on there.
    repo.edit('H', { 'b.js': linesOf('y', 1) + linesOf('h', 2) + linesOf('x', 3) });
    assert.equal(repo.blame('b.js'), 'HHHAAA');
  });
});

describe('a file that is copied into the commit that changes the first one, without hooks', () => {
  for (const filter of ['with a filter', 'without one'])
    scenario(filter, (repo) => {
      if (filter === 'with a filter') {
        repo.git('config', 'filter.bar.clean', "sed 's/^/|/'");
        repo.git('config', 'filter.bar.smudge', "sed 's/^|//'");
        repo.write('.git/info/attributes', '*.js filter=bar\n');
      }
      repo.edit('A', { 'a.js': linesOf('x', 2) });
      repo.commit();
      repo.edit('B', { 'a.js': linesOf('x', 2) + linesOf('y', 2) });
      repo.write('b.js', linesOf('x', 2) + linesOf('y', 2));
      repo.git('add', '-A');
      repo.git(...pastHooks, 'commit', '-qm', 'Copied');
      assert.equal(repo.blame('b.js', 'HEAD'), 'AABB');
      assert.equal(repo.blame('a.js', 'HEAD'), 'AABB');
    });
});

/** Puts a text into the index that is not what lies on disk. */
function stage(repo: ProvenanceRepo, path: string, text: string): void {
  const blob = repo.tryGit(['hash-object', '-w', '--stdin'], { input: text }).stdout.trim();
  repo.git('update-index', '--cacheinfo', `100644,${blob},${path}`);
}

describe('a claim', () => {
  scenario("makes unknown lines human, by a person's word", (repo) => {
    repo.edit('U', { 'a.js': linesOf('x', 4) });
    assert.equal(repo.cli(['claim', 'a.js:2-3', '--as', 'human']).status, 0);
    assert.equal(repo.blame('a.js'), 'uHHu');
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'uHHu');
    assert.deepEqual(repo.record().claims, { c1: { as: 'human', evidence: 'declared', via: 'claim' } });
  });

  scenario("never makes an AI's lines human", (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.edit('U', { 'a.js': `${linesOf('x', 2)}${linesOf('y', 1)}` });
    repo.cli(['claim', 'a.js', '--as', 'human']);
    assert.equal(repo.blame('a.js'), 'AAH');
    repo.commit();
    repo.cli(['claim', 'a.js', '--as', 'human']);
    assert.equal(repo.blame('a.js'), 'AAH');
  });

  scenario('can say that an AI wrote it', (repo) => {
    repo.edit('U', { 'a.js': linesOf('x', 2) });
    repo.cli(['claim', 'a.js:1', '--as', 'ai', '--tool', 'codex']);
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'Bu');
    const [line] = repo.blameJson('a.js', 'HEAD');
    assert.equal(line?.evidence, 'declared');
  });

  scenario('of lines that are not there is refused', (repo) => {
    repo.edit('U', { 'a.js': linesOf('x', 2) });
    assert.equal(repo.cli(['claim', 'a.js:2-9', '--as', 'human']).status, 2);
    assert.equal(repo.cli(['claim', 'none.js', '--as', 'human']).status, 2);
    assert.equal(repo.cli(['claim', 'a.js', '--as', 'dog']).status, 2);
  });
});

describe('text that went a long way before its commit', () => {
  scenario('moved and changed unseen', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 4) });
    repo.edit('U', { 'a.js': `${linesOf('u', 1)}${linesOf('x', 4)}` });
    repo.git('add', '-A');
    repo.git('mv', 'a.js', 'b.js');
    repo.commit();
    assert.match(repo.blame('b.js', 'HEAD'), /^[Uu]AAAA$/);
  });

  scenario('picked without a commit, onto a file that has another name meanwhile', (repo) => {
    repo.edit('H', { 'a.js': linesOf('h', 6) });
    repo.commit();
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('A', { 'a.js': linesOf('h', 6) + linesOf('x', 3) });
    repo.commit();
    repo.git('checkout', '-q', 'main');
    repo.git('mv', 'a.js', 'b.js');
    repo.edit('B', { 'b.js': linesOf('y', 1) + linesOf('h', 6) });
    repo.commit();
    rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true });
    repo.git('cherry-pick', '-n', 'topic');
    repo.commit();
    assert.equal(repo.blame('b.js', 'HEAD'), 'BHHHHHHAAA');
  });

  for (const ledger of ['with', 'without']) {
    scenario(`put onto a branch without parents, ${ledger} the ledger`, (repo) => {
      repo.edit('A', { 'a.js': linesOf('x', 3), 'b.js': linesOf('y', 3) });
      repo.commit();
      repo.edit('H', { 'b.js': `${linesOf('y', 3)}${linesOf('h', 1)}` });
      repo.commit();
      if (ledger === 'without') rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true });
      repo.git('checkout', '-q', '--orphan', 'fresh');
      repo.commit();
      assert.equal(repo.blame('a.js', 'HEAD'), 'AAA');
      assert.equal(repo.blame('b.js', 'HEAD'), 'AAAH');
    });
  }

  scenario('changed on top of a commit that history then left', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.commit();
    repo.edit('H', { 'a.js': `${linesOf('h', 1)}${linesOf('x', 3)}` });
    repo.git('reset', '-q', '--soft', 'HEAD^');
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'HAAA');
  });

  scenario('changed, committed, changed again and moved', (repo) => {
    const ai = 'const total = sum(prices) + shipping(order, country);\n';
    repo.edit('A', { 'a.js': ai });
    repo.commit();
    repo.edit('H', { 'a.js': ai.replace('country', 'region') });
    repo.edit('B', { 'a.js': `${ai.replace('country', 'region')}${linesOf('y', 3)}` });
    repo.git('commit', '-qm', 'Nothing yet', '--allow-empty');
    repo.git('add', '-A');
    repo.git('mv', 'a.js', 'b.js');
    repo.commit();
    assert.equal(repo.blame('b.js', 'HEAD'), 'aBBB');
  });

  scenario('copied after it changed unseen, in the commit of that change', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.commit();
    const text = `${linesOf('x', 3)}${linesOf('u', 1)}`;
    repo.edit('U', { 'a.js': text, 'b.js': text });
    repo.commit();
    assert.match(repo.blame('a.js', 'HEAD'), /^AAA[Uur]$/);
    assert.equal(repo.blame('b.js', 'HEAD'), repo.blame('a.js', 'HEAD'));
  });

  scenario('staged from one of many states', (repo) => {
    repo.edit('H', { 'a.js': linesOf('h', 20) });
    repo.commit();
    const old = linesOf('h', 20);
    for (let round = 0; round < 8; round++) repo.edit('B', { 'a.js': `${old}${linesOf('y', 1 + round)}` });
    repo.edit('A', { 'a.js': `${linesOf('x', 2)}${old}${linesOf('y', 8)}` });
    repo.tryGit(['add', '-p'], { input: 'y\nn\n' });
    repo.git('commit', '-qm', 'The first');
    assert.equal(repo.blame('a.js', 'HEAD'), `AA${'H'.repeat(20)}`);
  });

  scenario('a commit from before adoption, amended, is still from before', (repo) => {
    repo.git('commit', '-q', '--amend', '-m', 'Other words');
    assert.equal(repo.blame('base.js', 'HEAD'), '000');
  });
});
