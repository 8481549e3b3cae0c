import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { recallMoved } from '../../../src/core/capture/recallMoved';
import { drawn, letters } from '../attribution/notation';

describe('text that just left other documents', () => {
  const check = (
    name: string,
    given: { readonly text: string; readonly owner: string; readonly left: readonly (readonly [string, string])[] },
    expected: string,
  ): void => {
    it(name, () => {
      const left = given.left.map(([text, owner]) => drawn(text, owner));
      assert.equal(letters(recallMoved(drawn(given.text, given.owner), left)).replace(/\?/g, 'U'), expected);
    });
  };

  const block = 'first(line);\nanother(line);\n';
  const owner = `${'A'.repeat(13)}${'H'.repeat(15)}`;

  check(
    'a block in a file that holds other lines',
    { text: `mine();\n${block}`, owner: `HHHHHHHH${'U'.repeat(28)}`, left: [[block, owner]] },
    `HHHHHHHH${'A'.repeat(12)}U${'H'.repeat(14)}U`,
  );
  check(
    'a block in a new file, below lines that are new',
    { text: `import x;\n\n${block}`, owner: 'U'.repeat(39), left: [[block, owner]] },
    `${'U'.repeat(11)}${owner}`,
  );
  check(
    'a block that is indented otherwise',
    {
      text: 'mine();\n  first(line);\n  last(line);\n',
      owner: `HHHHHHHH${'U'.repeat(29)}`,
      left: [['first(line);\nlast(line);\n', 'A'.repeat(25)]],
    },
    `HHHHHHHHUU${'A'.repeat(12)}UUU${'A'.repeat(11)}U`,
  );
  check(
    'a line alone, which stands anywhere',
    { text: 'mine();\nreturn;\n', owner: 'HHHHHHHHUUUUUUUU', left: [['return;\n', 'HHHHHHHH']] },
    'HHHHHHHHUUUUUUUU',
  );
});
