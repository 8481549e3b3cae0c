import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { RepoPath, Sha } from '../../src/core/brand';
import { blameFile } from '../../src/git/blame';
import { repoPathOfBytes } from '../../src/git/repoPath';
import { hostileNames, runGit, type TestRepo, testRepo } from './testRepo';

for (const format of ['sha1', 'sha256'] as const) {
  describe(`blame in a ${format} repository`, () => {
    let repo: TestRepo;
    const commits = new Map<Sha, string>();
    const a = 'a' as RepoPath;
    before(async () => {
      repo = await testRepo(`--object-format=${format}`);
      repo.write('old', '1\n2\n3\n4\n5\n');
      commits.set(repo.commit(), 'one');
      repo.sh('mv', 'old', 'a');
      repo.write('a', '0\n1\n2\n3\n4\n5\n');
      commits.set(repo.commit(), 'two');
      repo.write('a', '0\n1\nx\n3\n4\n5\n');
      for (const name of hostileNames) repo.write(name, 'x\n');
      commits.set(repo.commit(), 'three');
    });
    after(() => repo.remove());

    /** `one:old:1` for each line: commit, path and number there. */
    const shown = async (...args: Parameters<typeof blameFile> extends [unknown, ...infer Rest] ? Rest : never) => {
      const result = await blameFile(repo.git, ...args);
      if (result.kind !== 'found') return result.kind;
      return result.lines.map(
        ({ commit, origPath, origLine, finalLine }) =>
          `${finalLine} ${commit === undefined ? '-' : commits.get(commit)}:${origPath}:${origLine}`,
      );
    };
    const whole = ['1 two:a:1', '2 one:old:1', '3 three:a:3', '4 one:old:3', '5 one:old:4', '6 one:old:5'];

    it('finds commit, path and number of each line', async () => {
      assert.deepEqual(await shown('HEAD', a), whole);
      assert.deepEqual(await shown('HEAD~', a), [...whole.slice(0, 2), '3 one:old:2', ...whole.slice(3)]);
      assert.deepEqual(await shown(repo.sh('rev-parse', 'HEAD'), a), whole);
    });

    it('looks at some lines', async () => {
      assert.deepEqual(await shown('HEAD', a, { lines: [2, 3] }), whole.slice(1, 3));
      assert.deepEqual(await shown('HEAD', a, { lines: [6, 99] }), whole.slice(5));
      assert.deepEqual(await shown('HEAD', a, { lines: [7, 8] }), []);
    });

    it('takes the file on disk, or what is given for it', async () => {
      repo.write('a', '0\n1\nx\nnew\n3\n');
      assert.deepEqual(await shown(undefined, a), [...whole.slice(0, 3), '4 -:a:4', '5 one:old:3']);
      repo.sh('checkout', '-q', 'a');
      assert.deepEqual(await shown(undefined, a, { contents: Buffer.from('\xff\n5\n', 'latin1') }), [
        '1 -:a:1',
        '2 one:old:5',
      ]);
      assert.deepEqual(await shown(undefined, a, { contents: Buffer.alloc(0) }), []);
      await assert.rejects(shown('HEAD', a, { contents: Buffer.alloc(0) }));
    });

    it('says when there is no such file', async () => {
      repo.write('untracked', 'x\n');
      assert.equal(await shown('HEAD', 'none' as RepoPath), 'no-path');
      assert.equal(await shown(undefined, 'none' as RepoPath), 'no-path');
      assert.equal(await shown(undefined, 'untracked' as RepoPath), 'no-path');
      assert.equal(await shown(undefined, 'untracked' as RepoPath, { contents: Buffer.from('x\n') }), 'no-path');
      const unborn = await testRepo(`--object-format=${format}`);
      unborn.write('a', 'x\n');
      assert.equal((await blameFile(unborn.git, undefined, a)).kind, 'no-path');
      unborn.remove();
      await assert.rejects(shown('--contents=x', a), { code: 'bad-input' });
    });

    it('reads every name', async () => {
      for (const name of hostileNames) {
        const path = repoPathOfBytes(Buffer.from(name));
        assert.deepEqual(await shown('HEAD', path), [`1 three:${path}:1`]);
        assert.deepEqual(await shown(undefined, path, { contents: Buffer.from('x\ny') }), [
          `1 three:${path}:1`,
          `2 -:${path}:2`,
        ]);
      }
      assert.equal(await shown('HEAD', repoPathOfBytes(Buffer.from([0xfe]))), 'no-path');
    });

    it('is the same whatever is configured', async () => {
      repo.write('../ignored', `${[...commits.keys()].join('\n')}\n`);
      const settings = ['blame.ignoreRevsFile=../ignored', 'blame.coloring=repeatedLines', 'blame.showRoot=false'];
      settings.push(
        'blame.blankBoundary=true',
        'diff.algorithm=patience',
        'diff.renames=false',
        'core.quotePath=false',
      );
      settings.push('diff.x.textconv=false', 'blame.ignoreRevsFile=none', 'color.ui=always', 'blame.date=relative');
      for (const setting of settings) repo.sh('config', '--add', ...setting.split('='));
      repo.write('.git/info/attributes', '* diff=x\n');
      assert.deepEqual(await shown('HEAD', a), whole);
    });

    it('agrees with porcelain output on a longer history', async () => {
      for (let round = 0; round < 12; round += 1) {
        repo.write(
          'long',
          Array.from({ length: 60 }, (_, n) => `${n} ${(n * 7) % (round + 3) === 0 ? round : ''}\n`).join(''),
        );
        commits.set(repo.commit(), `r${round}`);
      }
      const porcelain = runGit(repo.root, repo.env, [
        'blame',
        '--porcelain',
        '--no-ignore-revs-file',
        '--no-textconv',
        'HEAD',
        '--',
        'long',
      ]);
      const heads = porcelain.split('\n').filter((line) => /^[0-9a-f]{40,} \d+ \d+/.test(line));
      const expected = heads
        .map((line) => line.split(' '))
        .map(([sha, orig, final]) => `${final} ${commits.get(sha as Sha)}:long:${orig}`);
      assert.deepEqual(await shown('HEAD', 'long' as RepoPath), expected);
    });
  });
}
