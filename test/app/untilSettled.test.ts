import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { untilSettled } from '../../src/app/untilSettled';

describe('working out until nothing moves', () => {
  /** `moves`: whether the state moves while the work is done, each time. */
  const check = (name: string, moves: string, wanted: string) =>
    it(name, async () => {
      let state = 0;
      let works = 0;
      const { value, madeFrom } = await untilSettled(
        () => Promise.resolve(`s${state}`),
        () => {
          const seen = state;
          if (moves[works] === 'm') state++;
          works++;
          return Promise.resolve(`of s${seen}`);
        },
      );
      assert.equal(`${works}: ${value}, ${madeFrom}`, wanted);
    });

  check('nothing moves', '....', '1: of s0, s0');
  check('a commit comes meanwhile', 'm...', '2: of s1, s1');
  check('and another one', 'mm..', '3: of s2, s2');
  check('it never ends: what is known is given, and looked at again', 'mmmmmmmm', '4: of s3, undefined');
});
