import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { isProtectedRef } from '../../src/core/policy/protectedRefs';
import { formatProtectFile } from '../../src/setup/protectFile';

const seed = 20_260_401;
const atom = fc.constantFrom(
  'a',
  'b',
  'a',
  '/',
  '*',
  '**',
  '/**/',
  '?',
  '[a-b]',
  '[!a]',
  '[[:alpha:]]',
  '\\*',
  'é',
  '#',
  '!',
);
const glob = fc.array(atom, { minLength: 1, maxLength: 5 }).map((atoms) => atoms.join(''));
const name = fc
  .array(fc.constantFrom('a', 'b', '/', 'é', '#', '!', 'ab'), { minLength: 1, maxLength: 6 })
  .map((atoms) => atoms.join(''));

describe('the patterns that a push is compared with in the shell', () => {
  it('cover what the policy protects, whatever the shell takes for a character', () => {
    const pairs = fc
      .sample(
        fc.tuple(
          fc.oneof(
            glob,
            glob.map((each) => `refs/heads/${each}`),
          ),
          name,
        ),
        { seed, numRuns: 20_000 },
      )
      .map(([entry, short]) => [entry, `refs/heads/${short}`] as const)
      .filter(([entry, ref]) => isProtectedRef([entry], ref));
    assert.ok(pairs.length > 200);
    const script = pairs.map(([entry, ref]) => {
      const pattern = formatProtectFile({ homes: [], protect: [entry], tips: [] }).trim();
      return `p='${pattern}'; case '${ref}' in $p) ;; *) echo '${entry} ${ref}' ;; esac\n`;
    });
    const { status, stdout } = spawnSync('sh', [], {
      input: `set -f\n${script.join('')}`,
      env: { ...process.env, LC_ALL: 'C' },
    });
    assert.deepEqual({ status, missed: stdout.toString('utf8') }, { status: 0, missed: '' });
  });
});
