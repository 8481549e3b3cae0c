import assert from 'node:assert/strict';
import { chmodSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import { diffIndex, diffNames, diffTreePairs, diffTrees, emptyTree, type FileChange } from '../../src/git/diff';
import { bytesOfRepoPath } from '../../src/git/repoPath';
import { hostileNames, link, type TestRepo, testRepo } from './testRepo';

/** Letters for what changed: `M a 1,1>1,2 -old +new`. */
function shown(changes: readonly FileChange[]): string[] {
  return changes.map((change) => {
    const from = change.oldPath === undefined ? '' : `${change.oldPath}>`;
    const modes = change.oldMode === change.newMode ? '' : ` ${change.oldMode ?? ''}>${change.newMode ?? ''}`;
    const hunks = change.hunks.map((hunk) => {
      const lines = [...hunk.removed.map((line) => `-${line}`), ...hunk.added.map((line) => `+${line}`)].join(' ');
      const ends = `${hunk.oldNoEol ? ' old!' : ''}${hunk.newNoEol ? ' new!' : ''}`;
      return ` ${hunk.oldStart},${hunk.oldCount}>${hunk.newStart},${hunk.newCount} ${lines}${ends}`;
    });
    return `${change.status} ${from}${change.path}${modes}${change.binary ? ' bin' : ''}${hunks.join('')}`;
  });
}

for (const format of ['sha1', 'sha256'] as const) {
  describe(`diff in a ${format} repository`, () => {
    let repo: TestRepo;
    before(async () => {
      repo = await testRepo(`--object-format=${format}`);
    });
    after(() => repo.remove());

    /** Commits `before`, then `now` (`undefined` deletes), and shows the difference. */
    const check = (why: string, was: () => void, is: () => void, expected: readonly string[]): void => {
      it(why, async () => {
        for (const name of repo
          .sh('ls-files', '-z')
          .split('\0')
          .filter((name) => name !== '')) {
          rmSync(join(repo.root, name), { recursive: true, force: true });
        }
        was();
        const from = repo.commit();
        is();
        const to = repo.commit();
        assert.deepEqual(shown(await diffTrees(repo.git, from, to)), expected);
        const trees = [from, to].map((commit) => repo.sh('rev-parse', `${commit}^{tree}`) as Sha);
        const [pair] = await diffTreePairs(repo.git, [{ from: trees[0], to: trees[1]! }]);
        assert.deepEqual(shown(pair ?? []), expected);
      });
    };
    const put = (path: string, content: string | Buffer) => (): void => repo.write(path, content);
    const nothing = (): void => undefined;
    const both = (first: () => void, second: () => void) => (): void => {
      first();
      second();
    };
    const gone = (path: string) => (): void => unlinkSync(join(repo.root, path));

    check('nothing', put('a', 'x'), nothing, []);
    check('added', nothing, put('a', '1\n2\n'), ['A a >100644 0,0>1,2 +1 +2']);
    check('deleted', put('a', '1\n'), gone('a'), ['D a 100644> 1,1>0,0 -1']);
    check('empty added', nothing, put('a', ''), ['A a >100644']);
    check('modified', put('a', '1\n2\n3\n'), put('a', '1\nx\ny\n3\n'), ['M a 2,1>2,2 -2 +x +y']);
    check('two places', put('a', '1\n2\n3\n'), put('a', '0\n1\n2\n3\n4\n'), ['M a 0,0>1,1 +0 3,0>5,1 +4']);
    check('end of line lost', put('a', '1\n'), put('a', '1'), ['M a 1,1>1,1 -1 +1 new!']);
    check('end of line won', put('a', '1'), put('a', '1\n'), ['M a 1,1>1,1 -1 +1 old!']);
    check('no end of line', put('a', '1'), put('a', '2'), ['M a 1,1>1,1 -1 +2 old! new!']);
    check('carriage returns', put('a', '1\r\n2\r\n'), put('a', '1\r\n2\n'), ['M a 2,1>2,1 -2\r +2']);
    check(
      'lines that look like a patch',
      put('a', '-- x\n'),
      put('a', '++ y\n@@ -1 +1 @@\ndiff --git a/x b/x\n\\ No\n'),
      ['M a 1,1>1,4 --- x +++ y +@@ -1 +1 @@ +diff --git a/x b/x +\\ No'],
    );
    check('mode alone', put('a', '1\n'), () => chmodSync(join(repo.root, 'a'), 0o755), ['M a 100644>100755']);
    check('binary shows its lines', put('a', 'x\0y\n1\n'), put('a', 'x\0y\n2\n'), ['M a bin 2,1>2,1 -1 +2']);
    check('binary added', nothing, put('a', 'x\0'), ['A a >100644 bin 0,0>1,1 +x\0 new!']);
    check('a NUL late in the file', put('a', `${'x'.repeat(8000)}\0\n1\n`), put('a', `${'x'.repeat(8000)}\0\n`), [
      'M a 2,1>1,0 -1',
    ]);
    check('a NUL late in an added file', nothing, put('a', `${'x\n'.repeat(4000)}\0\n`), [
      `A a >100644 0,0>1,4001 ${'+x '.repeat(4000)}+\0`,
    ]);
    check('attributes that hide', put('.gitattributes', '* -diff\n'), put('a', '1\n'), ['A a >100644 0,0>1,1 +1']);
    check('renamed', put('a', '1\n2\n3\n4\n'), both(gone('a'), put('b', '1\n2\n3\n5\n')), ['R a>b 4,1>4,1 -4 +5']);
    check('renamed unchanged', put('a', '1\n2\n3\n4\n'), both(gone('a'), put('n/c', '1\n2\n3\n4\n')), ['R a>n/c']);
    check('too unlike for a rename', put('a', '1\n2\n3\n4\n'), both(gone('a'), put('b', '1\nx\ny\nz\n')), [
      'D a 100644> 1,4>0,0 -1 -2 -3 -4',
      'A b >100644 0,0>1,4 +1 +x +y +z',
    ]);
    check('symbolic link', nothing, () => link(repo, 'l', 'target'), ['A l >120000 0,0>1,1 +target new!']);
    check(
      'file to link',
      put('l', '1\n'),
      both(gone('l'), () => link(repo, 'l', 't')),
      ['T l 100644>120000 1,1>0,0 -1 0,0>1,1 +t new!'],
    );

    it('sees submodules as a line', async () => {
      const from = repo.commit();
      repo.sh('update-index', '--add', '--cacheinfo', `160000,${from},mod`);
      repo.sh('commit', '-q', '-m', 'submodule');
      repo.write('.gitmodules', '[submodule "mod"]\n\tpath = mod\n\turl = x\n\tignore = all\n');
      repo.sh('add', '.gitmodules');
      repo.sh('update-index', '--cacheinfo', `160000,${repo.sh('rev-parse', 'HEAD')},mod`);
      repo.sh('commit', '-q', '-m', 'bump');
      const changes = await diffTrees(repo.git, 'HEAD~', 'HEAD');
      assert.deepEqual(
        changes.map(({ status, path, newMode }) => `${status} ${path} ${newMode}`),
        ['A .gitmodules 100644', 'M mod 160000'],
      );
      assert.equal(String(changes[1]?.hunks[0]?.added[0]), `Subproject commit ${repo.sh('rev-parse', 'HEAD~')}`);
      repo.sh('rm', '-q', '--cached', 'mod', '.gitmodules');
      rmSync(join(repo.root, '.gitmodules'));
    });

    it('reads every name', async () => {
      const from = repo.commit();
      for (const name of hostileNames) repo.write(name, '1\n');
      const to = repo.commit();
      const changes = await diffTrees(repo.git, from, to);
      const sorted = hostileNames.map((name) => Buffer.from(name)).sort(Buffer.compare);
      assert.deepEqual(
        changes.map(({ path }) => bytesOfRepoPath(path)),
        sorted,
      );
      assert.ok(changes.every(({ hunks }) => hunks[0]?.added.length === 1));
      assert.deepEqual(
        (await diffNames(repo.git, from, to)).map(({ path }) => path),
        changes.map(({ path }) => path),
      );
      assert.deepEqual(
        (await diffTrees(repo.git, to, from)).map(({ path }) => path),
        changes.map(({ path }) => path),
      );
    });

    it('compares with the empty tree, in pairs, and equal trees', async () => {
      const to = repo.sh('rev-parse', 'HEAD^{tree}') as Sha;
      const whole = await diffTrees(repo.git, undefined, to);
      assert.equal(whole.length, Number(repo.sh('ls-files').split('\n').length));
      const pairs = await diffTreePairs(repo.git, [
        { from: to, to },
        { from: undefined, to },
        { from: to, to: emptyTree(repo.git) },
        { from: undefined, to: emptyTree(repo.git) },
      ]);
      assert.deepEqual(
        pairs.map(({ length }) => length),
        [0, whole.length, whole.length, 0],
      );
      assert.deepEqual(pairs[1], whole);
      assert.deepEqual(await diffTreePairs(repo.git, []), []);
      await assert.rejects(diffTreePairs(repo.git, [{ from: undefined, to: '1'.repeat(to.length) as Sha }]), {
        code: 'git-failed',
      });
    });
  });
}

describe('diff', () => {
  let repo: TestRepo;
  before(async () => {
    repo = await testRepo();
    repo.write('a', 'f() {\n  1\n}\n\nx\n\ny\n\nf() {\n  2\n}\n');
    repo.write('dir/b', '1\n2\n3\n4\n');
    repo.commit();
    repo.write('a', 'f() {\n  1\n}\n\nX\n\ny\n\nf() {\n  3\n}\n\nf() {\n  2\n}\n');
    repo.sh('mv', 'dir/b', 'dir/c');
    repo.commit();
  });
  after(() => repo.remove());

  it('is the same whatever is configured', async () => {
    const plain = await diffTrees(repo.git, 'HEAD~', 'HEAD');
    const settings = [
      'diff.noprefix=true',
      'diff.mnemonicPrefix=true',
      'diff.srcPrefix=x/',
      'diff.algorithm=patience',
      'diff.indentHeuristic=false',
      'diff.interHunkContext=9',
      'diff.context=9',
      'diff.renames=copies',
      'diff.renameLimit=1',
      'diff.external=false',
      'diff.relative=true',
      'diff.submodule=log',
      'diff.ignoreSubmodules=all',
      'diff.wordRegex=.',
      'diff.suppressBlankEmpty=true',
      'diff.colorMoved=zebra',
      'diff.wsErrorHighlight=all',
      'color.ui=always',
      'color.diff=always',
      'core.quotePath=false',
      'core.abbrev=4',
      'core.pager=false',
      'diff.x.textconv=false',
      'diff.x.command=false',
      'diff.x.binary=true',
      'diff.x.xfuncname=.*',
      `diff.orderFile=${join(repo.root, 'order')}`,
    ];
    for (const setting of settings) repo.sh('config', ...setting.split(/=(.*)/s).slice(0, 2));
    repo.write('order', 'dir/*\n');
    repo.write('.git/info/attributes', '* diff=x\n');
    assert.deepEqual(await diffTrees(repo.git, 'HEAD~', 'HEAD'), plain);
    assert.deepEqual(shown(plain), ['M a 5,1>5,1 -x +X 8,0>9,4 +f() { +  3 +} +', 'R dir/b>dir/c']);
  });

  it('gives context when asked, and finds no renames when told', async () => {
    const changes = await diffTrees(repo.git, 'HEAD~', 'HEAD', { context: 1, renames: 'off' });
    assert.deepEqual(
      changes.map(({ status, path }) => `${status} ${path}`),
      ['M a', 'D dir/b', 'A dir/c'],
    );
    assert.equal(changes[0]?.hunks[0]?.lines.map(({ sign, text }) => `${sign}${text}`).join('|'), ' |-x|+X| ');
    assert.deepEqual(changes[0]?.hunks[0]?.removed.map(String), ['x']);
  });

  it('compares with an index', async () => {
    const other = join(repo.root, '.git/other-index');
    repo.write('staged', '1\n');
    repo.write('intended', '1\n');
    repo.sh('add', 'staged');
    repo.sh('add', '-N', 'intended');
    assert.deepEqual(shown(await diffIndex(repo.git, 'HEAD')), ['A staged >100644 0,0>1,1 +1']);
    assert.equal((await diffIndex(repo.git, undefined)).length, 3);
    assert.deepEqual(
      (await diffIndex(repo.git, 'HEAD', { indexFile: other })).map(({ status }) => status),
      ['D', 'D'],
    );
    repo.sh('rm', '-q', '-f', 'staged', 'intended');
  });

  it('leaves unmerged paths out', async () => {
    repo.sh('checkout', '-q', '-b', 'side', 'HEAD~');
    repo.write('a', 'side\n');
    repo.write('z', 'z\n');
    repo.commit();
    repo.sh('checkout', '-q', 'main');
    assert.throws(() => repo.sh('merge', '-q', 'side'));
    assert.deepEqual(
      (await diffIndex(repo.git, 'HEAD')).map(({ status, path }) => `${status} ${path}`),
      ['A order', 'A z'],
    );
    repo.sh('reset', '-q', '--hard');
  });

  it('refuses what is too large, and what is not there', async () => {
    await assert.rejects(diffTrees(repo.git, undefined, 'HEAD', { maxBytes: 50 }), { code: 'bad-input' });
    await assert.rejects(diffTrees(repo.git, 'HEAD', 'nothing'), { code: 'git-failed' });
    await assert.rejects(diffTrees(repo.git, 'HEAD', '--output=x'), { code: 'git-failed' });
  });
});
