import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import { ObjectReader } from '../../src/git/objectReader';
import { writeTree } from '../../src/git/objects';
import { TreeBlobs } from '../../src/git/treeBlobs';
import { type TestRepo, testRepo } from './testRepo';

describe('where blobs stand', () => {
  let repo: TestRepo;
  let reader: ObjectReader;
  let head: Sha;
  let trees: TreeBlobs;
  const blobAt = (path: string): Sha => repo.sh('rev-parse', `HEAD:${path}`) as Sha;

  before(async () => {
    repo = await testRepo();
    repo.write('a', 'shared\n');
    repo.write('first/b', 'only here\n');
    repo.write('first/c', 'in two folders that are one\n');
    repo.write('second/b', 'only here\n');
    repo.write('second/c', 'in two folders that are one\n');
    head = repo.commit();
    reader = new ObjectReader(repo.git);
    trees = new TreeBlobs(reader, 'sha1');
  });
  after(() => {
    reader.dispose();
    repo.remove();
  });

  it('finds a blob, and the path that is meant where a folder stands twice', async () => {
    assert.deepEqual(await trees.find([head], blobAt('a')), { commit: head, path: 'a' });
    const other = await trees.find([head], blobAt('first/c'), (path) => path !== 'first/c');
    assert.deepEqual(other, { commit: head, path: 'second/c' });
    assert.equal(await trees.find([head], blobAt('first/c'), (path) => path === 'a'), undefined);
    assert.equal(await trees.find([head], head), undefined);
    assert.equal(await trees.find(['1'.repeat(40) as Sha], blobAt('a')), undefined);
  });

  it('ends where few objects make folders without end', async () => {
    let oid = repo.sh('rev-parse', 'HEAD:first') as Sha;
    for (let level = 0; level < 40; level++)
      oid = await writeTree(
        repo.git,
        ['x', 'y', 'z'].map((name) => ({ name, mode: '40000', oid })),
      );
    assert.equal(await trees.find([oid], blobAt('a')), undefined);
    assert.equal((await trees.find([oid], blobAt('first/b')))?.path, `${'x/'.repeat(40)}b`);
  }).timeout(60_000);
});
