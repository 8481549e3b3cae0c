import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import { diffTrees } from '../../src/git/diff';
import { withEnvironment } from '../../src/git/git';
import { mergeTree, mergeTreesFromBase, trialMerge } from '../../src/git/mergeTree';
import { writeBlob } from '../../src/git/objects';
import { openScratch } from '../../src/git/scratch';
import { type TestRepo, testRepo } from './testRepo';

for (const format of ['sha1', 'sha256'] as const) {
  describe(`trial merges in a ${format} repository`, () => {
    let repo: TestRepo;
    const c: Record<string, Sha> = {};
    const branch = (name: string, from: string, path: string, content: string): void => {
      repo.sh('checkout', '-q', '-b', name, from);
      repo.write(path, content);
      c[name] = repo.commit(name);
    };
    const tree = (name: string): Sha => repo.sh('rev-parse', `${name}^{tree}`) as Sha;
    before(async () => {
      repo = await testRepo(`--object-format=${format}`);
      repo.write('a', '1\n2\n3\n4\n5\n6\n7\n');
      repo.write('b', 'b\n');
      repo.commit('base');
      branch('top', 'main', 'a', '0\n2\n3\n4\n5\n6\n7\n');
      branch('end', 'main', 'a', '1\n2\n3\n4\n5\n6\n8\n');
      branch('clash', 'main', 'a', 'x\n2\n3\n4\n5\n6\n7\n');
      repo.write('odd\nname', 'x');
      repo.sh('checkout', '-q', '--orphan', 'alone');
      c['alone'] = repo.commit();
      repo.sh('checkout', '-q', 'main');
    });
    after(() => repo.remove());

    it('merges as git does, and leaves nothing behind', async () => {
      const before = repo.sh('count-objects', '-v');
      const merged = await trialMerge(repo.git, c['top']!, c['end']!);
      assert.equal(repo.sh('count-objects', '-v'), before);
      repo.sh('checkout', '-q', '--detach', 'top');
      repo.sh('merge', '-q', '--no-edit', 'end');
      assert.deepEqual(merged, { kind: 'clean', tree: tree('HEAD') });
    });

    it('says what conflicts', async () => {
      const merged = await trialMerge(repo.git, c['top']!, c['clash']!);
      assert.ok(merged.kind === 'conflict');
      assert.deepEqual(merged.paths, ['a']);
      assert.deepEqual(await trialMerge(repo.git, c['top']!, c['alone']!), { kind: 'unrelated' });
      await assert.rejects(trialMerge(repo.git, c['top']!, c['top']!.replace(/./g, '1') as Sha), {
        code: 'git-failed',
      });
    });

    it('goes by the objects alone', async () => {
      repo.write('.gitattributes', '* merge=union\n');
      repo.write('.git/info/attributes', '* merge=ours\n');
      repo.sh('config', 'merge.ours.driver', 'true');
      repo.sh('config', 'merge.default', 'ours');
      repo.sh('config', 'merge.renames', 'false');
      assert.equal((await trialMerge(repo.git, c['top']!, c['clash']!)).kind, 'conflict');
      repo.sh('clean', '-fdq');
    });

    it('merges trees from a named base', async () => {
      const scratch = await openScratch(repo.git);
      const [base, ours, theirs] = [tree('main'), tree('top'), tree('end')];
      const merged = await mergeTreesFromBase(scratch.git, { base, ours, theirs });
      assert.deepEqual(merged, await mergeTree(scratch.git, c['top']!, c['end']!));
      assert.deepEqual(await mergeTreesFromBase(scratch.git, { base, ours, theirs: ours }), {
        kind: 'clean',
        tree: ours,
      });
      assert.deepEqual(await mergeTreesFromBase(scratch.git, { base, ours: base, theirs }), {
        kind: 'clean',
        tree: theirs,
      });
      assert.equal((await mergeTreesFromBase(scratch.git, { base, ours, theirs: tree('clash') })).kind, 'conflict');
      await scratch.dispose();
    });

    it('lets the result be read until it is disposed', async () => {
      const scratch = await openScratch(repo.git);
      const merged = await mergeTree(scratch.git, c['top']!, c['clash']!);
      assert.ok(merged.kind === 'conflict');
      const changes = await diffTrees(scratch.git, tree('top'), merged.tree);
      assert.match(String(changes[0]?.hunks[0]?.added[0]), /^<<<<<<< /);
      await scratch.dispose();
      await scratch.dispose();
      assert.equal(existsSync(scratch.git.gitDir), false);
    });

    it('sees objects that stand in a quarantine', async () => {
      const outer = await openScratch(repo.git);
      const quarantined = withEnvironment(repo.git, {
        GIT_OBJECT_DIRECTORY: outer.git.env['GIT_OBJECT_DIRECTORY'],
        GIT_ALTERNATE_OBJECT_DIRECTORIES: outer.git.env['GIT_ALTERNATE_OBJECT_DIRECTORIES'],
      });
      const blob = await writeBlob(quarantined, Buffer.from('quarantined'));
      const inner = await openScratch(quarantined);
      assert.equal(await inner.git.text(['cat-file', 'blob', blob]), 'quarantined');
      assert.equal(await inner.git.text(['cat-file', '-t', c['top']!]), 'commit');
      await inner.dispose();
      await outer.dispose();
    });
  });
}
