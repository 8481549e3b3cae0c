import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { applyEdit, type TextEdit } from '../../../src/core/attribution/applyEdit';
import { attributedBy, isConsistent } from '../../../src/core/attribution/attributed';
import { classifyLines } from '../../../src/core/attribution/lineClass';
import { by, drawn, letters } from './notation';

interface Case {
  readonly text: string;
  readonly owner: string;
  readonly edit: TextEdit;
  readonly by: string;
  readonly after: string;
  readonly then: string;
  readonly cuts?: number;
  readonly nicks?: number;
}

function at(start: number, end = start): { insert(text: string): TextEdit } {
  return { insert: (text) => ({ start, end, text }) };
}

function check(name: string, wanted: Case): void {
  it(name, () => {
    const result = applyEdit(drawn(wanted.text, wanted.owner), wanted.edit, by(wanted.by));
    assert.equal(result.text, wanted.after);
    assert.equal(letters(result), wanted.then);
    assert.equal(result.cuts.length, wanted.cuts ?? 0, 'cuts');
    assert.equal(result.nicks.length, wanted.nicks ?? 0, 'nicks');
  });
}

describe('applyEdit', () => {
  check('typing inside an AI region splits it', {
    text: 'return total',
    owner: 'AAAAAAAAAAAA',
    edit: at(9).insert('ly'),
    by: 'H',
    after: 'return tolytal',
    then: 'AAAAAAAAAHHAAA',
  });
  check('a replacement keeps the source of what it replaces by itself', {
    text: 'const zz',
    owner: 'HHHHHHHH',
    edit: at(6, 8).insert('zzfoo()'),
    by: 'A',
    after: 'const zzfoo()',
    then: 'HHHHHHHHAAAAA',
  });
  check('Enter at the end of an AI line leaves the line its end', {
    text: 'ab\ncd',
    owner: 'AAAAA',
    edit: at(2).insert('\n'),
    by: 'H',
    after: 'ab\n\ncd',
    then: 'AAAHAA',
  });
  check('an AI that removes a word of a human line leaves a nick and a cut', {
    text: 'one two three\n',
    owner: 'HHHHHHHHHHHHHH',
    edit: at(4, 8).insert(''),
    by: 'A',
    after: 'one three\n',
    then: 'HHHHHHHHHH',
    cuts: 1,
    nicks: 1,
  });
  check('an AI that removes its own word leaves no nick', {
    text: 'one two three\n',
    owner: 'HHHHAAAAHHHHHH',
    edit: at(4, 8).insert(''),
    by: 'A',
    after: 'one three\n',
    then: 'HHHHHHHHHH',
    cuts: 1,
  });
  check('an AI that removes two whole lines leaves two cuts and no nick', {
    text: 'one\ntwo\nthree\n',
    owner: 'HHHHHHHHHHHHHH',
    edit: at(0, 8).insert(''),
    by: 'A',
    after: 'three\n',
    then: 'HHHHHH',
    cuts: 2,
  });
  check('a person removes without a trace', {
    text: 'one\ntwo\n',
    owner: 'HHHHAAAA',
    edit: at(4, 8).insert(''),
    by: 'H',
    after: 'one\n',
    then: 'HHHH',
  });
  check('white space alone is removed without a cut', {
    text: '  one\n',
    owner: 'HHHHHH',
    edit: at(0, 2).insert(''),
    by: 'A',
    after: 'one\n',
    then: 'HHHH',
  });

  it('keeps the text and its runs together, whatever the edits', () => {
    const edits = fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat(),
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '}') }),
        fc.constantFrom('A', 'H', 'P', 'U'),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(edits, (steps) => {
        let text = 'one\ntwo\n';
        let known = attributedBy(by('H'), text);
        for (const [from, length, inserted, who] of steps) {
          const start = from % (text.length + 1);
          const end = Math.min(text.length, start + (length % 6));
          const edit = { start, end, text: inserted };
          text = text.slice(0, start) + inserted + text.slice(end);
          known = applyEdit(known, edit, by(who));
          assert.equal(known.text, text);
          assert.ok(isConsistent(known));
          classifyLines(known, 'a.ts', () => undefined);
        }
      }),
    );
  });
});
