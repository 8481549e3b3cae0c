import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { diffLines, type LineHunk, shortestDiff } from '../../../src/core/text/lineDiff';

/** One letter a line; `1-2>0-1`: old lines [1,2) became new lines [0,1). */
function check(name: string, a: string, b: string, hunks: string): void {
  it(name, () => {
    const found = diffLines([...a], [...b]).map((h) => `${h.aStart}-${h.aEnd}>${h.bStart}-${h.bEnd}`);
    assert.equal(found.join(' '), hunks);
    assertValid([...a], [...b]);
  });
}

function assertValid(a: readonly string[], b: readonly string[]): number {
  const edits = assertTurns(a, b, shortestDiff(a, b));
  assert.equal(assertTurns(a, b, diffLines(a, b)), edits);
  return edits;
}

function assertTurns(a: readonly string[], b: readonly string[], hunks: readonly LineHunk[]): number {
  let x = 0;
  let y = 0;
  let edits = 0;
  for (const h of [...hunks, { aStart: a.length, aEnd: a.length, bStart: b.length, bEnd: b.length }]) {
    assert.ok(h.aStart >= x && h.aEnd >= h.aStart && h.bEnd >= h.bStart);
    assert.equal(h.aStart - x, h.bStart - y);
    while (x < h.aStart) assert.equal(a[x++], b[y++]);
    edits += h.aEnd - h.aStart + h.bEnd - h.bStart;
    x = h.aEnd;
    y = h.bEnd;
  }
  return edits;
}

function naiveEdits(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    for (let y = 0; y < b.length; y++) {
      next.push(line === b[y] ? row[y]! + 1 : Math.max(row[y + 1]!, next[y]!));
    }
    row = next;
  }
  return a.length + b.length - 2 * row[b.length]!;
}

/** A repeatable sequence; mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function edited(text: readonly string[], edits: number, next: (below: number) => number): string[] {
  const out = [...text];
  for (let i = 0; i < edits; i++) out[next(out.length)] = `edit ${i}`;
  return out;
}

describe('diffLines', () => {
  check('equal', 'abc', 'abc', '');
  check('one of equal lines that was replaced', 'AAHJ', 'XAHKL', '0-1>0-1 3-4>3-5');
  check('the last of equal lines that was replaced', 'JHAA', 'KHAX', '0-1>0-1 3-4>3-4');
  it('leaves what signatures bind as it was', () => {
    assert.deepEqual(shortestDiff([...'AAHJ'], [...'XAHKL']), [
      { aStart: 0, aEnd: 0, bStart: 0, bEnd: 1 },
      { aStart: 1, aEnd: 2, bStart: 2, bEnd: 2 },
      { aStart: 3, aEnd: 4, bStart: 3, bEnd: 5 },
    ]);
  });
  check('equal lines that grew where others went', 'JHAT', 'KHAAS', '0-1>0-1 3-4>3-5');
  check('both empty', '', '', '');
  check('all added', '', 'ab', '0-0>0-2');
  check('all removed', 'ab', '', '0-2>0-0');
  check('one replaced', 'abc', 'axc', '1-2>1-2');
  check('inserted in the middle', 'ac', 'abc', '1-1>1-2');
  check('removed at both ends', 'abc', 'b', '0-1>0-0 2-3>1-1');
  check('two places', 'abcde', 'xbcdy', '0-1>0-1 4-5>4-5');
  check('nothing in common', 'abc', 'xyz', '0-3>0-3');
  check('repeated line inserted goes last', 'aa', 'aaa', '2-2>2-3');
  check('moved block', 'abcdef', 'defabc', '0-3>0-0 6-6>3-6');

  it('is valid when the search gives up early', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 800, maxLength: 3000, size: 'max' });
    const other = fc.array(fc.constantFrom('c', 'd', 'a', 'e'), { minLength: 800, maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(text, other, (a, b) => void assertValid(a, b)),
      { numRuns: 30 },
    );
  });

  it('is valid and as short as a naive longest common subsequence', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 24 });
    fc.assert(
      fc.property(text, text, (a, b) => assert.equal(assertValid(a, b), naiveEdits(a, b))),
      { numRuns: 2000 },
    );
  });

  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`);
  const few = Array.from({ length: 20_000 }, (_, i) => `word ${(i * 7919) % 50}`);
  const shuffled = (seed: number, from: readonly string[]) => {
    const next = random(seed);
    return Array.from({ length: from.length }, () => from[next(from.length)]!);
  };
  const bad: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['20,000 lines, 20,000 edits', lines, edited(lines, 20_000, random(1))],
    [
      '50,000 lines, 5,000 edits',
      shuffled(2, [...lines, ...few]),
      edited(shuffled(2, [...lines, ...few]), 5000, random(3)),
    ],
    ['20,000 unrelated lines', lines, lines.map((line) => `other ${line}`)],
    ['20,000 lines from 50 words, twice at random', shuffled(4, few), shuffled(5, few)],
    [
      '20,000 lines from 2 words',
      shuffled(6, ['{', '}', ...few.slice(0, 2)]).concat(shuffled(7, few)),
      shuffled(8, few),
    ],
    ['reversed', lines, [...lines].reverse()],
    ['two halves swapped', lines, [...lines.slice(10_000), ...lines.slice(0, 10_000)]],
    ['every line doubled', lines, lines.flatMap((line) => [line, line])],
    ['random order', lines, shuffled(9, lines)],
    [
      'one letter, long against short',
      new Array<string>(30_000).fill('x'),
      ['y', ...new Array<string>(9_000).fill('x'), 'z'],
    ],
  ];
  for (const [name, a, b] of bad) {
    it(`${name}: valid and quick`, () => {
      diffLines(a.slice(0, 2000), b.slice(0, 2000));
      const start = process.hrtime.bigint();
      diffLines(a, b);
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      assertValid(a, b);
      if (process.env['SHOW_TIMES'] !== undefined) console.log(`${name}: ${ms.toFixed(1)} ms`);
      assert.ok(ms < 1000, `${ms} ms`);
    });
  }
});
