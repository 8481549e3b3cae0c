import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { lineKey } from '../../../src/core/attribution/attributed';
import { openScars } from '../../../src/core/capture/committedScars';
import { by } from '../attribution/notation';

function check(
  what: string,
  given: { readonly text: string; readonly nicks?: readonly number[]; readonly cuts?: readonly string[] },
  committed: string,
  left: { readonly nicks: readonly number[]; readonly cuts: readonly string[] },
): void {
  it(what, () => {
    const nicks = (given.nicks ?? []).map((offset) => ({ offset, source: by('A') }));
    const cuts = (given.cuts ?? []).map((line) => ({ line: lineKey(line), source: by('A') }));
    const open = openScars(given.text, { nicks, cuts }, committed);
    assert.deepEqual(
      open.nicks.map((nick) => nick.offset),
      left.nicks,
    );
    assert.deepEqual(
      open.cuts.map((cut) => cut.line),
      left.cuts.map(lineKey),
    );
  });
}

const none = { nicks: [], cuts: [] };

describe('what was removed and is not accounted for by a commit', () => {
  check(
    'nothing where the text is the committed one',
    { text: 'a\nb\n', nicks: [1], cuts: ['x', 'a'] },
    'a\nb\n',
    none,
  );
  check('a nick in a line that was committed', { text: 'a\nb\nnew\n', nicks: [0, 5] }, 'a\nb\n', {
    nicks: [5],
    cuts: [],
  });
  check('a cut of a line that the commit dropped too', { text: 'new\n', cuts: ['gone'] }, 'other\n', none);
  check('a cut of a line that the commit still has', { text: 'new\n', cuts: ['a'] }, 'a\n', { nicks: [], cuts: ['a'] });
  check('a cut of a line that a person typed again', { text: 'new\na\n', cuts: ['a'] }, 'a\n', none);
  check('of two equal lines one stands again', { text: 'a\n', cuts: ['a', 'a'] }, 'a\na\n', { nicks: [], cuts: ['a'] });
  check('the file is new to the commit', { text: 'a\n', nicks: [0], cuts: ['b'] }, '', { nicks: [0], cuts: [] });
});
