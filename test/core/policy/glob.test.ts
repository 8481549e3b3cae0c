import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import {
  compileGlob,
  compileWholeGlob,
  matchesPath,
  matchesWhole,
  type StepCount,
} from '../../../src/core/policy/glob';
import { isProtectedRef } from '../../../src/core/policy/protectedRefs';

function check(pattern: string, yes: readonly string[], no: readonly string[]) {
  it(pattern, () => {
    const glob = compileGlob(pattern);
    for (const path of yes) assert.equal(glob !== undefined && matchesPath(glob, path), true, path);
    for (const path of no) assert.equal(glob !== undefined && matchesPath(glob, path), false, path);
  });
}

describe('globs', () => {
  check('*.lock', ['a.lock', 'x/y/a.lock', 'dir.lock/file'], ['a.lock2', 'lock']);
  check('**/*.lock', ['a.lock', 'x/y/a.lock'], ['a.locks']);
  check('src/pay/**', ['src/pay/a', 'src/pay/b/c'], ['src/pay', 'x/src/pay/a', 'src/payx/a']);
  check('src/pay', ['src/pay', 'src/pay/a'], ['x/src/pay']);
  check('/a', ['a', 'a/b'], ['x/a']);
  check('docs/', ['docs/a', 'x/docs/a'], ['docs', 'x/docs']);
  check('a/**/b', ['a/b', 'a/x/b', 'a/x/y/b/c'], ['a/xb', 'b']);
  check('**', ['a', 'a/b'], []);
  check('[a-c]?.ts', ['ax.ts', 'd/by.ts'], ['dx.ts', 'a.ts', 'axx.ts', 'Ax.ts']);
  check('[!a-c].ts', ['d.ts'], ['a.ts']);
  check('\\*.ts', ['*.ts'], ['a.ts']);
  check('ä?.ts', ['äö.ts', 'ä😀.ts'], ['a.ts']);
  check('[a', [], ['a', '[a']);
  check('/', [], ['a']);

  it('takes steps in proportion to pattern and path, whatever the pattern', () => {
    const name = 'a'.repeat(200);
    for (const pattern of [
      '*a'.repeat(40),
      '**/a/'.repeat(40),
      '*'.repeat(200),
      '?*'.repeat(40),
      `${'**/'.repeat(60)}b`,
      '[a-z]*'.repeat(30),
    ]) {
      for (const path of [`${name}b`, `${name}/`.repeat(10), 'a/'.repeat(100)]) {
        const count: StepCount = { steps: 0 };
        const glob = compileGlob(pattern);
        if (glob !== undefined) matchesPath(glob, path, count);
        assert.ok(count.steps <= 4 * (pattern.length + 1) * (path.length + 1), `${pattern} ${count.steps}`);
      }
    }
  });

  describe('against git check-ignore', () => {
    let repo: string;
    const env = {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    };
    before(() => {
      repo = mkdtempSync(join(tmpdir(), 'countersign-glob-'));
      execFileSync('git', ['init', '-q', repo], { env });
      execFileSync('git', ['-C', repo, 'config', 'core.ignoreCase', 'false'], { env });
    });
    after(() => rmSync(repo, { recursive: true, force: true }));

    it('gives the same answer for every pattern and path', () => {
      const atom = fc.constantFrom(
        'a',
        'b',
        'B',
        '*',
        '?',
        '[ab]',
        '[!a]',
        '[a-b]',
        '\\a',
        '\\*',
        '.',
        '[]a]',
        '[[:alpha:]]',
      );
      // `**` as a whole part only: beside other characters git's answer depends on how much literal text goes before it.
      const part = fc.oneof(
        {
          weight: 3,
          arbitrary: fc
            .array(atom, { minLength: 1, maxLength: 4 })
            .map((atoms) => atoms.join('').replace(/\*{2,}/g, '*')),
        },
        fc.constant('**'),
      );
      const pattern = fc
        .tuple(
          fc.constantFrom('', '', '/'),
          fc.array(part, { minLength: 1, maxLength: 4 }),
          fc.constantFrom('', '', '/', '/**'),
        )
        .map(([head, parts, tail]) => head + parts.join('/') + tail);
      const name = fc.stringMatching(/^[abB*]{1,3}$/);
      const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
      fc.assert(
        fc.property(pattern, fc.array(path, { minLength: 20, maxLength: 40 }), (text, paths) => {
          writeFileSync(join(repo, '.git/info/exclude'), `${text}\n`);
          const ignored = new Set(gitIgnored(repo, env, paths));
          const glob = compileGlob(text);
          for (const each of paths) {
            assert.equal(glob !== undefined && matchesPath(glob, each), ignored.has(each), `${text} on ${each}`);
          }
        }),
        { numRuns: 150, seed: 20260401 },
      );
    }).timeout(60_000);
  });
});

function gitIgnored(repo: string, env: NodeJS.ProcessEnv, paths: readonly string[]): readonly string[] {
  try {
    const input = `${paths.join('\0')}\0`;
    const out = execFileSync('git', ['-C', repo, 'check-ignore', '--no-index', '-z', '--stdin'], {
      env,
      input,
      encoding: 'utf8',
    });
    return out.split('\0').filter((path) => path !== '');
  } catch (error) {
    // Exit code 1: none of them is ignored.
    if (error instanceof Error && 'status' in error && error.status === 1) return [];
    throw error;
  }
}

describe('protected refs', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['main', 'refs/heads/main', true],
    ['main', 'refs/heads/feature/main', false],
    ['main', 'refs/tags/main', false],
    ['release/**', 'refs/heads/release/1.0', true],
    ['release/**', 'refs/heads/release/a/b', true],
    ['release/**', 'refs/heads/release', false],
    ['release/*', 'refs/heads/release/a/b', false],
    ['*', 'refs/heads/main', true],
    ['*', 'refs/heads/a/b', false],
    ['refs/tags/v*', 'refs/tags/v1', true],
    ['refs/tags/v*', 'refs/heads/v1', false],
    ['Main', 'refs/heads/main', false],
  ];
  for (const [pattern, ref, expected] of cases) {
    it(`${pattern} ${expected ? 'protects' : 'does not protect'} ${ref}`, () =>
      assert.equal(isProtectedRef([pattern], ref), expected));
  }
  it('matches a whole name only', () => {
    const glob = compileWholeGlob('a');
    assert.equal(glob !== undefined && matchesWhole(glob, 'a/b'), false);
  });
});
