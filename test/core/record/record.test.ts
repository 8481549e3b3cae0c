import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { LineOrigin } from '../../../src/core/attribution/lineClass';
import type { RepoPath, Sha } from '../../../src/core/brand';
import { buildRecord, type ExplainedFile } from '../../../src/core/record/buildRecord';
import { decodeRecord } from '../../../src/core/record/decodeRecord';
import { formatLineRanges, parseLineRanges } from '../../../src/core/record/lineRanges';
import { commitsNamedIn } from '../../../src/core/record/namedCommits';
import { type CommitRecord, encodeRecord } from '../../../src/core/record/record';
import { attributedByRecord, recordDeletions, recordLines } from '../../../src/core/record/recordReader';
import { selectRecord } from '../../../src/core/record/selectRecord';
import { textIdOf } from '../../../src/core/text/textId';
import { claude, copilot } from '../attribution/notation';

const blob = 'a'.repeat(40) as Sha;
const other = 'b'.repeat(40) as Sha;

const origins: Readonly<Record<string, LineOrigin>> = {
  A: { class: 'ai', session: claude },
  a: { class: 'ai-edited', session: claude },
  B: { class: 'ai', session: copilot },
  M: { class: 'human' },
  H: { class: 'human', claim: 'generic' },
  C: { class: 'human', claim: 'claim' },
  P: { class: 'pasted' },
  U: { class: 'unknown', reason: 'outside-write' },
  u: { class: 'unknown', reason: 'not-watched' },
};

/** A file whose added lines begin at 1, one letter each; a dot is a line that the commit does not add. */
function file(path: string, letters: string, deleted: ExplainedFile['deleted'] = []): ExplainedFile {
  const lines = [...letters].flatMap((letter, index) => {
    const origin = origins[letter];
    return origin === undefined ? [] : [{ line: index + 1, origin }];
  });
  return { path: path as RepoPath, blob, isGitQuoted: false, lines, deleted };
}

function tuples(letters: string): string {
  return (buildRecord([file('f', letters)]).files?.['f']?.lines ?? []).map((tuple) => tuple.join(' ')).join(' | ');
}

describe('building a record', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', ''],
    ['AAAA', '1-4 s1'],
    ['AA.A', '1-2,4 s1'],
    ['AaA', '1,3 s1 | 2 s1 edited'],
    ['BAB', '1,3 s1 | 2 s2'],
    ['MHC', '1 human | 2 c1 | 3 c2'],
    ['CHC', '1,3 c1 | 2 c2'],
    ['PUuP', '1,4 pasted | 2 unknown:outside-write | 3 unknown:not-watched'],
    ['..aAMMA', '3 s1 edited | 4,7 s1 | 5-6 human'],
  ];
  for (const [letters, wanted] of cases)
    it(letters === '' ? 'nothing' : letters, () => assert.equal(tuples(letters), wanted));

  it('orders files by UTF-16 code units and numbers sessions in that order', () => {
    const record = buildRecord([file('b', 'A'), file('\u{1f600}', 'A'), file('\uffff', 'A'), file('a', 'B')]);
    assert.deepEqual(Object.keys(record.files ?? {}), ['a', 'b', '\u{1f600}', '\uffff']);
    assert.equal(record.sessions?.['s1']?.tool, 'copilot');
  });

  it('leaves out what is empty', () => {
    assert.equal(
      encodeRecord(buildRecord([file('f', '')])).toString(),
      '{"counts":{"ai":0,"ai-edited":0,"deleted":0,"human":0,"pasted":0,"unknown":0},"schema":1,"tool":"countersign"}\n',
    );
  });

  it('counts deletions by session', () => {
    const record = buildRecord([
      file('f', '', [
        { by: claude, count: 2 },
        { by: 'unknown', count: 1 },
        { by: claude, count: 1 },
        { by: copilot, count: 0 },
      ]),
    ]);
    assert.deepEqual(record.files?.['f']?.deleted, { s1: 3, unknown: 1 });
    assert.equal(record.counts.deleted, 4);
    assert.deepEqual(Object.keys(record.sessions ?? {}), ['s1']);
    assert.deepEqual(recordDeletions(record, 'f' as RepoPath), [
      { by: claude, count: 3 },
      { by: 'unknown', count: 1 },
    ]);
  });

  it('keeps 64 sources', () => {
    const many = Array.from({ length: 70 }, (_, index) => index.toString(16).padStart(40, '0') as Sha);
    assert.deepEqual(buildRecord([], many).derivedFrom, many.slice(-64));
  });

  it('is read back as it was, whatever the names', () => {
    const letter = fc.constantFrom(...Object.keys(origins), '.');
    const name = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'a b', '"'),
      fc.string({ minLength: 1, unit: 'binary' }),
    );
    const files = fc.uniqueArray(fc.tuple(name, fc.array(letter, { minLength: 1, maxLength: 30 })), {
      selector: ([path]) => path,
      maxLength: 5,
    });
    fc.assert(
      fc.property(files, (drawn) => {
        const explained = drawn.map(([path, letters]) => file(path, letters.join('')));
        const bytes = encodeRecord(buildRecord(explained));
        assert.deepEqual(encodeRecord(buildRecord([...explained].reverse())), bytes);
        const decoded = decodeRecord(bytes.toString().trimEnd());
        assert.equal(decoded.kind, 'record');
        if (decoded.kind !== 'record') return;
        assert.deepEqual(encodeRecord(decoded.record), bytes);
        for (const one of explained) {
          const wanted = new Map(one.lines.map(({ line, origin }) => [line, origin]));
          assert.deepEqual(new Map([...recordLines(decoded.record, one.path)].sort(([a], [b]) => a - b)), wanted);
        }
      }),
    );
  });
});

