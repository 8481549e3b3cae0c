import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { runsLength } from '../../../src/core/attribution/runs';
import { notebookText } from '../../../src/core/capture/notebookText';
import { drawn } from '../attribution/notation';

const file = (...sources: readonly (readonly string[])[]): string =>
  JSON.stringify(
    {
      cells: sources.map((source) => ({
        cell_type: 'code',
        execution_count: null,
        metadata: {},
        outputs: ['x'],
        source,
      })),
      nbformat: 4,
    },
    undefined,
    1,
  );

/** The kinds under each line of the file that holds `wanted`. */
function under(text: string, cells: Parameters<typeof notebookText>[1], wanted: string): string {
  const { runs } = notebookText(text, cells);
  assert.equal(runsLength(runs), text.length);
  const at = text.indexOf(wanted);
  let offset = 0;
  for (const run of runs) {
    offset += run.length;
    if (at < offset) return run.kind === 'made' ? run.source.origin.kind : run.kind;
  }
  return 'nothing';
}

describe('the file of a notebook', () => {
  const text = file(['ai()\n', 'me("é\\n")'], ['a = 1', 'zz']);
  const cells = [drawn('ai()\nme("é\\n")', 'AAAAAHHHHHHHHH'), drawn('a = 1', 'PPPPP')];
  it('has the lines of its cells', () => {
    assert.equal(under(text, cells, 'ai()'), 'ai');
    assert.equal(under(text, cells, 'me('), 'human');
    assert.equal(under(text, cells, '"a = 1"'), 'pasted');
  });
  it('has a frame that the editor writes', () => assert.equal(under(text, cells, '"cell_type"'), 'human'));
  it('has outputs that nobody knows', () => assert.equal(under(text, cells, '"x"'), 'unknown'));
  it('has lines that no cell knows', () => assert.equal(under(text, cells, '"zz"'), 'unknown'));
  it('may be anything else', () => assert.equal(under('no json', cells, 'no'), 'unknown'));
});
