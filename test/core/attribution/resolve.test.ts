import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explainText } from '../../../src/core/attribution/explainText';
import { nearestFirst, resolveExact, sharesMostLines } from '../../../src/core/attribution/resolve';
import type { State } from '../../../src/core/attribution/state';
import { textIdOf } from '../../../src/core/text/textId';
import { drawn, letters } from './notation';

const place = { worktree: '/w', path: 'a.ts' };

interface Told {
  readonly owner: string;
  readonly writer?: string;
  readonly time?: number;
  readonly path?: string;
  readonly worktree?: string;
  /** Took the text over at this time. */
  readonly adopts?: number;
}

function state(text: string, { owner, writer = 'w', time = 1, path = 'a.ts', worktree = '/w', adopts }: Told): State {
  const textId = textIdOf(text);
  const adopted = adopts === undefined ? [] : [{ textId, time: adopts }];
  return {
    writer,
    chain: path,
    time,
    counter: time,
    worktree,
    path,
    textId,
    existence: 'there',
    role: 'state',
    adopted,
    attributed: drawn(text, owner),
  };
}

function check(name: string, states: readonly Told[], wanted: string | undefined): void {
  it(name, () => {
    const result = resolveExact(
      states.map((told) => state('ab cd', told)),
      place,
    );
    assert.equal(result === undefined ? undefined : letters(result), wanted);
  });
}

describe('what the states of one text say together', () => {
  check('nothing, where there are none', [], undefined);
  check(
    'the last of a chain counts',
    [
      { owner: 'HHHHH', time: 2 },
      { owner: 'AAAAA', time: 1 },
    ],
    'HHHHH',
  );
  check(
    'of others each character takes the least favourable',
    [{ owner: 'AAHHU' }, { owner: 'HAHPP', writer: 'x' }],
    'AAHPU',
  );
  check(
    'the same work tree is preferred',
    [{ owner: 'HHHHH' }, { owner: 'AAAAA', writer: 'x', worktree: '/v' }],
    'HHHHH',
  );
  check('the same path is preferred', [{ owner: 'HHHHH' }, { owner: 'AAAAA', writer: 'x', path: 'b.ts' }], 'HHHHH');
  check('another path is better than nothing', [{ owner: 'AAAAA', writer: 'x', path: 'b.ts' }], 'AAAAA');
  check(
    'a chain that took the text over speaks in its stead',
    [{ owner: 'AAAAA' }, { owner: 'HHHHH', writer: 'x', time: 3, adopts: 2 }],
    'HHHHH',
  );
  check(
    'but not for what came later',
    [
      { owner: 'AAAAA', time: 5 },
      { owner: 'HHHHH', writer: 'x', time: 6, adopts: 2 },
    ],
    'AAAAA',
  );
});

describe('the nearest texts', () => {
  const texts = ['a\nb\nc\n', 'a\nb\n', 'a\n', 'z\n', 'q\nx\n'].map((text) => ({ text }));
  const near = (text: string, most: number): string =>
    nearestFirst(text, texts, most)
      .map((found) => JSON.stringify(found.text))
      .join(' ');
  it('come by lines that differ', () => assert.equal(near('a\nb\n', 9), '"a\\nb\\n" "a\\nb\\nc\\n" "a\\n"'));
  it('are as many as asked for', () => assert.equal(near('a\nb\n', 1), '"a\\nb\\n"'));
  it('count a replaced line once', () => assert.equal(near('a\nb\ny\n', 1), '"a\\nb\\nc\\n"'));
  it('and those that alone have a line', () => assert.equal(near('a\nx\n', 1), '"a\\nb\\n" "q\\nx\\n"'));
});

describe('a file that came', () => {
  it('is another one where it is mostly that', () => assert.ok(sharesMostLines('a\nb\nx\n\n', 'b\na\n')));
  it('is none for blank lines in common', () => assert.ok(!sharesMostLines('x\n\n\n', 'a\n\n\n')));
  it('is none for a file that is empty', () => assert.ok(!sharesMostLines('\n', 'a\n')));
});

describe('explaining a text', () => {
  const text = 'alpha one\nbeta two\ngamma three\n';
  const [first, second] = ['alpha one\n', 'beta two\n'] as const;
  const known = (part: string, who: string): ReturnType<typeof drawn> => drawn(part, who.repeat(part.length));
  it('takes each line from the first that knows it', () => {
    const result = explainText(
      text,
      {
        replayed: [known(first, 'A')],
        exact: undefined,
        near: [known(first + second, 'H')],
        left: [known(text, 'B')],
        moved: undefined,
      },
      'not-watched',
    );
    assert.equal(letters(result), `${'A'.repeat(10)}${'H'.repeat(9)}${'B'.repeat(12)}`);
  });
  it('prefers a reason that somebody knew to one that stands in for none', () => {
    const result = explainText(
      text,
      { replayed: [known(first, 'A')], exact: undefined, near: [known(text, 'U')], left: [], moved: undefined },
      'not-watched',
    );
    assert.equal(letters(result), `${'A'.repeat(10)}${'U'.repeat(21)}`);
  });
  it('is unknown where nothing is known', () => {
    const result = explainText(
      text,
      { replayed: [], exact: undefined, near: [], left: [], moved: undefined },
      'outside-write',
    );
    assert.deepEqual(
      result.runs.map((run) => run.kind === 'made' && run.source.origin),
      [{ kind: 'unknown', reason: 'outside-write' }],
    );
  });
});
