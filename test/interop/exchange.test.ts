import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { decodeAgentTrace } from '../../src/core/agentTrace/decodeAgentTrace';
import { JsonDocuments } from '../../src/core/agentTrace/jsonDocuments';
import { builtCli } from '../support/builtCli';
import type { ProvenanceRepo, RunOptions } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';
import { blameOf, cloneOf, gitAiNote, unseen } from './foreign';

function lines(repo: ProvenanceRepo, ...args: readonly string[]): readonly string[] {
  const ran = repo.cli(['export', ...args]);
  assert.equal(ran.status, 0, ran.stderr);
  const text = Buffer.from(ran.stdout, 'latin1').toString('utf8');
  return text.split('\n').filter((line) => line !== '');
}

interface Imported {
  readonly status: number;
  readonly imported: readonly string[];
  readonly kept: readonly string[];
  readonly problems: readonly string[];
}

function imported(repo: ProvenanceRepo, args: readonly string[], options: RunOptions = {}): Imported {
  const ran = repo.cli(['import', '--json', ...args], options);
  assert.ok(ran.status === 0 || ran.status === 1, ran.stderr);
  return { status: ran.status, ...JSON.parse(Buffer.from(ran.stdout, 'latin1').toString('utf8')) };
}

/** A repository with one commit of every class, `mixed.js` among them. */
function allClasses(repo: ProvenanceRepo): string {
  repo.edit('A', { 'a.js': linesOf('a', 3) });
  repo.edit('H', { 'a.js': `${linesOf('a', 2)}a2.ago2("changed");\n`, 'ü b.js': linesOf('h', 1) });
  repo.edit('U', { 'u.js': linesOf('u', 1) });
  repo.edit('B', { 'b.js': linesOf('b', 2) });
  return repo.commit();
}

function trace(revision: string, files: unknown, more: object = {}): string {
  return JSON.stringify({
    version: '0.1.0',
    id: '550e8400-e29b-41d4-a716-446655440000',
    timestamp: '2026-01-23T14:30:00Z',
    vcs: { type: 'git', revision },
    tool: { name: 'Cursor', version: '2.4.0' },
    files,
    ...more,
  });
}

const ai = (...ranges: readonly (readonly [number, number])[]): unknown => ({
  url: 'https://api.example.com/conversations/1',
  contributor: { type: 'ai', model_id: 'anthropic/claude-opus-4-5' },
  ranges: ranges.map(([start_line, end_line]) => ({ start_line, end_line })),
});

