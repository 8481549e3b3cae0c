import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import { originsOf, saidByGitAi } from '../../src/core/foreign/foreignRecord';
import { formatGitAiNote, isOurMirror } from '../../src/core/gitAi/formatGitAiNote';
import { gitAiHash } from '../../src/core/gitAi/gitAiNote';
import { parseGitAiNote } from '../../src/core/gitAi/parseGitAiNote';
import type { CommitRecord } from '../../src/core/record/record';

const commit = { sha: 'c'.repeat(40) as Sha, author: 'Ana Ruiz <ana@example.org>', recordId: 'd'.repeat(40) as Sha };
const claude = { tool: 'claude-code', model: 'm2', session: 'e211d232dc7bc0', kind: 'agent', evidence: 'measured' };
const codex = { tool: 'codex', kind: 'agent', evidence: 'declared' };

function record(files: unknown): CommitRecord {
  const counts = { ai: 0, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0, deleted: 0 };
  return { schema: 1, tool: 'countersign', sessions: { s1: claude, s2: codex }, files, counts } as CommitRecord;
}

/** A whole note, with JSON as serde's pretty printer writes it. */
function note(attestations: string, json: Readonly<Record<string, unknown>> = {}): string {
  const whole = { schema_version: 'authorship/3.0.0', base_commit_sha: commit.sha, prompts: {}, ...json };
  return `${attestations}---\n${JSON.stringify(whole, undefined, 2)}`;
}

const session = { agent_id: { tool: 'claude', id: '3f0c1d7a', model: 'm2' }, human_author: null };

