import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { sourceBy } from '../../../src/core/attribution/rules';
import { decodeAttribution, encodeAttribution } from '../../../src/core/attribution/stateCodec';
import { claimRange, releaseRange } from '../../../src/core/capture/claimRange';
import { drawn, letters } from '../attribution/notation';

const mine = sourceBy('claim', { kind: 'human', claim: 'claim' });
const theirs = sourceBy('claim', {
  kind: 'ai',
  session: { tool: 'codex', kind: 'chat', evidence: 'declared' },
  claim: 'claim',
});
const said = { by: 'ann', at: 1 };

/** `ai` or `human` for characters that a person spoke of, else the letter. */
function check(what: string, text: string, before: string, source: typeof mine, claimed: string): void {
  it(what, () => {
    const { after, changed } = claimRange(drawn(text, before), 0, text.length, source, said);
    const kinds = after.runs
      .map((run) => (run.kind === 'made' && run.source.claimed !== undefined ? 'C' : '.').repeat(run.length))
      .join('');
    assert.equal(kinds, claimed);
    assert.equal(changed, claimed.replaceAll('.', '').length);
    assert.deepEqual(decodeAttribution(JSON.parse(JSON.stringify(encodeAttribution(after))), text), after);
    const back = releaseRange(after, 0, text.length);
    assert.equal(letters(back.after), before);
    assert.equal(back.changed, changed);
  });
}

describe('what a person says of text, and takes back', () => {
  check('unknown and pasted text is mine', 'abcd', 'UUPP', mine, 'CCCC');
  check('known AI text stays AI', 'abcd', 'UAAP', mine, 'C..C');
  check('committed text is left alone', 'abcd', 'BBUU', mine, '..CC');
  check("what I wrote is an AI's if I say so", 'abcd', 'HHUU', theirs, 'CCCC');

  it('what was said twice goes back to what was known', () => {
    const known = drawn('abcd', 'UUHH');
    const once = claimRange(known, 0, 4, theirs, said).after;
    const twice = claimRange(once, 0, 4, mine, { by: 'bob', at: 2 });
    assert.equal(twice.changed, 4);
    assert.equal(letters(releaseRange(twice.after, 0, 4).after), 'UUHH');
  });

  it('a ledger that says otherwise is not believed', () => {
    const { after } = claimRange(drawn('abcd', 'UUUU'), 0, 4, mine, said);
    const encoded = JSON.parse(JSON.stringify(encodeAttribution(after))) as {
      sources: { claimed: { was: unknown } }[];
    };
    for (const source of encoded.sources) source.claimed.was = { rule: 1 };
    assert.equal(decodeAttribution(encoded, 'abcd'), undefined);
  });
});
