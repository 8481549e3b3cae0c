import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { RepoPath, Sha } from '../../src/core/brand';
import { BugError } from '../../src/core/errors';
import { parseCommit, readCommit, readCommits } from '../../src/git/commit';
import { FilteredBlobs } from '../../src/git/filteredBlobs';
import { committerIdentity, namelessIdentity } from '../../src/git/identity';
import { ObjectReader } from '../../src/git/objectReader';
import { oidOf, writeBlob, writeObjects, writeTree, writeTreeOfIndex } from '../../src/git/objects';
import { repoPathOfBytes } from '../../src/git/repoPath';
import { parseTree } from '../../src/git/treeObject';
import { hostileNames, opened, runGit, type TestRepo, testRepo } from './testRepo';

for (const format of ['sha1', 'sha256'] as const) {
  describe(`objects in a ${format} repository`, () => {
    let repo: TestRepo;
    let reader: ObjectReader;
    let head: Sha;
    before(async () => {
      repo = await testRepo(`--object-format=${format}`);
      repo.write('a', 'text\0with NUL\n');
      for (const name of hostileNames) repo.write(name, Buffer.concat([Buffer.from('in '), Buffer.from(name)]));
      head = repo.commit();
      reader = new ObjectReader(repo.git);
    });
    after(() => {
      reader.dispose();
      repo.remove();
    });

    it('reads what is there, in the order asked for', async () => {
      const names = ['HEAD', 'HEAD:a', head, 'nothing', 'HEAD:a', '', 'a\0b', 'HEAD^{tree}'];
      const reads = await Promise.all(names.map((name) => reader.read(name)));
      const seen = reads.map((read) => (read.kind === 'found' ? read.type : read.kind));
      assert.deepEqual(seen, ['commit', 'blob', 'commit', 'missing', 'blob', 'missing', 'missing', 'tree']);
      const [, a] = reads;
      assert.ok(a?.kind === 'found');
      assert.equal(a.data.toString(), 'text\0with NUL\n');
    });

    it('is not led astray by names with line feeds', async () => {
      const names = ['x\ny', `${head} commit 3\nabc`, `${head}\n`, '\n', 'HEAD\nHEAD', 'HEAD:a'];
      const reads = await Promise.all(names.map((name) => reader.info(name)));
      assert.deepEqual(
        reads.map(({ kind }) => kind),
        ['missing', 'missing', 'missing', 'missing', 'missing', 'found'],
      );
    });

    it('reads files of every name', async () => {
      for (const name of hostileNames) {
        const read = await reader.readPath('HEAD', repoPathOfBytes(Buffer.from(name)));
        assert.ok(read.kind === 'found', String(name));
        assert.deepEqual(read.data, Buffer.concat([Buffer.from('in '), Buffer.from(name)]));
      }
    });

    it('leaves large content alone', async () => {
      const big = await writeBlob(repo.git, randomBytes(300_000));
      const limited = await reader.readAtMost(big, 299_999);
      assert.deepEqual(limited, { kind: 'too-large', oid: big, type: 'blob', size: 300_000 });
      const whole = await reader.readAtMost(big, 300_000);
      assert.ok(whole.kind === 'found');
      assert.equal(whole.data.length, 300_000);
      assert.equal((await reader.readAtMost('nothing', 1)).kind, 'missing');
    });

    it('writes objects in one go, few or many, with the ids git gives', async () => {
      for (const count of [3, 250]) {
        const datas = Array.from({ length: count }, (_, i) => Buffer.from(i === 2 ? '' : `${i}\n`.repeat(i * 7)));
        const objects = [...datas, Buffer.from('twice'), Buffer.from('twice')].map((data) => ({
          type: 'blob' as const,
          data,
        }));
        const oids = await writeObjects(repo.git, objects);
        for (const [i, oid] of oids.entries()) {
          const read = await reader.read(oid);
          assert.ok(read.kind === 'found');
          assert.deepEqual(read.data, objects[i]?.data);
        }
      }
      repo.sh('fsck', '--strict');
    });

    it('hashes as git does', async () => {
      const data = randomBytes(100);
      const blob = await writeBlob(repo.git, data);
      assert.equal(blob, oidOf(format, 'blob', data));
      assert.equal(blob, runGit(repo.root, repo.env, ['hash-object', '--stdin'], data));
      writeFileSync(join(repo.root, '.gitattributes'), '*.txt text eol=crlf\n');
      const filtered = new FilteredBlobs(repo.git);
      for (const name of ['x.txt', 'a "quoted"\nname.txt']) {
        writeFileSync(join(repo.root, name), 'a\r\nb\r\n');
        assert.equal(await filtered.of(name as RepoPath), oidOf(format, 'blob', Buffer.from('a\nb\n')));
      }
      assert.equal(await filtered.of('gone.txt' as RepoPath), undefined);
      assert.equal(await filtered.of('x.txt' as RepoPath), oidOf(format, 'blob', Buffer.from('a\nb\n')));
      filtered.dispose();
      repo.sh('clean', '-fdq');
    });

    it('takes trees apart and puts them together', async () => {
      const read = await reader.read('HEAD^{tree}');
      assert.ok(read.kind === 'found');
      const entries = parseTree(read.data, format);
      assert.equal(await writeTree(repo.git, [...entries].reverse()), read.oid);
      assert.throws(() => parseTree(read.data.subarray(0, -1), format));
    });

    it('writes the index as a tree', async () => {
      assert.equal(await writeTreeOfIndex(repo.git), repo.sh('rev-parse', 'HEAD^{tree}'));
      const indexFile = join(repo.root, '.git/other-index');
      assert.equal(await writeTreeOfIndex(repo.git, { indexFile }), oidOf(format, 'tree', Buffer.alloc(0)));
    });

    it('parses commits', async () => {
      const read = await readCommit(reader, 'HEAD');
      assert.ok(read.kind === 'found');
      assert.deepEqual(read.commit.author, { name: 'Ana', email: 'ana@example.com', time: 1700000000, zone: '+0100' });
      assert.deepEqual(read.commit.committer, { name: 'Bo', email: 'bo@example.com', time: 1700000100, zone: '-0230' });
      assert.deepEqual([read.oid, read.commit.tree], [head, repo.sh('rev-parse', 'HEAD^{tree}')]);
      assert.deepEqual([read.commit.parents, read.commit.message, read.commit.hasSignature], [[], 'a change\n', false]);
      const kinds = await readCommits(reader, ['HEAD', 'nothing', read.commit.tree]);
      assert.deepEqual(
        kinds.map(({ kind }) => kind),
        ['found', 'missing', 'malformed'],
      );
    });
  });
}

