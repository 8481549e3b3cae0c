import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import {
  commitNotes,
  mergeNotes,
  type NoteUpdate,
  readNote,
  readNotes,
  unionOfLines,
  writeNotes,
} from '../../src/git/notes';
import { ObjectReader } from '../../src/git/objectReader';
import { writeBlob } from '../../src/git/objects';
import { resolveRef } from '../../src/git/refs';
import { runGit, type TestRepo, testRepo } from './testRepo';

const ref = 'refs/notes/countersign';
const message = 'records';
const put =
  (text: string | Buffer): NoteUpdate =>
  () =>
    Buffer.from(text);

for (const format of ['sha1', 'sha256'] as const) {
  describe(`notes in a ${format} repository`, () => {
    let repo: TestRepo;
    let head: Sha;
    before(async () => {
      repo = await testRepo(`--object-format=${format}`);
      head = repo.commit();
    });
    after(() => repo.remove());

    /** An id like any other, of no object. */
    const id = (seed: number): Sha => createHash(format).update(String(seed)).digest('hex') as Sha;

    /** Sets `to` to notes at these paths, written as they stand. */
    const plant = (to: string, paths: Record<string, string>): Sha => {
      const lines = Object.entries(paths).map(([path, text]) => {
        const blob = runGit(repo.root, repo.env, ['hash-object', '-w', '--stdin'], text);
        return `100644 ${blob}\t${path}\n`;
      });
      const env = { ...repo.env, GIT_INDEX_FILE: join(repo.root, '.git/plant') };
      runGit(repo.root, env, ['read-tree', '--empty']);
      runGit(repo.root, env, ['update-index', '--add', '--index-info'], lines.join(''));
      const tree = runGit(repo.root, env, ['write-tree']);
      const commit = repo.sh('commit-tree', '-m', 'planted', tree) as Sha;
      repo.sh('update-ref', to, commit);
      return commit;
    };
    const paths = (of: string): string[] => repo.sh('ls-tree', '-r', '--name-only', of).split('\n');
    const texts = async (of: string): Promise<Record<string, string>> => {
      const { notes } = await readNotes(repo.git, of);
      return Object.fromEntries([...notes].map(([about, blob]) => [about, repo.sh('cat-file', 'blob', blob)]));
    };

    it('has none where there is no ref', async () => {
      const none = await readNotes(repo.git, 'refs/notes/none');
      assert.deepEqual([none.tip, none.notes.size], [undefined, 0]);
      assert.deepEqual(await readNote(repo.git, 'refs/notes/none', head), { kind: 'missing' });
    });

    it('writes bytes as they are, where git finds them', async () => {
      const bytes = Buffer.from('\n\n a \r\n\0\xff no end', 'latin1');
      const written = await writeNotes(repo.git, ref, new Map([[head, put(bytes)]]), { message });
      assert.equal(written.kind, 'written');
      const read = await readNote(repo.git, ref, head);
      assert.ok(read.kind === 'found');
      assert.deepEqual(read.data, bytes);
      assert.equal(repo.sh('notes', `--ref=${ref}`, 'list', head), read.blob);
      assert.deepEqual(paths(ref), [`${head.slice(0, 2)}/${head.slice(2)}`]);
      assert.match(repo.sh('cat-file', 'commit', ref), /^author Bo <bo@example.com> \d+ \+0000\ncommitter Bo /m);
      repo.sh('fsck', '--strict');
    });

    it('takes identity and time as given', async () => {
      const options = { message, identity: { name: 'A\nB<', email: 'a>@b' }, time: { seconds: 5, zone: '+0100' } };
      const { tip } = await writeNotes(repo.git, 'refs/notes/who', new Map([[id(1), put('x')]]), options);
      assert.match(
        repo.sh('cat-file', 'commit', tip ?? ''),
        /^author AB <a@b> 5 \+0100\ncommitter AB <a@b> 5 \+0100\n\nrecords$/m,
      );
    });

    it('changes nothing when nothing changes', async () => {
      const before = await resolveRef(repo.git, ref);
      const keep = await writeNotes(repo.git, ref, new Map([[head, () => 'keep']]), { message });
      const same = await writeNotes(repo.git, ref, new Map([[head, ({ data }) => data ?? 'remove']]), { message });
      const gone = await writeNotes(repo.git, ref, new Map([[id(9), () => 'remove']]), { message });
      assert.deepEqual([keep, same, gone], Array(3).fill({ kind: 'unchanged', tip: before }));
      const none = await writeNotes(repo.git, 'refs/notes/none', new Map([[id(9), () => 'remove']]), { message });
      assert.deepEqual(none, { kind: 'unchanged', tip: undefined });
    });

    it('tells an update what is there', async () => {
      await writeNotes(repo.git, ref, new Map([[id(1), put('one\n')]]), { message });
      const update: NoteUpdate = ({ blob, data }) => Buffer.from(`${blob?.length} ${data}two\n`);
      await writeNotes(
        repo.git,
        ref,
        new Map([
          [id(1), update],
          [id(2), ({ data }) => Buffer.from(`${data}`)],
        ]),
        { message },
      );
      assert.equal((await texts(ref))[id(1)], `${head.length} one\ntwo`);
      assert.equal((await texts(ref))[id(2)], 'undefined');
    });

    it('reads any fan-out and brings spellings together', async () => {
      const [a, b, c, d] = [id(1), id(2), id(3), id(4)] as const;
      const deep = (sha: Sha, depth: number): string =>
        [...Array(depth).keys()].map((n) => `${sha.slice(2 * n, 2 * n + 2)}/`).join('') + sha.slice(2 * depth);
      plant('refs/notes/fan', {
        [a]: 'flat\n',
        [deep(b, 1)]: 'one\n',
        [deep(c, 2)]: 'two\n',
        [deep(d, d.length / 2 - 1)]: 'deepest\n',
        [deep(a, 1)]: 'flat again',
        [deep(a, 3)]: 'and again\n',
        README: 'no note\n',
        [`${'ab/'.repeat(2)}x`]: 'no note either\n',
        [`${a}0`]: 'too long\n',
      });
      const { notes, others } = await readNotes(repo.git, 'refs/notes/fan');
      assert.deepEqual([...notes.keys()].sort(), [a, b, c, d].sort());
      assert.deepEqual(
        [...others].map(([about, blobs]) => [about, blobs.length]),
        [[a, 2]],
      );
      for (const [about, text] of [
        [b, 'one\n'],
        [c, 'two\n'],
        [d, 'deepest\n'],
        [a, 'flat\nflat again\nand again\n'],
      ] as const) {
        const read = await readNote(repo.git, 'refs/notes/fan', about);
        assert.equal(read.kind === 'found' && read.data.toString(), text);
      }
      assert.equal((await readNote(repo.git, 'refs/notes/fan', a, { maxBytes: 10 })).kind, 'too-large');
      const updates = new Map<Sha, NoteUpdate>([
        [a, ({ data }) => Buffer.from(`${data}more\n`)],
        [c, put('2')],
        [d, () => 'remove'],
      ]);
      await writeNotes(repo.git, 'refs/notes/fan', updates, { message });
      assert.deepEqual(
        paths('refs/notes/fan').sort(),
        [deep(a, 1), deep(b, 1), deep(c, 1), 'README', 'ab/ab/x', `${a}0`].sort(),
      );
      assert.equal((await texts('refs/notes/fan'))[a], 'flat\nflat again\nand again\nmore');
      assert.equal(repo.sh('notes', '--ref=fan', 'show', c), '2');
      repo.sh('fsck', '--strict');
    });

    it('keeps a file that stands where a folder would', async () => {
      plant('refs/notes/odd', { [id(1).slice(0, 2)]: 'file\n' });
      await writeNotes(repo.git, 'refs/notes/odd', new Map([[id(1), put('x')]]), { message });
      assert.deepEqual(paths('refs/notes/odd').sort(), [id(1).slice(0, 2), id(1)].sort());
    });

    it('removes the last note and its folder', async () => {
      await writeNotes(repo.git, 'refs/notes/last', new Map([[id(1), put('x')]]), { message });
      await writeNotes(repo.git, 'refs/notes/last', new Map([[id(1), () => 'remove']]), { message });
      assert.deepEqual(paths('refs/notes/last'), ['']);
    });

    it('refuses a ref that holds no commit', async () => {
      repo.sh('update-ref', 'refs/notes/blob', await writeBlob(repo.git, Buffer.from('x')));
      await assert.rejects(writeNotes(repo.git, 'refs/notes/blob', new Map([[head, put('x')]]), { message }), {
        code: 'bad-input',
      });
    });

    it('builds on a commit without moving a ref', async () => {
      const base = await resolveRef(repo.git, ref);
      const next = await commitNotes(repo.git, base, new Map([[id(77), put('new\n')]]), { message });
      assert.equal(await resolveRef(repo.git, ref), base);
      assert.equal(repo.sh('rev-parse', `${next}^`), base);
      assert.equal((await texts(next ?? ''))[id(77)], 'new');
    });

    it('merges by lines, unforced', async () => {
      const [a, b, c, d] = [id(1), id(2), id(3), id(4)] as const;
      const [mine, theirs] = ['refs/notes/mine', 'refs/notes/theirs'];
      await writeNotes(
        repo.git,
        mine,
        new Map([
          [a, put('z\na\n')],
          [b, put('same\n')],
        ]),
        { message },
      );
      const base = await resolveRef(repo.git, mine);
      assert.deepEqual(await mergeNotes(repo.git, theirs, base!, { message }), { kind: 'fast-forward', tip: base });
      assert.deepEqual(await mergeNotes(repo.git, theirs, base!, { message }), { kind: 'up-to-date', tip: base });
      await writeNotes(
        repo.git,
        mine,
        new Map([
          [a, put('\xffm\nz\na\n')],
          [c, put('mine')],
        ]),
        { message },
      );
      await writeNotes(
        repo.git,
        theirs,
        new Map([
          [a, put('a\nb\nz')],
          [d, put('theirs\n\n')],
        ]),
        { message },
      );
      const [left, right] = [await resolveRef(repo.git, mine), await resolveRef(repo.git, theirs)];
      const merged = await mergeNotes(repo.git, mine, right!, { message });
      assert.equal(merged.kind, 'merged');
      assert.equal(repo.sh('log', '-1', '--format=%P', mine), `${left} ${right}`);
      assert.deepEqual(await texts(mine), { [a]: 'a\nb\nz\n\xffm', [b]: 'same', [c]: 'mine', [d]: 'theirs\n' });
      assert.equal((await mergeNotes(repo.git, theirs, merged.tip, { message })).kind, 'fast-forward');
      await assert.rejects(mergeNotes(repo.git, 'refs/notes/new', head.replace(/./g, '1') as Sha, { message }));
    });
  });
}

