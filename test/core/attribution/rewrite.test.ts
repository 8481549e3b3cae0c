import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { attributedBy, isConsistent } from '../../../src/core/attribution/attributed';
import { classifyLines } from '../../../src/core/attribution/lineClass';
import { rewriteStep, rewriteText } from '../../../src/core/attribution/rewrite';
import { by, drawn, letters } from './notation';

function classes(result: ReturnType<typeof rewriteText>): string {
  return classifyLines(result, 'a.ts', () => undefined)
    .map((line) => line.class)
    .join(' ');
}

function perLine(lines: readonly (readonly [string, string])[]): ReturnType<typeof drawn> {
  return drawn(
    lines.map(([line]) => `${line}\n`).join(''),
    lines.map(([line, who]) => who.repeat(line.length + 1)).join(''),
  );
}

const human = perLine([
  ['const a = 1;', 'H'],
  ['const b = 2;', 'H'],
  ['const c = 3;', 'H'],
  ['const d = 4;', 'H'],
]);

describe('rewriteText', () => {
  it('gives new lines to the source and leaves the others alone', () => {
    const result = rewriteText(human, 'const a = 1;\nconst b = 2;\ncall(x);\nconst c = 3;\nconst d = 4;\n', by('A'));
    assert.equal(classes(result), 'human human ai human human');
    assert.equal(result.cuts.length, 0);
  });
  it('mixes a line that keeps at least half of its tokens', () => {
    const result = rewriteText(human, 'const a = 1;\nconst b = 7;\nconst c = 3;\nconst d = 4;\n', by('A'));
    assert.equal(classes(result), 'human ai-edited human human');
    const changed = [...'const b = 7;'].flatMap((char, at) => (char === ' ' ? [] : letters(result)[13 + at]));
    assert.equal(changed.join(''), 'HHHHHHHAH');
    assert.equal(result.cuts.length, 1);
  });
  it('mixes also the one of equal lines that is changed, whatever else changes', () => {
    const before = perLine([
      ['total = price + tax;', 'A'],
      ['total = price + tax;', 'A'],
      ['const c = 3;', 'H'],
      ['const d = 4;', 'H'],
    ]);
    const after = 'total = price + fee;\ntotal = price + tax;\nconst c = 3;\nfirst();\nsecond();\n';
    assert.equal(classes(rewriteText(before, after, by('H'))), 'ai-edited ai human human human');
  });
  it('gives a line that keeps less than half of its tokens to the source', () => {
    const result = rewriteText(
      human,
      'const a = 1;\nfor (;;) run(everything, twice);\nconst c = 3;\nconst d = 4;\n',
      by('A'),
    );
    assert.equal(classes(result), 'human ai human human');
    assert.equal(result.cuts.length, 1);
  });
  it('marks a human line that an AI only shortened', () => {
    const result = rewriteText(perLine([['check(one, two);', 'H']]), 'check(one);\n', by('A'));
    assert.equal(classes(result), 'ai-edited');
  });
  it('carries sources through a change of layout', () => {
    const before = perLine([
      ['if (a) { b(); }', 'A'],
      ['c();', 'H'],
    ]);
    const result = rewriteText(before, 'if (a) {\n  b();\n}\n  c();\n', by('U'));
    assert.equal(classes(result), 'ai ai ai human');
  });
  it('carries sources with a moved block of two lines', () => {
    const before = perLine([
      ['alpha();', 'H'],
      ['beta();', 'H'],
      ['gamma();', 'A'],
      ['delta();', 'A'],
      ['omega();', 'A'],
    ]);
    const result = rewriteText(before, 'gamma();\ndelta();\nomega();\nalpha();\nbeta();\n', by('U'));
    assert.equal(classes(result), 'ai ai ai human human');
    assert.equal(result.cuts.length, 0);
  });
  it('carries a block from one file to another of the same step', () => {
    const from = perLine([
      ['one();', 'H'],
      ['two();', 'H'],
      ['stay();', 'H'],
    ]);
    const [left, arrived] = rewriteStep(
      [
        { before: from, after: 'stay();\n' },
        { before: drawn('', ''), after: 'one();\ntwo();\n' },
      ],
      by('A'),
    );
    assert.equal(classes(left ?? from), 'human');
    assert.equal(classes(arrived ?? from), 'human human');
    assert.equal(left?.cuts.length, 0);
  });
  it('takes no closing lines for ones that left another file unseen', () => {
    const from = perLine([
      ['stay(first, second);', 'H'],
      ['return;', 'H'],
      ['}', 'H'],
    ]);
    const files = [
      { before: from, after: 'stay(first, second);\n' },
      { before: human, after: `${human.text}return;\n}\n` },
    ];
    const [, byNobody] = rewriteStep(files, by('U'));
    const [, byAgent] = rewriteStep(files, by('A'));
    assert.equal(classes(byNobody ?? from), 'human human human human unknown unknown');
    assert.equal(classes(byAgent ?? from), 'human human human human human human');
  });
  it('follows a file that is renamed and changed in one step', () => {
    const [left, arrived] = rewriteStep(
      [
        { before: human, after: '' },
        { before: drawn('', ''), after: 'const a = 1;\ncall(x);\nconst b = 2;\ncall(y);\nconst d = 4;\n' },
      ],
      by('A'),
    );
    assert.equal(classes(arrived ?? human), 'human ai human ai human');
    assert.equal(arrived?.cuts.length, 1);
    assert.deepEqual(left?.cuts, arrived?.cuts);
  });
  it('carries the rest of a block to another file of which the first line stood there', () => {
    const from = perLine([
      ['const first = 1;', 'H'],
      ['const second = 2;', 'H'],
      ['const third = 3;', 'A'],
    ]);
    const to = perLine([['const first = 1;', 'H']]);
    const [, arrived] = rewriteStep(
      [
        { before: from, after: 'const third = 3;\n' },
        { before: to, after: 'const first = 1;\nconst second = 2;\n' },
      ],
      by('U'),
    );
    assert.equal(arrived && classes(arrived), 'human human');
    const [, alone] = rewriteStep(
      [
        { before: from, after: 'const first = 1;\nconst third = 3;\n' },
        { before: to, after: 'const first = 1;\nconst second = 2;\n' },
      ],
      by('U'),
    );
    assert.equal(alone && classes(alone), 'human unknown');
  });
  it('keeps the source of a single line that a person moves, not of one that an AI moves', () => {
    const before = perLine([
      ['alphaOfAi();', 'A'],
      ['beta();', 'H'],
      ['gamma();', 'H'],
    ]);
    const after = 'beta();\ngamma();\nalphaOfAi();\n';
    assert.equal(classes(rewriteText(before, after, by('H'))), 'human human ai');
    assert.equal(classes(rewriteText(before, after, by('U'))), 'human human ai');
    const typed = perLine([
      ['alphaOfPerson();', 'H'],
      ['beta();', 'A'],
      ['gamma();', 'A'],
    ]);
    const moved = 'beta();\ngamma();\nalphaOfPerson();\n';
    assert.equal(classes(rewriteText(typed, moved, by('A'))), 'ai ai ai');
    assert.equal(classes(rewriteText(typed, moved, by('U'))), 'ai ai unknown');
  });
  it('counts removed lines', () => {
    const result = rewriteText(human, 'const d = 4;\n', by('A'));
    assert.equal(classes(result), 'human');
    assert.equal(result.cuts.length, 3);
  });
  it('copes with a missing line end on either side', () => {
    assert.equal(classes(rewriteText(drawn('a();', 'HHHH'), 'a();\nb();', by('A'))), 'human ai');
    assert.equal(classes(rewriteText(drawn('a();\nb();\n', 'HHHHHHHHHH'), 'a();\nb();', by('A'))), 'human human');
  });

  it('always covers the text it was given', () => {
    const line = fc.constantFrom('a();', '  a();', 'b(1);', '}', '', 'const x = y;', 'const x = z;');
    const text = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
      .map(([lines, end]) => lines.join('\n') + (end ? '\n' : ''));
    fc.assert(
      fc.property(text, text, text, (first, second, third) => {
        const one = rewriteText(attributedBy(by('H'), first), second, by('A'));
        const two = rewriteText(one, third, by('U'));
        assert.equal(two.text, third);
        assert.ok(isConsistent(two));
      }),
      { numRuns: 500 },
    );
  });
});