describe('export', () => {
  scenario('as Agent Trace follows its schema and tells the same each time', (repo) => {
    const commit = allClasses(repo);
    const [line, ...others] = lines(repo, '--format', 'agent-trace', 'HEAD');
    assert.equal(others.length, 0);
    assert.deepEqual(lines(repo, '--format', 'agent-trace', 'HEAD'), [line]);
    const value = JSON.parse(line ?? '');
    assert.equal(decodeAgentTrace(value).kind, 'trace');
    assert.match(value.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual([value.version, value.vcs], ['0.1.0', { type: 'git', revision: commit }]);
    assert.equal(new Date(value.timestamp).getTime() / 1000, Number(repo.git('log', '-1', '--format=%ct')));
    const byPath = new Map<string, readonly { readonly contributor: object; readonly ranges: object }[]>(
      value.files.map(({ path, conversations }: { readonly path: string; readonly conversations: [] }) => [
        path,
        conversations,
      ]),
    );
    assert.deepEqual([...byPath.keys()], ['a.js', 'b.js', 'u.js', 'ü b.js']);
    const model_id = 'anthropic/claude-opus-4-6';
    assert.deepEqual(
      byPath.get('a.js')?.map(({ contributor, ranges }) => [contributor, ranges]),
      [
        [{ type: 'ai', model_id }, [{ start_line: 1, end_line: 2 }]],
        [{ type: 'mixed', model_id }, [{ start_line: 3, end_line: 3 }]],
      ],
    );
    assert.deepEqual(byPath.get('ü b.js')?.[0]?.contributor, { type: 'human' });
    assert.deepEqual(byPath.get('u.js')?.[0]?.contributor, { type: 'unknown' });
  });

  scenario("in git-ai's format is the note, byte for byte", (repo) => {
    const commit = allClasses(repo);
    const ran = repo.cli(['export', '--format', 'git-ai', commit]);
    assert.equal(ran.stdout, `${repo.note('ai', commit)}\n`);
  });

  scenario('as jsonl is what show says, of all that is known or of a range', (repo) => {
    allClasses(repo);
    repo.edit('A', { 'c.js': linesOf('c', 1) });
    repo.commit();
    const all = lines(repo, '--format', 'jsonl').map((line) => JSON.parse(line));
    assert.deepEqual(
      all.map(({ commit }) => commit),
      repo.git('rev-list', '--reverse', 'HEAD', '-2').split('\n'),
    );
    const shown = repo.cli(['show', '--json', 'HEAD~2..HEAD']).stdout;
    assert.deepEqual(all, JSON.parse(Buffer.from(shown, 'latin1').toString('utf8')).reverse());
    assert.equal(lines(repo, '--format', 'jsonl', 'HEAD^..HEAD').length, 1);
    assert.equal(lines(repo, '--format', 'jsonl', 'HEAD..HEAD').length, 0);
  });

  scenario('is refused with a reason, and may be read in part', (repo) => {
    allClasses(repo);
    for (const args of [[], ['--format', 'xml'], ['--format', 'jsonl', 'nothing']]) {
      const ran = repo.cli(['export', ...args]);
      assert.deepEqual([ran.status, ran.stdout], [2, '']);
    }
    const first = spawnSync(
      'sh',
      ['-c', '"$0" "$1" export --format jsonl | head -c 10', process.execPath, builtCli()],
      {
        cwd: repo.work,
        env: { ...repo.env },
      },
    );
    assert.deepEqual([first.status, first.stderr.toString()], [0, '']);
  });
});

describe('import', () => {
  scenario('brings back what was exported, as declared', (repo) => {
    const commit = allClasses(repo);
    const traces = repo.cli(['export', '--format', 'agent-trace']).stdout;
    const clone = cloneOf(repo);
    const done = imported(clone, ['-'], { input: Buffer.from(traces, 'latin1') });
    assert.deepEqual([done.status, done.imported, done.problems], [0, [commit], []]);
    assert.deepEqual(blameOf(clone, 'a.js'), [
      '2 ai claude-code claude-opus-4-6 declared',
      '1 ai-edited claude-code claude-opus-4-6 declared',
    ]);
    assert.deepEqual(blameOf(clone, 'ü b.js'), ['1 human declared']);
    assert.deepEqual(blameOf(clone, 'u.js'), ['1 unknown no-record']);
    assert.deepEqual(clone.record(commit).claims, { c1: { as: 'human', evidence: 'declared', via: 'import' } });
    assert.equal(clone.record(commit).sessions?.['s1']?.session, repo.record(commit).sessions?.['s1']?.session);
    assert.deepEqual(imported(clone, ['-'], { input: Buffer.from(traces, 'latin1') }).kept, [commit]);
  });

  scenario('gives lines to the commits that added them', (repo) => {
    const first = unseen(repo, { 'a.js': linesOf('x', 3) }, 'First\n');
    const second = unseen(repo, { 'b.js': `${linesOf('y', 1)}${linesOf('x', 3)}`, 'a.js': '' }, 'Second\n');
    const third = unseen(repo, { 'b.js': `${linesOf('y', 1)}${linesOf('x', 3)}${linesOf('z', 1)}` }, 'Third\n');
    const clone = cloneOf(repo);
    writeFileSync(join(repo.root, 't.json'), trace(third, [{ path: './b.js', conversations: [ai([2, 9])] }]));
    const done = imported(clone, [join(repo.root, 't.json')]);
    assert.equal(done.status, 0, done.problems.join());
    assert.deepEqual([...done.imported].sort(), [second, third].sort());
    assert.ok(!done.imported.includes(first));
    assert.deepEqual(blameOf(clone, 'b.js'), ['1 unknown no-record', '4 ai cursor claude-opus-4-5 declared']);
    assert.match(clone.blameJson('b.js', 'HEAD')[1]?.session ?? '', /^[0-9a-f]{14}$/);
  });

  scenario("makes records of git-ai's notes", (repo) => {
    const commit = unseen(repo, { 'a.js': linesOf('x', 3) }, 'First\n');
    const broken = unseen(repo, { 'b.js': linesOf('x', 3) }, 'Second\n');
    const clone = cloneOf(repo);
    gitAiNote(clone, commit, 'a.js\n  s_e211d232dc7bc0::t_1 1-2\n  h_ce2472996d24b5 3\n');
    clone.git('notes', '--ref=ai', 'add', '-m', 'b.js\n  oops', broken);
    const theirs = clone.note('ai', commit);
    const done = imported(clone, []);
    assert.deepEqual([done.status, done.imported], [1, [commit]]);
    assert.ok(done.problems.length > 0 && done.problems.every((problem) => problem.includes(broken)));
    assert.deepEqual(clone.record(commit).counts, {
      ai: 2,
      'ai-edited': 0,
      deleted: 0,
      human: 1,
      pasted: 0,
      unknown: 0,
    });
    assert.equal(clone.note('ai', commit), theirs);
    assert.deepEqual(imported(clone, []).kept, [commit]);
  });

  scenario('does not read a note that is larger than any, and says so', (repo) => {
    const commit = unseen(repo, { 'a.js': linesOf('x', 1) }, 'First\n');
    gitAiNote(repo, commit, `a.js\n${`  s_e211d232dc7bc0 ${'1,'.repeat(500)}1\n`.repeat(18_000)}`);
    const done = imported(repo, []);
    assert.deepEqual([done.status, done.imported.length], [1, 0]);
    assert.match(done.problems[0] ?? '', /too large/);
    assert.equal(done.problems.length, 1);
  });

  scenario('leaves out what is wrong, says where, and keeps the rest', (repo) => {
    const commit = unseen(repo, { 'a.js': linesOf('x', 3) }, 'First\n');
    const clone = cloneOf(repo);
    const good = [{ path: 'a.js', conversations: [ai([1, 2])] }];
    const input = [
      'not JSON at all',
      '{"version":"0.1.0","files":[',
      trace('0'.repeat(40), good),
      trace(commit, good, { version: '1.0' }),
      trace(commit, [{ path: 'a.js', conversations: [ai([3, 1])] }]),
      trace(commit, [{ path: '../../etc/passwd', conversations: [ai([1, 1])] }]),
      trace(commit, [{ path: 'a.js', conversations: [ai([7, 4_000_000_000])] }]),
      trace(commit, good),
      '[]',
      'null',
      '{"__proto__":{"version":"0.1.0"}}',
    ].join('\n');
    const done = imported(clone, [], { input });
    assert.deepEqual([done.status, done.imported], [1, [commit]]);
    for (const place of [
      'line 1:',
      'line 2:',
      '0000000',
      'line 4: version',
      'line 5: files.0',
      'passwd',
      'line 10:',
      'line 11:',
    ])
      assert.ok(
        done.problems.some((problem) => problem.includes(place)),
        `${place} in ${done.problems.join('\n')}`,
      );
    assert.deepEqual(blameOf(clone, 'a.js'), ['2 ai cursor claude-opus-4-5 declared', '1 unknown no-record']);
    assert.equal(clone.cli(['import', join(repo.root, 'nowhere')]).status, 2);
  });
});

describe('a stream of JSON', () => {
  const read = (text: string, size = 7): readonly string[] => {
    const documents = new JsonDocuments();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...documents.push(text.slice(at, at + size)));
    found.push(...documents.end());
    return found.map((each) => (each.kind === 'value' ? JSON.stringify(each.value) : `${each.line}!`));
  };
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['one a line', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ['no line feed at the end', '{"a":1}', ['{"a":1}']],
    ['CRLF and empty lines', '\r\n{"a":1}\r\n\n', ['{"a":1}']],
    ['over several lines', '{\n  "a": {\n    "b": "}\\""\n  }\n}\n{"c":3}', ['{"a":{"b":"}\\""}}', '{"c":3}']],
    ['an array', '[{"a":1},{"b":2}]', ['{"a":1}', '{"b":2}']],
    ['an array over lines', '[\n  {\n    "a": 1\n  },\n  {"b": 2}\n]\n', ['{"a":1}', '{"b":2}']],
    ['an array, one a line', '[{"a":1},\n{"b":2},\n{"c":3}]', ['{"a":1}', '{"b":2}', '{"c":3}']],
    ['one that broke off', '{"a":[\n{"b":2}\n', ['1!', '{"b":2}']],
    ['words between', 'x\n{"b":2}\ny\n', ['1!', '{"b":2}', '3!']],
    ['nothing', '', []],
  ];
  for (const [name, text, wanted] of cases)
    it(name, () => {
      assert.deepEqual(read(text), wanted);
      assert.deepEqual(read(text, 1), wanted);
    });

  it('is read on after a line that is too long', () => {
    const long = `{"a":"${'x'.repeat(17 * 1024 * 1024)}"}`;
    assert.deepEqual(read(`${long}\n{"b":2}\n`, 1 << 16), ['1!', '{"b":2}']);
  });
});