describe('unionOfLines', () => {
  const check = (texts: string[], expected: string): void => {
    it(`${JSON.stringify(texts)} give ${JSON.stringify(expected)}`, () => {
      assert.equal(unionOfLines(texts.map((text) => Buffer.from(text, 'latin1'))).toString('latin1'), expected);
    });
  };
  check([], '');
  check(['b\na\n', 'a\nc'], 'a\nb\nc\n');
  check(['\n\n', ''], '');
  check(['é\nz\nZ\n', 'é\r\n'], 'Z\nz\né\né\r\n');
});

describe('notes of many', () => {
  let repo: TestRepo;
  before(async () => {
    repo = await testRepo();
  });
  after(() => repo.remove());

  it('loses none of eight processes that write at once', async function () {
    this.timeout(120_000);
    const run = promisify(execFile);
    const writer = join(import.meta.dirname, 'noteWriter.ts');
    const start = (name: string) =>
      run(process.execPath, ['--import', 'tsx', writer, repo.root, ref, name, '12'], {
        env: { ...repo.env, PATH: process.env['PATH'] },
        cwd: join(import.meta.dirname, '../..'),
      });
    await Promise.all([...'abcdefgh'].map(start));
    const { notes } = await readNotes(repo.git, ref);
    assert.equal(notes.size, 97);
    const shared = createHash('sha1').update('shared').digest('hex') as Sha;
    const read = await readNote(repo.git, ref, shared);
    assert.equal(read.kind === 'found' && read.data.toString().trim().split('\n').length, 96);
  });

  it('writes one note among 10,000 quickly', async function () {
    this.timeout(60_000);
    const id = (seed: number): Sha => createHash('sha1').update(`many ${seed}`).digest('hex') as Sha;
    const updates = new Map(Array.from({ length: 10_000 }, (_, seed) => [id(seed), put(`note ${seed}\n`)]));
    await writeNotes(repo.git, 'refs/notes/many', updates, { message });
    const times: number[] = [];
    const reader = new ObjectReader(repo.git);
    const identity = { name: 'A', email: 'a@b' };
    for (let seed = 10_000; seed < 10_010; seed += 1) {
      const start = performance.now();
      await writeNotes(repo.git, 'refs/notes/many', new Map([[id(seed), put('x')]]), { message, reader, identity });
      times.push(performance.now() - start);
    }
    reader.dispose();
    const median = times.sort((x, y) => x - y)[5] ?? 0;
    const start = performance.now();
    repo.sh('notes', '--ref=many', 'add', '-m', 'by git', '-f', repo.commit());
    const byGit = performance.now() - start;
    const all = performance.now();
    assert.equal((await readNotes(repo.git, 'refs/notes/many')).notes.size, 10_011);
    console.log(
      `      one note: ${median.toFixed(1)} ms, by git with a commit: ${byGit.toFixed(1)} ms, all read: ${(performance.now() - all).toFixed(1)} ms`,
    );
    assert.ok(median < 3 * byGit);
  });
});