describe("git-ai's notes", () => {
  it('have the hashes of the standard', () => {
    assert.equal(gitAiHash('claude:3f0c1d7a-1111-4222-8333-944455556666'), 'e211d232dc7bc0');
    assert.equal(gitAiHash('Ana Ruiz <ana@example.org>'), 'ce2472996d24b5');
  });

  it('are written byte for byte', () => {
    const trace = `t_${gitAiHash(`e211d232dc7bc0:${commit.recordId}`)}`;
    const written = formatGitAiNote(
      record({
        'src/parser.ts': {
          lines: [
            ['1-3,9', 's1'],
            ['4', 's1', 'edited'],
            ['5-6', 'human'],
            ['7', 'pasted'],
            ['8', 'unknown:not-watched'],
          ],
        },
        'docs/user guide.md': { lines: [['7', 'human']] },
        'none.ts': { lines: [['1', 'pasted']] },
      }),
      commit,
    );
    assert.equal(
      written,
      `"docs/user guide.md"
  h_ce2472996d24b5 7
src/parser.ts
  h_ce2472996d24b5 5-6
  s_e211d232dc7bc0::${trace} 1-4,9
---
{
  "schema_version": "authorship/3.0.0",
  "git_ai_version": "countersign/1",
  "base_commit_sha": "${commit.sha}",
  "prompts": {},
  "humans": {
    "h_ce2472996d24b5": {
      "author": "Ana Ruiz <ana@example.org>"
    }
  },
  "sessions": {
    "s_e211d232dc7bc0": {
      "agent_id": {
        "tool": "claude-code",
        "id": "e211d232dc7bc0",
        "model": "m2"
      },
      "human_author": "Ana Ruiz <ana@example.org>"
    }
  }
}`,
    );
    assert.ok(isOurMirror(written));
  });

  it('of nothing that has a key are a line and the JSON', () => {
    assert.match(
      formatGitAiNote(record({ f: { lines: [['1', 'pasted']] } }), commit),
      /^---\n\{\n {2}"schema_version"/,
    );
  });

  const names: readonly (readonly [string, 'kept' | 'left out'])[] = [
    ['plain.ts', 'kept'],
    ['a b', 'kept'],
    ['  two spaces first', 'kept'],
    ['space last ', 'kept'],
    ['tab\there', 'kept'],
    ['"quoted"', 'left out'],
    ['"a b"', 'kept'],
    ['"half', 'kept'],
    ['---', 'left out'],
    ['--- ', 'kept'],
    ['line\nfeed', 'left out'],
    ['return\r', 'left out'],
    ['hard space\u00a0', 'kept'],
    ['hard\u00a0', 'left out'],
    ['\u00a0', 'left out'],
    ['e\u0301.ts', 'kept'],
    ['__proto__', 'kept'],
  ];
  for (const [name, wanted] of names) {
    it(`a file ${JSON.stringify(name)} is ${wanted}, and the others stay`, () => {
      const files = Object.fromEntries([name, 'other.ts'].map((path) => [path, { lines: [['2-3', 's1']] }]));
      const written = formatGitAiNote(record(files), commit);
      const read = parseGitAiNote(written);
      assert.deepEqual(read.problems, []);
      assert.equal(read.files.has(name.normalize('NFC')), wanted === 'kept');
      assert.equal(read.files.size, wanted === 'kept' ? 2 : 1);
      assert.equal(saidByGitAi(read)(name as never).length, wanted === 'kept' ? 1 : 0);
    });
  }

  it('sort files and sessions by bytes', () => {
    const lines = [
      ['1', 's1'],
      ['2', 's2'],
    ];
    const written = formatGitAiNote(record({ '\uffff': { lines }, '\u{1f600}': { lines }, 'b c': { lines } }), commit);
    assert.deepEqual([...parseGitAiNote(written).files.keys()], ['b c', '\uffff', '\u{1f600}']);
    const keys = Object.keys(JSON.parse(written.slice(written.indexOf('{'))).sessions);
    assert.deepEqual(keys, [...keys].sort());
  });

  const said = (text: string, path = 'f', lines = [1, 2, 3, 4, 5]): string =>
    originsOf(lines, saidByGitAi(parseGitAiNote(text))(path as never))
      .map((origin) => (origin === undefined ? '.' : origin.class === 'ai' ? (origin.session?.tool[0] ?? '?') : 'H'))
      .join('');
  const all = {
    sessions: { s_e211d232dc7bc0: session },
    prompts: { c22a9aabceaec4b4: { agent_id: { tool: 'cursor', id: 'conv-42', model: 'm1' } } },
    humans: { h_ce2472996d24b5: { author: 'Ana Ruiz <ana@example.org>' } },
  };
  // Of the tools only the first letter: claude-code is `c`, and so is cursor.
  const reading: readonly (readonly [string, string, string])[] = [
    ['a session', 'f\n  s_e211d232dc7bc0::t_00112233445566 1-2,4\n', 'cc.c.'],
    ['a person', 'f\n  h_ce2472996d24b5 2\n', '.H...'],
    ['a prompt', 'f\n  c22a9aabceaec4b4 5\n', '....c'],
    ['the last of what overlaps', 'f\n  s_e211d232dc7bc0::t_1 1-4\n  h_ce2472996d24b5 2-3\n', 'cHHc.'],
    ['blank lines and ends of lines', 'f  \r\n\n  h_ce2472996d24b5 1 \r\n', 'H....'],
    ['empty parts, any order', 'f\n  h_ce2472996d24b5 4,,1,\n', 'H..H.'],
    ['a range that ends before it starts', 'f\n  h_ce2472996d24b5 4-1,2\n', '.H...'],
    ['a session that the note does not list', 'f\n  s_00000000000000::t_1 1\n', 'u....'],
    ['a person or a key of another kind that it does not list', 'f\n  h_00000000000000 1\n  x_1 2\n', '.....'],
    ['a range as long as numbers go', 'f\n  h_ce2472996d24b5 1-4294967295\n', 'HHHHH'],
    ['a path twice', 'f\n  h_ce2472996d24b5 1\ng\n  h_ce2472996d24b5 5\nf\n  h_ce2472996d24b5 2\n', 'HH...'],
  ];
  for (const [name, text, wanted] of reading)
    it(`read ${name}`, () => {
      assert.equal(said(note(text, all)), wanted);
      assert.equal(said(`${note(text, all)}\n`), wanted);
    });

  it('give tools their id here, and no raw conversation', () => {
    const text = note('f\n  s_e211d232dc7bc0::t_1 1\n', all);
    const [origin] = originsOf([1], saidByGitAi(parseGitAiNote(text))('f' as never));
    assert.deepEqual(origin, {
      class: 'ai',
      session: { tool: 'claude-code', model: 'm2', session: 'e211d232dc7bc0', kind: 'agent', evidence: 'declared' },
    });
    const odd = note('f\n  conversation-17 1\n', { prompts: { 'conversation-17': session } });
    assert.match(
      originsOf([1], saidByGitAi(parseGitAiNote(odd))('f' as never))[0]?.session?.session ?? '',
      /^[0-9a-f]{14}$/,
    );
  });

  const broken: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['no divider', 'f\n  h_1 1\n'],
    ['no JSON', 'f\n  h_1 1\n---\nnothing'],
    ['another version', note('', { schema_version: 'authorship/4.0.0' })],
    ['an entry before any path', note('  h_1 1\n')],
    ['an entry without ranges', note('f\n  h_1\n')],
    ['numbers that are none', note('f\n  h_1 one\n')],
    ['numbers beyond 32 bits', note('f\n  h_1 4294967296\n')],
    ['prompts that are a text', note('', { prompts: 'none' })],
    ['JSON that is deep', `---\n${'['.repeat(100_000)}`],
  ];
  for (const [name, text] of broken)
    it(`that hold ${name} are told, not thrown`, () => assert.ok(parseGitAiNote(text).problems.length > 0));

  it('are ours no longer when others added to them', () => {
    const ours = formatGitAiNote(record({ f: { lines: [['1', 's1']] } }), commit);
    assert.ok(isOurMirror(ours) && isOurMirror(`${ours}\n`));
    const json = JSON.parse(ours.slice(ours.indexOf('{')));
    const changed = (change: object): string => `f\n---\n${JSON.stringify({ ...json, ...change }, undefined, 2)}`;
    assert.ok(!isOurMirror(changed({ git_ai_version: '1.6.0' })));
    assert.ok(!isOurMirror(changed({ sessions: { ...json.sessions, s_00000000000001: session } })));
    assert.ok(!isOurMirror(changed({ prompts: all.prompts })));
    assert.ok(!isOurMirror('"git_ai_version": "countersign/1"'));
  });
});
