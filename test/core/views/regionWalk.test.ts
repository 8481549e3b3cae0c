import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RepoPath } from '../../../src/core/brand';
import { nextRegion, type ReviewFile, riskOrder } from '../../../src/core/views/regionWalk';

/** A file of regions drawn as letters: a run of A counts, a run of x is marked and does not, `.` is nobody's. */
function file(path: string, letters: string, risks = 0): ReviewFile {
  const regions = Array.from(letters.matchAll(/A+|x+/g), (run) => ({
    start: run.index + 1,
    count: run[0].length,
    isCounting: run[0].startsWith('A'),
  }));
  return { path: path as RepoPath, risks, regions };
}

const files = [file('b', '.A.x'), file('a', 'AA..AA'), file('pay', '..A', 1), file('none', 'xx')];

function check(name: string, from: string | undefined, expected: string): void {
  it(name, () => {
    const [path, line] = from?.split(':') ?? [];
    const place = nextRegion(files, path === undefined ? undefined : { path: path as RepoPath, line: Number(line) });
    assert.equal(place === undefined ? 'none' : `${place.path}:${place.line}`, expected);
  });
}

describe('the walk through what counts', () => {
  it('takes risky files first, then those with most lines', () =>
    assert.deepEqual(
      riskOrder(files).map(({ path }) => path),
      ['pay', 'a', 'b', 'none'],
    ));
  check('begins at the riskiest', undefined, 'pay:3');
  check('begins anew in a file that is not there', 'gone:1', 'pay:3');
  check('goes on in the next file', 'pay:3', 'a:1');
  check('goes on in the same file', 'a:1', 'a:5');
  check('goes from inside a region to the next', 'a:2', 'a:5');
  check('finds the one ahead of the first', 'b:1', 'b:2');
  check('leaves out what does not count, and goes round', 'b:2', 'pay:3');
  it('goes nowhere where nothing counts', () => assert.equal(nextRegion([file('none', 'xx')], undefined), undefined));
});
