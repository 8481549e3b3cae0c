import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { PathChange, RecordStatus } from '../../../src/core/gate/gateInput';
import { countFor, isReached, measure, rulesOf, unitLines } from '../../../src/core/gate/substantial';
import { change, policyOf, sha } from './gateBuilder';

interface Case {
  readonly policy?: readonly string[];
  readonly change: PathChange;
  readonly record?: RecordStatus;
  /** counting/total lines */
  readonly gives: string;
}

function check(name: string, { policy = [], change: what, record = 'present', gives }: Case) {
  it(name, () => {
    const unit = measure(rulesOf(policyOf(...policy)), what, { commit: sha('a'), record });
    assert.equal(`${unit.counting}/${unit.total} ${unitLines(unit)}`, gives);
  });
}

describe('what counts', () => {
  check('every class that is not human', { change: change('a', 'AEHPU'), gives: '4/5 1-2,4-5' });
  check('only the classes of the policy', { policy: ['count: [ai]'], change: change('a', 'AEHPU'), gives: '1/5 1' });
  check('unknown of one reason', {
    policy: ['count: ["unknown:outside-write"]'],
    change: change('a', 'AHU'),
    gives: '1/3 3',
  });
  check('not unknown of another reason', {
    policy: ['count: ["unknown:forge"]'],
    change: change('a', 'AHU'),
    gives: '0/3 null',
  });
  check('no blank and no moved lines, above or below', { change: change('a', 'A..mmH'), gives: '1/2 1' });
  check('nothing in exempt files', {
    policy: ['exempt: ["*.lock"]'],
    change: change('x/a.lock', 'AAA'),
    gives: '0/0 null',
  });
  check('an exempt file renamed out of it', {
    policy: ['exempt: ["*.lock"]'],
    change: change('a.ts', 'A', { oldPath: change('a.lock').path }),
    gives: '1/1 1',
  });
  check('an exempt file under both names', {
    policy: ['exempt: ["*.lock"]'],
    change: change('b.lock', 'A', { oldPath: change('a.lock').path }),
    gives: '0/0 null',
  });
  check('lines deleted by an AI or unseen', {
    change: change('a', 'H', {
      deleted: [
        { by: 'ai', count: 3 },
        { by: 'unknown', count: 2 },
        { by: 'human', count: 4 },
      ],
    }),
    gives: '5/10 null',
  });
  check('no deleted blank lines', {
    change: change('a', '', { deleted: [{ by: 'ai', count: 3, skip: 'blank' }] }),
    gives: '0/0 null',
  });
  for (const kind of ['binary', 'mode', 'symlink', 'submodule', 'deletion'] as const) {
    check(`a ${kind} change as one line`, {
      change: change('a', '', { special: { kind, class: 'unknown' } }),
      gives: '1/1 null',
    });
  }
  check('a human binary below only', {
    change: change('a', '', { special: { kind: 'binary', class: 'human' } }),
    gives: '0/1 null',
  });
  check('human lines without a record as unknown', { record: 'missing', change: change('a', 'HHA'), gives: '3/3 1-3' });
  check('human lines with a record of something else as unknown', {
    record: 'mismatch',
    change: change('a', 'HP'),
    gives: '2/2 1-2',
  });
  check("human lines by another tool's record as human", {
    record: 'foreign',
    change: change('a', 'HA'),
    gives: '1/2 2',
  });
  check('deletions without a record as unseen', {
    record: 'missing',
    change: change('a', '', { deleted: [{ by: 'human', count: 2 }] }),
    gives: '2/2 null',
  });
  check('a claim as what it says', { change: change('a', 'CC'), gives: '0/2 null' });
  check('a claim as unknown where the policy asks a senior', {
    policy: ['claims: senior'],
    change: change('a', 'CC'),
    gives: '2/2 1-2',
  });
  check('a claim as unknown on a risk path', {
    policy: ['risks: [{name: r, paths: [pay]}]'],
    change: change('pay/a', 'CC'),
    gives: '2/2 1-2',
  });
});

describe('thresholds', () => {
  const cases: readonly (readonly [string, number, number, boolean])[] = [
    ['{ lines: 20, share: 0.2 }', 20, 100, true],
    ['{ lines: 20, share: 0.2 }', 19, 19, false],
    ['{ lines: 20, share: 0.2 }', 20, 101, false],
    ['{ lines: 20, share: 0.2, atMost: 200 }', 200, 10_000, false],
    ['{ lines: 20, share: 0.2, atMost: 200 }', 201, 10_000, true],
    ['{ lines: 20, share: 0.2, atMost: 5 }', 6, 6, true],
    ['{ lines: 1, share: 0 }', 0, 0, false],
    ['{ lines: 1, share: 1 }', 1, 0, true],
  ];
  for (const [threshold, counting, total, expected] of cases) {
    it(`${threshold} is ${expected ? '' : 'not '}reached by ${counting} of ${total}`, () =>
      assert.equal(isReached(policyOf(`threshold: ${threshold}`).threshold, { counting, total }), expected));
  }
  it('a risk counts its own paths alone, old and new name', () => {
    const rules = rulesOf(policyOf('risks: [{name: r, paths: [pay]}]'));
    const units = [change('a', 'AA'), change('pay/x', 'AH'), change('b', 'A', { oldPath: change('pay/y').path })].map(
      (each) => measure(rules, each, { commit: undefined, record: 'present' }),
    );
    assert.deepEqual(
      rules.all.map((rule) => countFor(rule, units)),
      [
        { counting: 4, total: 5 },
        { counting: 2, total: 3 },
      ],
    );
  });
});