describe('ObjectReader', () => {
  it('fails what is asked after it was disposed, and may be disposed twice', async () => {
    const repo = await testRepo();
    const reader = new ObjectReader(repo.git);
    const waiting = reader.read('HEAD');
    reader.dispose();
    reader.dispose();
    await assert.rejects(waiting, BugError);
    await assert.rejects(reader.read('HEAD'), BugError);
    repo.remove();
  });

  it('fails with the error of a program that is not there, and starts again afterwards', async () => {
    const repo = await testRepo();
    const reader = new ObjectReader({ ...repo.git, start: () => repo.git.start(['no-such-command']) });
    await assert.rejects(reader.read('HEAD'), { code: 'git-failed' });
    await assert.rejects(reader.read('HEAD'), { code: 'git-failed' });
    reader.dispose();
    repo.remove();
  });
});

describe('parseCommit', () => {
  const tree = 'a'.repeat(40);
  const parent = 'b'.repeat(40);
  const person = 'X <x@y> 5 +0000';
  const parse = (text: string): ReturnType<typeof parseCommit> => parseCommit(Buffer.from(text, 'latin1'));

  const check = (why: string, text: string, expected: Record<string, unknown> | undefined): void => {
    it(why, () => {
      const commit = parse(text);
      if (expected === undefined) assert.equal(commit, undefined);
      for (const [key, value] of Object.entries(expected ?? {})) {
        assert.deepEqual(commit?.[key as keyof typeof commit], value);
      }
    });
  };

  const head = `tree ${tree}\nauthor ${person}\ncommitter ${person}\n`;
  check('UTF-8 by default', `${head}\ncaf\xc3\xa9\n`, { message: 'café\n' });
  check('Latin-1 where it is not UTF-8', `${head}\ncaf\xe9\n`, { message: 'café\n' });
  check('the declared encoding', `${head}encoding windows-1251\n\n\xcf\xf0\n`, {
    message: 'Пр\n',
    encoding: 'windows-1251',
  });
  check('an encoding nobody knows', `${head}encoding x-no\n\ncaf\xe9\n`, { message: 'café\n' });
  check('a NUL in the message', `${head}\na\0b\n`, { message: 'a\0b\n' });
  check('no message', head, { message: '' });
  check('a signature', `${head}gpgsig -----BEGIN\n parent ${parent}\n -----END\n\nm\n`, {
    hasSignature: true,
    parents: [],
  });
  check('a parent where git does not look for one', `${head}parent ${parent}\n\nm\n`, { parents: [] });
  check('parents', `tree ${tree}\nparent ${parent}\nparent ${tree}\nauthor ${person}\n\nm`, {
    parents: [parent, tree],
  });
  check('no tree', `author ${person}\n\nm`, undefined);
  check('a parent that is no id', `tree ${tree}\nparent x\n\nm`, undefined);
  check('nothing', '', undefined);
  const author = (text: string): string => `tree ${tree}\nauthor ${text}\n\n`;
  check('odd names', author('A > B <c@d> 7 -0130'), {
    author: { name: 'A > B', email: 'c@d', time: 7, zone: '-0130' },
  });
  check('no time', author('A <c@d>'), { author: { name: 'A', email: 'c@d', time: 0, zone: '+0000' } });
  check('no address', author('A'), { author: { name: 'A', email: '', time: 0, zone: '+0000' } });
});

describe('committerIdentity', () => {
  it('is what the user told git, never what git makes up', async () => {
    const repo = await testRepo();
    assert.deepEqual(await committerIdentity(repo.git), { name: 'Bo', email: 'bo@example.com' });
    const { GIT_COMMITTER_NAME: _name, GIT_COMMITTER_EMAIL: _email, ...env } = repo.env;
    assert.deepEqual(await committerIdentity(await opened(repo.root, env)), namelessIdentity);
    repo.remove();
  });
});
