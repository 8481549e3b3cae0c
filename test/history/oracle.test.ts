import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { planOf, runPlan } from '../fuzz/history';

/*
 * Random histories against an oracle that needs no model: every line says who wrote it, so what it has to count as can be
 * read off the text. After each step all lines of all files are asked for, on disk and in HEAD.
 *
 * A few of them, for a short time; `npm run fuzz -- --seed N --steps N --seconds N` runs more and shrinks what goes wrong.
 */
const seconds = 30;
const steps = 40;

describe('a random history', () => {
  it('keeps who wrote each line', async () => {
    const until = Date.now() + seconds * 1000;
    for (let seed = 1; seed === 1 || Date.now() < until; seed++) {
      const { problems, log } = await runPlan(planOf(seed, steps), { until: until + 20_000 });
      assert.deepEqual(problems, [], `seed ${seed}:\n${log.join('\n')}`);
    }
  }).timeout(seconds * 1000 + 120_000);
});
