import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { bytesOfRepoPath, repoPathOfBytes } from '../../src/git/repoPath';
import { listIndex, listTree, listWorktrees, readStatus } from '../../src/git/worktree';
import { hostileNames, opened, runGit, type TestRepo, testRepo } from './testRepo';

for (const format of ['sha1', 'sha256'] as const) {
  describe(`worktree of a ${format} repository`, () => {
    let repo: TestRepo;
    const names = hostileNames.map((name) => Buffer.from(name)).sort(Buffer.compare);
    before(async () => {
      repo = await testRepo(`--object-format=${format}`);
      for (const name of hostileNames) repo.write(name, 'x\n');
      repo.write('dir/a', '1\n');
      repo.write('dir/b', '1\n');
      repo.write('.gitignore', 'ignored\n');
      repo.commit();
    });
    after(() => repo.remove());

    it('lists index and tree with every name', async () => {
      const all = await listIndex(repo.git);
      assert.equal(all.length, names.length + 3);
      assert.deepEqual(
        await listTree(repo.git, 'HEAD'),
        all.map(({ stage: _, ...rest }) => rest),
      );
      for (const name of names) {
        const path = repoPathOfBytes(name);
        const [entry, ...rest] = await listIndex(repo.git, [path]);
        assert.deepEqual([entry && bytesOfRepoPath(entry.path), entry?.stage, rest.length], [name, 0, 0]);
      }
      assert.deepEqual(
        (await listIndex(repo.git, [repoPathOfBytes(Buffer.from('dir'))])).map(({ path }) => path),
        ['dir/a', 'dir/b'],
      );
      assert.deepEqual(await listIndex(repo.git, []), []);
    });

    it('sees what changed, on disk and in the index', async () => {
      assert.deepEqual(await readStatus(repo.git), []);
      for (const setting of [
        'status.relativePaths=false',
        'status.showStash=true',
        'status.branch=true',
        'status.short=true',
      ]) {
        repo.sh('config', ...setting.split('='));
      }
      repo.sh('config', 'status.showUntrackedFiles', 'no');
      repo.sh('config', 'status.renames', 'copies');
      repo.sh('mv', 'dir/a', 'dir/moved');
      rmSync(join(repo.root, 'dir/b'));
      repo.write('new/one\n', '1\n');
      repo.write(Buffer.from('new/\xff', 'latin1'), '1\n');
      repo.write('ignored', '1\n');
      for (const name of hostileNames) repo.write(name, 'changed\n');
      const entries = await readStatus(repo.git);
      const codes = new Map(entries.map(({ path, code }) => [path as string, code]));
      assert.deepEqual(
        ['dir/a', 'dir/moved', 'dir/b', 'new/one\n', '"new/\\377"', 'ignored'].map((path) => codes.get(path)),
        ['D.', 'A.', '.D', '??', '??', undefined],
      );
      for (const name of names) assert.equal(codes.get(repoPathOfBytes(name)), '.M');
      const b = entries.find(({ path }) => path === 'dir/b');
      const oid = repo.sh('rev-parse', 'HEAD:dir/b');
      assert.deepEqual([b?.headOid, b?.indexOid, b?.headMode, b?.diskMode], [oid, oid, '100644', undefined]);
      for (const name of ['dir', '-dash', '*.glob[x]?', Buffer.from('new/\xff', 'latin1')]) {
        const some = await readStatus(repo.git, { paths: [repoPathOfBytes(Buffer.from(name))] });
        assert.equal(some.length, name === 'dir' ? 3 : 1, String(name));
      }
      repo.sh('reset', '-q', '--hard');
      repo.sh('clean', '-fdq');
    });

    it('sees conflicts', async () => {
      repo.sh('checkout', '-q', '-b', 'side');
      repo.write('dir/a', 'side\n');
      repo.commit();
      repo.sh('checkout', '-q', 'main');
      repo.write('dir/a', 'main\n');
      repo.commit();
      assert.throws(() => repo.sh('merge', 'side'));
      assert.deepEqual(
        (await readStatus(repo.git)).map(({ kind, path, code }) => [kind, path, code]),
        [['unmerged', 'dir/a', 'UU']],
      );
      assert.deepEqual(
        (await listIndex(repo.git, [repoPathOfBytes(Buffer.from('dir/a'))])).map(({ stage }) => stage),
        [1, 2, 3],
      );
      repo.sh('merge', '--abort');
    });

    it('lists work trees', async () => {
      const linked = join(repo.root, '..', 'linked\ntree');
      repo.sh('worktree', 'add', '-q', '--detach', linked);
      const head = repo.sh('rev-parse', 'HEAD');
      const plain = { head, bare: false, locked: false, prunable: false };
      assert.deepEqual(await listWorktrees(repo.git), [
        { ...plain, path: repo.root, branch: 'refs/heads/main' },
        { ...plain, path: linked, branch: undefined },
      ]);
      repo.sh('worktree', 'lock', '--reason', 'a b', linked);
      assert.equal((await listWorktrees(await opened(linked, repo.env)))[1]?.locked, true);
      repo.sh('worktree', 'unlock', linked);
      rmSync(linked, { recursive: true });
      assert.equal((await listWorktrees(repo.git))[1]?.prunable, true);
      const bare = join(repo.root, '..', 'bare.git');
      runGit(repo.root, repo.env, ['init', '-q', '--bare', bare]);
      const [only] = await listWorktrees(await opened(bare, repo.env));
      assert.deepEqual([only?.bare, only?.head, only?.branch], [true, undefined, undefined]);
    });
  });
}