describe('decoding a record', () => {
  const base = JSON.parse(encodeRecord(buildRecord([file('f', 'AMC')])).toString());
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['itself', base, 'record'],
    ['fields it does not know', { ...base, more: 1, files: { f: { ...base.files.f, extra: [] } } }, 'record'],
    ['another schema', { ...base, schema: 2 }, 'unknown-schema'],
    ['another tool', { ...base, tool: 'x' }, 'malformed'],
    ['a session that is not there', { ...base, sessions: {} }, 'malformed'],
    ['ranges that go back', { ...base, files: { f: { lines: [['4-1', 'human']] } } }, 'malformed'],
    ['line 0', { ...base, files: { f: { lines: [['0', 'human']] } } }, 'malformed'],
    ['an edited person', { ...base, files: { f: { lines: [['1', 'human', 'odd']] } } }, 'malformed'],
    ['a reason nobody knows', { ...base, files: { f: { lines: [['1', 'unknown:x']] } } }, 'malformed'],
    ['negative counts', { ...base, counts: { ...base.counts, ai: -1 } }, 'malformed'],
    ['no object', null, 'malformed'],
    ['a list', [], 'malformed'],
    ['files that are a list', { ...base, files: [1] }, 'malformed'],
    ['a session inherited from nowhere', { ...base, files: { f: { lines: [['1', 'constructor']] } } }, 'malformed'],
    ['deletions by nobody', { ...base, files: { f: { deleted: { toString: 1 } } } }, 'malformed'],
  ];
  for (const [name, value, kind] of cases) it(name, () => assert.equal(decodeRecord(JSON.stringify(value)).kind, kind));
  it('keeps unknown fields', () => {
    const decoded = decodeRecord(JSON.stringify({ ...base, more: { x: 1 } }));
    assert.deepEqual(
      decoded.kind === 'record' ? (decoded.record as unknown as Record<string, unknown>)['more'] : undefined,
      { x: 1 },
    );
  });
  it('never throws', () => fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => void decodeRecord(text))));
});

