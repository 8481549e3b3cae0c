import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { attributedBy, isConsistent } from '../../../src/core/attribution/attributed';
import { classifyLines } from '../../../src/core/attribution/lineClass';
import { rewriteText } from '../../../src/core/attribution/rewrite';
import { by, drawn } from './notation';

/** Each line with the letter of who wrote it, and what somebody unseen made of all of them: a letter for each line's class. */
function classesOf(lines: readonly (readonly [who: string, line: string])[], text: string, who = 'U'): string {
  const before = drawn(
    lines.map(([, line]) => `${line}\n`).join(''),
    lines.map(([letter, line]) => letter.repeat(line.length + 1)).join(''),
  );
  const result = rewriteText(before, text, by(who));
  assert.ok(isConsistent(result));
  const letters = { ai: 'A', 'ai-edited': 'E', human: 'H', pasted: 'P', unknown: 'U' };
  return classifyLines(result, 'a.ts', () => undefined)
    .map(({ class: kind }) => letters[kind])
    .join('');
}

describe('a text that is laid out anew where nobody looks', () => {
  const mixed = [
    ['H', 'const mine = 1'],
    ['A', "export const pick = a=>{ return a.filter(b=>b!=null).map(c=>({ 'key':c, other:'x' })) }"],
    ['H', 'print(mine)'],
  ] as const;

  it('keeps every origin through wraps, quotes, semicolons, commas and the parentheses of arrow functions', () => {
    const text = `const mine = 1;
export const pick = (a) => {
  return a
    .filter((b) => b != null)
    .map((c) => ({
      key: c,
      other: "x",
    }));
};
print(mine);
`;
    for (const who of ['U', 'A', 'P', 'H']) assert.equal(classesOf(mixed, text, who), 'HAAAAAAAAH', who);
  });

  it('keeps them where several lines become one', () => {
    const lines = [
      ['A', 'call('],
      ['A', '  one,'],
      ['A', '  two,'],
      ['A', ');'],
      ['H', 'call(three);'],
    ] as const;
    assert.equal(classesOf(lines, 'call(one, two)\ncall(three)\n'), 'AH');
  });

  it('keeps them where another depth makes lines look like those of elsewhere', () => {
    const lines = [
      ['A', '    run('],
      ['A', "        'one'"],
      ['A', '    );'],
      ['H', '    if (two) {'],
      ['H', '        run('],
      ['H', "            'two'"],
      ['H', '        );'],
      ['H', '    }'],
    ] as const;
    const text = '  run(\n    "one",\n  );\n  if (two) {\n    run(\n      "two",\n    );\n  }\n';
    assert.equal(classesOf(lines, text), 'AAAHHHHH');
  });

  it('says of what was written anew between what it says elsewhere', () => {
    const text = `const mine = 1;
export const pick = (a) => {
  return a.filter((b) => b != null).map((c) => ({ key: c, other: "x" }));
};
wholly(new, line);
print(mine);
`;
    assert.equal(classesOf(mixed, text), 'HAAAUH');
  });

  for (const [what, old, now] of [
    ['an operator', 'total = first + second', 'total = first - second;'],
    ['parentheses that group', 'total = first + second * third', 'total = (first + second) * third;'],
    ['a word', 'total = first + second', 'total = first + other;'],
    ['a name that becomes a string', 'total = get(first)', 'total = get("first");'],
    ['an index', 'total = first[second]', 'total = first(second);'],
    ['a negation', 'if (first) second()', 'if (!first) second();'],
  ] as const) {
    it(`does not take ${what} for layout`, () => {
      assert.equal(classesOf([['H', old]], `${now}\n`), 'U');
      assert.equal(classesOf([['H', old]], `${now}\n`, 'A'), 'E');
    });
  }

  it('follows each word through any layout', () => {
    const word = fc.constantFrom(...'abcdefgh').map((letter) => letter.repeat(3));
    const line = fc.array(word, { minLength: 1, maxLength: 6 });
    const gap = fc.constantFrom(' ', '  ', '\n', '\n\t', ', ', '; ', ' ,\n');
    const input = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'H', 'P'), line), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(input, fc.array(gap, { minLength: 48, maxLength: 48 }), (lines, gaps) => {
        const old = lines.map(([who, words]) => [who, words.join(' ')] as const);
        const before = drawn(
          old.map(([, text]) => `${text}\n`).join(''),
          old.map(([who, text]) => who.repeat(text.length + 1)).join(''),
        );
        const words = lines.flatMap(([who, own]) => own.map((text) => ({ who, text })));
        const text = words
          .map((one, index) => `${one.text}${index + 1 < words.length ? gaps[index % 48] : ''}`)
          .join('');
        const result = rewriteText(before, text, by('U'));
        let at = 0;
        for (const [index, { who, text: own }] of words.entries()) {
          let offset = 0;
          const run = result.runs.find((each) => {
            offset += each.length;
            return offset > at;
          });
          assert.equal(run?.kind === 'made' ? run.source : undefined, by(who), `word ${index} of ${text}`);
          at += own.length + (gaps[index % 48]?.length ?? 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('knows what a real formatter makes of real code', function () {
    this.timeout(60_000);
    const root = resolve(import.meta.dirname, '../../..');
    const folder = join(root, 'src/core/attribution');
    const options = [
      ...['--indent-style=space', '--indent-width=8', '--line-width=60', '--javascript-formatter-quote-style=double'],
      ...[
        '--semicolons=as-needed',
        '--trailing-commas=none',
        '--arrow-parentheses=as-needed',
        '--javascript-formatter-bracket-spacing=false',
      ],
    ];
    let lines = 0;
    let known = 0;
    for (const name of readdirSync(folder).slice(0, 6)) {
      const text = readFileSync(join(folder, name), 'utf8');
      const args = ['format', ...options, `--stdin-file-path=${name}`];
      const { stdout, status, stderr } = spawnSync(
        process.execPath,
        [join(root, 'node_modules/@biomejs/biome/bin/biome'), ...args],
        {
          cwd: folder,
          input: text,
          encoding: 'utf8',
        },
      );
      assert.equal(status, 0, stderr);
      assert.notEqual(stdout, text);
      const classes = classifyLines(rewriteText(attributedBy(by('H'), text), stdout, by('U')), name, () => undefined);
      lines += classes.length;
      known += classes.filter(({ class: kind }) => kind === 'human').length;
    }
    assert.ok(known >= lines * 0.99, `${known} of ${lines} lines`);
  });
});
