import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { RepoPath } from '../../src/core/brand';
import { unquoteBytes } from '../../src/core/quotedPath';
import { bytesOfRepoPath, isQuotedRepoPath, quoteBytes, repoPathOfBytes } from '../../src/git/repoPath';

const seed = Number(process.env['SEED'] ?? 20260101);

describe('repoPath', () => {
  const check = (bytes: string, text: string): void => {
    it(`${JSON.stringify(bytes)} is ${JSON.stringify(text)}`, () => {
      assert.equal(repoPathOfBytes(Buffer.from(bytes, 'latin1')), text);
      assert.deepEqual(bytesOfRepoPath(text as RepoPath), Buffer.from(bytes, 'latin1'));
    });
  };

  check('src/a.ts', 'src/a.ts');
  check('sp ace\t\n', 'sp ace\t\n');
  check('caf\xc3\xa9', 'café');
  check('caf\xe9', '"caf\\351"');
  check('"x', '"x');
  check('"x"', '"\\"x\\""');
  check('"caf\\351"', '"\\"caf\\\\351\\""');
  check('\x01\xff\n"\\', '"\\001\\377\\n\\"\\\\"');
  check('\xef\xbb\xbfbom', '\ufeffbom');

  it(`gives every bytes one text and back (seed ${seed})`, () => {
    const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array));
    const tricky = fc.array(fc.constantFrom('"', '\\', 'a', '3', '\xff', 'é'), { maxLength: 8 });
    const both = fc.oneof(
      bytes,
      tricky.map((parts) => Buffer.from(parts.join(''), 'latin1')),
    );
    fc.assert(
      fc.property(both, (b) => {
        assert.deepEqual(bytesOfRepoPath(repoPathOfBytes(b)), b);
        assert.deepEqual(unquoteBytes(quoteBytes(b)), b);
      }),
      { seed, numRuns: 2000 },
    );
  });

  it('knows which are quoted', () => {
    assert.equal(isQuotedRepoPath('"x' as RepoPath), false);
    assert.equal(isQuotedRepoPath('"\\377"' as RepoPath), true);
  });
});