describe('choosing among the lines of a note', () => {
  const one = buildRecord([file('f', 'A')]);
  const two = { ...buildRecord([file('f', 'M')]), derivedFrom: [other] };
  const line = (record: CommitRecord): string => encodeRecord(record).toString();
  const idOf = (text: string): Sha => textIdOf(text);
  const pick = (note: string | undefined, trailer?: Sha, at: Sha | undefined = blob): string => {
    const content = selectRecord(note, () => at, idOf, trailer);
    return content.kind === 'records'
      ? content.records.map(({ id }) => (id === idOf(line(one)) ? 'one' : 'two')).join(' ')
      : content.kind;
  };
  const cases: readonly (readonly [string, string, string])[] = [
    ['no note', pick(undefined), 'none'],
    ['an empty note', pick('\n\n'), 'none'],
    ['one', pick(line(one)), 'one'],
    ['both, when nothing decides', pick(`${line(one)}\n${line(two)}`), 'one two'],
    ['the one the trailer names', pick(line(one) + line(two), idOf(line(two))), 'two'],
    ['the one made from what the trailer names', pick(line(one) + line(two), other), 'two'],
    ['a trailer that names none of them', pick(line(one) + line(two), 'c'.repeat(40) as Sha), 'one two'],
    ['other blobs', pick(line(one), undefined, other), 'mismatch'],
    ['rubbish beside it', pick(`x\n{"schema":7,"tool":"countersign"}\n${line(one)}`), 'one'],
    ['rubbish alone', pick('x\n'), 'mismatch'],
  ];
  for (const [name, got, wanted] of cases) it(name, () => assert.equal(got, wanted));
});

describe('line ranges', () => {
  const cases: readonly (readonly [readonly number[], string])[] = [
    [[], ''],
    [[1], '1'],
    [[3, 1, 2], '1-3'],
    [[1, 3, 4, 9, 9], '1,3-4,9'],
  ];
  for (const [lines, text] of cases) it(`${lines}`, () => assert.equal(formatLineRanges(lines), text));
  for (const bad of ['', '1-', '0', '2-1', '1,1', '3,2', '1 ,2', '01', 'a', '1--2']) {
    it(`refuses ${JSON.stringify(bad)}`, () => assert.equal(parseLineRanges(bad), undefined));
  }
});

describe('a committed text by its record', () => {
  it('leaves what the commit did not add as it was', () => {
    const text = 'one\ntwo\nthree\n';
    const lines = recordLines(buildRecord([file('f', '.A')]), 'f' as RepoPath);
    assert.deepEqual(
      attributedByRecord(text, textIdOf(text), lines).runs.map(({ kind, length }) => `${kind} ${length}`),
      ['base 4', 'made 4', 'base 6'],
    );
  });
});

describe('commits that a message names', () => {
  const a = 'a'.repeat(40);
  const b = 'b'.repeat(40);
  const cases: readonly (readonly [string, string, readonly (string | undefined)[], readonly string[]])[] = [
    ['a revert', `Revert "x"\n\nThis reverts commit ${a}.\n`, [a, undefined], []],
    ['a revert of a merge', `Revert\n\nThis reverts commit ${a}, reversing\nchanges made to ${b}.\n`, [a, b], []],
    ['a pick', `x\n\n(cherry picked from commit ${a})\n`, [], [a]],
    [
      'a squash',
      `Squashed commit of the following:\n\ncommit ${a}\nAuthor: x\n\n    commit ${'c'.repeat(40)}\n\ncommit ${b}\n`,
      [],
      [a, b],
    ],
    ['prose about a commit', `commit ${a}\n`, [], []],
    ['a quotation', `> This reverts commit ${a}.\n`, [], []],
    ['half an id', 'This reverts commit aaaaaaa.\n', [], []],
  ];
  for (const [name, message, reverted, replayed] of cases) {
    it(name, () => {
      const named = commitsNamedIn(message);
      assert.deepEqual(
        named.reverted.flatMap(({ commit, backTo }) => [commit, backTo]),
        reverted,
      );
      assert.deepEqual(named.replayed, replayed);
    });
  }
});
