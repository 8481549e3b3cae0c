import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { RepoPath } from '../../../src/core/brand';
import { evaluateGate } from '../../../src/core/gate/evaluate';
import { explainPush, pushBlockedMarker } from '../../../src/core/gate/explain';
import { exitCodeOf, prePushExitCodeOf } from '../../../src/core/gate/findings';
import { formatRanges, parseRanges, rangesMeet } from '../../../src/core/gate/lineRanges';
import { safeText } from '../../../src/core/safeText';
import { commit, input, policyOf } from './gateBuilder';

describe('safe text', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['plain ä 漢 😀', 'plain ä 漢 😀'],
    ['a\x1b[2Jb', 'a\\u{1b}[2Jb'],
    ['a\nb\r\tc\0', 'a\\u{a}b\\u{d}\\u{9}c\\u{0}'],
    ['\x9b31m', '\\u{9b}31m'],
    ['a\u202eb\u2066', 'a\\u{202e}b\\u{2066}'],
    ['a\u200bb\ufeff\u00ad', 'a\\u{200b}b\\u{feff}\\u{ad}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud800', '\\u{d800}'],
  ];
  for (const [text, expected] of cases) it(JSON.stringify(text), () => assert.equal(safeText(text), expected));
  it('cuts, and a second time changes nothing', () => {
    assert.equal(safeText('abcdef', 4), 'abc…');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (text, max) => {
        const once = safeText(text, max);
        assert.ok(once.length <= max);
        assert.doesNotMatch(once, /[\p{Cc}\p{Cf}\p{Cs}]/u);
        assert.equal(safeText(once, max), once);
      }),
      { seed: 20260404, numRuns: 300 },
    );
  }).timeout(20_000);
});

describe('words of a push', () => {
  const hostile = 'x\u001b]0;t\u0007\n\u202e.ts' as RepoPath;
  const lines = (count: number, mode = 'enforce') =>
    explainPush(
      evaluateGate(
        input(policyOf(`mode: ${mode}`), [commit('a', { [hostile]: 'A'.repeat(count) }, { subject: 's\u001b[1m\n' })]),
      ),
    );
  it('begins and ends a blocked push with lines that stand alone', () => {
    const told = lines(20);
    const [first = '', last = ''] = [told[0], told.at(-1)];
    for (const line of [first, last])
      assert.ok(line.startsWith(pushBlockedMarker) && line.includes('refs/heads/main'), line);
    assert.match(last, /countersign sign/);
  });
  it('shows nothing that moves a cursor', () => {
    for (const line of lines(20)) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u);
  });
  it('is silent when all is well', () => assert.deepEqual(lines(1), []));
  it('is silent about what is only noted', () => assert.deepEqual(lines(20, 'observe'), []));
  it('warns in one line', () => assert.equal(lines(20, 'warn').length, 1));
  it('says undecided without the marker', () => {
    const told = explainPush(evaluateGate(input(policyOf(), [], { cutOff: [{ what: 'commit' }] })));
    assert.ok(told.length > 0 && told.every((line) => !line.includes(pushBlockedMarker)));
  });
  it('counts what it does not show', () => {
    const many = Array.from({ length: 50 }, (_, index) => commit(`c${index}`, { x: 'A'.repeat(20) }));
    assert.ok(explainPush(evaluateGate(input(policyOf(), many))).length < 50);
  });
});

describe('exit codes', () => {
  it('check and pre-receive', () =>
    assert.deepEqual((['pass', 'blocked', 'undecided'] as const).map(exitCodeOf), [0, 1, 3]));
  it('pre-push', () => assert.deepEqual((['pass', 'blocked', 'undecided'] as const).map(prePushExitCodeOf), [0, 1, 0]));
});

describe('line ranges', () => {
  it('joins what touches', () =>
    assert.equal(
      formatRanges([
        { start: 9, end: 10 },
        { start: 1, end: 3 },
        { start: 3, end: 5 },
      ]),
      '1-4,9',
    ));
  it('reads what it writes', () => assert.equal(formatRanges(parseRanges('1-4,9')), '1-4,9'));
  it('leaves out what is no range', () => assert.deepEqual(parseRanges('x,2-,3'), [{ start: 3, end: 4 }]));
  it('meets', () =>
    assert.deepEqual(
      [rangesMeet(parseRanges('1-4'), parseRanges('4')), rangesMeet(parseRanges('1-4'), parseRanges('5'))],
      [true, false],
    ));
});
