import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import { ToolError } from '../../src/core/errors';
import {
  addConfig,
  getAllConfig,
  getBoolConfig,
  getConfig,
  listConfig,
  removeConfigSection,
  setConfig,
  unsetConfig,
  unsetConfigValue,
} from '../../src/git/config';
import {
  currentBranch,
  deleteRef,
  listRefs,
  resolve,
  resolveRef,
  symbolicRef,
  tracking,
  updateRef,
} from '../../src/git/refs';
import {
  isAncestor,
  isShallow,
  listCommits,
  mergeBase,
  mergeBases,
  rootOfFirstParent,
  shallowCommits,
} from '../../src/git/revList';
import { opened, runGit, type TestRepo, testRepo } from './testRepo';

describe('refs', () => {
  let repo: TestRepo;
  let one: Sha;
  let two: Sha;
  before(async () => {
    repo = await testRepo();
    one = repo.commit('one');
    two = repo.commit('two');
    repo.sh('tag', '-a', '-m', 'tag', 'v1', one);
  });
  after(() => repo.remove());

  it('resolves revisions', async () => {
    const tree = repo.sh('rev-parse', 'HEAD^{tree}');
    const cases: [string, 'commit' | 'tree' | undefined, string | undefined][] = [
      ['HEAD', undefined, two],
      ['HEAD~1', undefined, one],
      ['v1', 'commit', one],
      ['HEAD', 'tree', tree],
      ['refs/heads/main', undefined, two],
      [two.slice(0, 12), 'commit', two],
      ['f'.repeat(40), undefined, 'f'.repeat(40)],
      ['f'.repeat(40), 'commit', undefined],
      ['nothing', undefined, undefined],
      ['', undefined, undefined],
      ['a\0b', undefined, undefined],
      ['-h', undefined, undefined],
      ['--all', undefined, undefined],
      ['HEAD..v1', undefined, undefined],
      ['$(touch x)', undefined, undefined],
      [tree, 'commit', undefined],
    ];
    for (const [name, peel, expected] of cases) assert.equal(await resolve(repo.git, name, peel), expected, name);
  });

  it('moves a ref from what it was alone', async () => {
    const ref = 'refs/notes/x';
    assert.equal(await updateRef(repo.git, ref, one, undefined), 'updated');
    assert.equal(await updateRef(repo.git, ref, two, undefined), 'lost');
    assert.equal(await updateRef(repo.git, ref, two, two), 'lost');
    assert.equal(await updateRef(repo.git, ref, two, one), 'updated');
    assert.equal(await deleteRef(repo.git, ref, one), 'lost');
    assert.equal(await resolveRef(repo.git, ref), two);
    assert.equal(await deleteRef(repo.git, ref, two), 'updated');
    assert.equal(await deleteRef(repo.git, ref, two), 'lost');
    assert.equal(await updateRef(repo.git, ref, one, two), 'lost');
    assert.equal(await resolveRef(repo.git, ref), undefined);
  });

  it('throws for what is no race', async () => {
    const failed = { code: 'git-failed' };
    await assert.rejects(updateRef(repo.git, 'refs/heads/a..b', one, undefined), failed);
    await assert.rejects(updateRef(repo.git, 'refs/heads/main/below', one, undefined), failed);
    await assert.rejects(updateRef(repo.git, 'refs/notes/x', 'f'.repeat(40) as Sha, undefined), failed);
    await assert.rejects(updateRef(repo.git, 'main', one, undefined));
    await assert.rejects(updateRef(repo.git, 'refs/x\0y', one, undefined));
  });

  it('tells an exact name from one that git would guess', async () => {
    repo.sh('update-ref', 'refs/heads/refs/notes/guess', one);
    assert.equal(await resolve(repo.git, 'refs/notes/guess'), one);
    assert.equal(await resolveRef(repo.git, 'refs/notes/guess'), undefined);
    assert.equal(await updateRef(repo.git, 'refs/notes/guess', two, undefined), 'updated');
    assert.equal(await resolveRef(repo.git, 'refs/notes/guess'), two);
    assert.equal(await resolveRef(repo.git, '-h'), undefined);
    assert.equal(await resolveRef(repo.git, 'main'), undefined);
  });

  it('moves a symbolic ref itself', async () => {
    repo.sh('symbolic-ref', 'refs/notes/link', 'refs/heads/main');
    assert.equal(await symbolicRef(repo.git, 'refs/notes/link'), 'refs/heads/main');
    assert.equal(await updateRef(repo.git, 'refs/notes/link', one, two), 'updated');
    assert.equal(await resolveRef(repo.git, 'refs/heads/main'), two);
    assert.equal(await symbolicRef(repo.git, 'refs/notes/link'), undefined);
  });

  it('lists refs', async () => {
    repo.sh('symbolic-ref', 'refs/list/sym', 'refs/heads/main');
    repo.sh('update-ref', 'refs/list/a', one);
    const refs = await listRefs(repo.git, 'refs/list', 'refs/tags');
    const tag = repo.sh('rev-parse', 'refs/tags/v1');
    assert.deepEqual(refs, [
      { name: 'refs/list/a', oid: one, peeled: one, symref: undefined },
      { name: 'refs/list/sym', oid: two, peeled: two, symref: 'refs/heads/main' },
      { name: 'refs/tags/v1', oid: tag, peeled: one, symref: undefined },
    ]);
    assert.deepEqual(await listRefs(repo.git, 'refs/none', '-x'), []);
  });

  it('knows the branch', async () => {
    assert.equal(await currentBranch(repo.git), 'refs/heads/main');
    repo.sh('checkout', '-q', '--detach');
    assert.equal(await currentBranch(repo.git), undefined);
    repo.sh('checkout', '-q', 'main');
    const unborn = await testRepo();
    assert.equal(await currentBranch(unborn.git), 'refs/heads/main');
    unborn.remove();
  });

  it('knows where a branch comes from and goes', async () => {
    const none = { upstream: undefined, push: undefined };
    assert.deepEqual(await tracking(repo.git, 'refs/heads/main'), none);
    repo.sh('remote', 'add', 'origin', repo.root);
    repo.sh('fetch', '-q', 'origin');
    repo.sh('branch', '-q', '-u', 'origin/main');
    repo.sh('config', 'push.default', 'current');
    const main = { ref: 'refs/remotes/origin/main', remote: 'origin', remoteRef: 'refs/heads/main' };
    assert.deepEqual((await tracking(repo.git, 'refs/heads/main')).upstream, main);
    assert.deepEqual((await tracking(repo.git, 'refs/heads/main')).push, main);
    repo.sh('branch', 'topic');
    repo.sh('fetch', '-q', 'origin');
    const topic = { ref: 'refs/remotes/origin/topic', remote: 'origin', remoteRef: 'refs/heads/topic' };
    assert.deepEqual(await tracking(repo.git, 'refs/heads/topic'), { upstream: undefined, push: topic });
    assert.deepEqual(await tracking(repo.git, 'refs/heads/none'), none);
  });
});

describe('revList', () => {
  let repo: TestRepo;
  let c: Record<string, Sha>;
  before(async () => {
    repo = await testRepo();
    const a = repo.commit('a');
    const b = repo.commit('b');
    repo.sh('checkout', '-q', '-b', 'side', a);
    const s = repo.commit('s');
    repo.sh('checkout', '-q', 'main');
    repo.sh('merge', '-q', '--no-ff', '-m', 'm', 'side');
    const m = repo.sh('rev-parse', 'HEAD') as Sha;
    repo.sh('checkout', '-q', '--orphan', 'other');
    const o = repo.commit('o');
    c = { a, b, s, m, o };
  });
  after(() => repo.remove());

  const names = (shas: readonly Sha[]): string =>
    shas.map((sha) => Object.keys(c).find((name) => c[name] === sha) ?? '?').join('');
  const list = async (range: Parameters<typeof listCommits>[1]): Promise<string> =>
    names((await listCommits(repo.git, range)).map(({ sha }) => sha));

  it('lists ranges in topological order', async () => {
    const { a, b, s, m, o } = c as Record<'a' | 'b' | 's' | 'm' | 'o', Sha>;
    const all = await listCommits(repo.git, { include: [m] });
    assert.deepEqual(all[0], { sha: m, parents: [b, s] });
    assert.deepEqual(all.at(-1), { sha: a, parents: [] });
    assert.equal(await list({ include: [m], history: 'first-parent' }), 'mba');
    assert.equal(await list({ include: [m], exclude: [s] }), 'mb');
    assert.equal(await list({ include: ['main'], exclude: [b], order: 'oldest-first' }), 'sm');
    assert.equal(await list({ include: [m, o], exclude: [m] }), 'o');
    assert.equal(await list({ include: [m], max: 1 }), 'm');
    assert.equal(await list({ include: [] }), '');
    assert.equal(await list({ include: [m], exclude: [m] }), '');
    assert.equal(await list({ include: ['main'], excludeRefs: ['refs/heads/sid*'] }), 'mb');
    assert.equal(await list({ include: ['main'], excludeRefs: ['refs/none/*'], history: 'first-parent' }), 'mba');
    assert.equal(await list({ include: [b], exclude: ['f'.repeat(40)], missing: 'ignore' }), 'ba');
  });

  it('fails for what it cannot list', async () => {
    await assert.rejects(list({ include: ['nothing'] }), { code: 'git-failed' });
    for (const name of ['--all', '', 'a\nb', '^', '-n1']) {
      await assert.rejects(list({ include: [name] }), (e) => e instanceof ToolError && e.code === 'bad-input', name);
    }
  });

  it('finds ancestors', async () => {
    const { a, b, s, m, o } = c as Record<'a' | 'b' | 's' | 'm' | 'o', Sha>;
    assert.deepEqual(
      await Promise.all([isAncestor(repo.git, a, m), isAncestor(repo.git, m, a), isAncestor(repo.git, m, m)]),
      [true, false, true],
    );
    await assert.rejects(isAncestor(repo.git, a, 'f'.repeat(40)), { code: 'git-failed' });
    assert.equal(await mergeBase(repo.git, b, s), a);
    assert.equal(await mergeBase(repo.git, b, o), undefined);
    assert.deepEqual(await mergeBases(repo.git, m, s), [s]);
    assert.equal(await rootOfFirstParent(repo.git, m), a);
    await assert.rejects(rootOfFirstParent(repo.git, '--all'), { code: 'git-failed' });
  });

  it('knows where history is cut off', async () => {
    assert.equal(await isShallow(repo.git), false);
    assert.deepEqual([...(await shallowCommits(repo.git))], []);
    const { m } = c;
    const at = `${repo.root}/../shallow`;
    runGit(repo.root, repo.env, ['clone', '-q', '--depth=1', '-b', 'main', `file://${repo.root}`, at]);
    const shallow = await opened(at, repo.env);
    assert.equal(await isShallow(shallow), true);
    assert.deepEqual([...(await shallowCommits(shallow))], [m]);
  });
});

describe('config', () => {
  let repo: TestRepo;
  before(async () => {
    repo = await testRepo();
  });
  after(() => repo.remove());

  it('keeps every value as it is', async () => {
    const values = [
      'plain',
      '',
      '-x',
      '--unset',
      ' sp ',
      'a\nb',
      '"q"',
      '; c',
      '#c',
      'back\\slash',
      '$(x)',
      'ü',
      '!sh',
    ];
    for (const value of values) {
      await setConfig(repo.git, 'countersign.x', value);
      assert.equal(await getConfig(repo.git, 'countersign.x'), value);
      assert.deepEqual(await getAllConfig(repo.git, 'countersign.x', { scope: 'local' }), [value]);
    }
    await setConfig(repo.git, 'countersign.a"b\\c.d.Key', 'v');
    assert.equal(await getConfig(repo.git, 'countersign.a"b\\c.d.key'), 'v');
  });

  it('adds and removes', async () => {
    await addConfig(repo.git, 'remote.r.fetch', '+refs/a/*:refs/b/*');
    await addConfig(repo.git, 'remote.r.fetch', 'second');
    await addConfig(repo.git, 'remote.r.fetch', 'third');
    await unsetConfigValue(repo.git, 'remote.r.fetch', '+refs/a/*:refs/b/*');
    await unsetConfigValue(repo.git, 'remote.r.fetch', 'none.*');
    assert.deepEqual(await getAllConfig(repo.git, 'remote.r.fetch'), ['second', 'third']);
    assert.equal(await getConfig(repo.git, 'remote.r.fetch'), 'third');
    await unsetConfig(repo.git, 'remote.r.fetch');
    await unsetConfig(repo.git, 'remote.r.fetch');
    assert.equal(await getConfig(repo.git, 'remote.r.fetch'), undefined);
    await setConfig(repo.git, 'gone.a', '1');
    await removeConfigSection(repo.git, 'gone');
    await removeConfigSection(repo.git, 'gone');
    assert.equal(await getConfig(repo.git, 'gone.a'), undefined);
  });

  it('reads booleans', async () => {
    for (const [value, expected] of [
      ['yes', true],
      ['off', false],
      ['', false],
      ['maybe', undefined],
    ] as const) {
      await setConfig(repo.git, 'countersign.b', value);
      assert.equal(await getBoolConfig(repo.git, 'countersign.b'), expected);
    }
    assert.equal(await getBoolConfig(repo.git, 'countersign.none'), undefined);
    repo.sh('config', 'countersign.b', 'true');
    const listed = await listConfig(repo.git);
    assert.deepEqual(
      listed.find(({ key }) => key === 'countersign.b'),
      { key: 'countersign.b', value: 'true', scope: 'local' },
    );
  });

  it('waits for other writers', async () => {
    const keys = Array.from({ length: 12 }, (_, index) => `many.k${index}`);
    await Promise.all(keys.map((key) => setConfig(repo.git, key, key)));
    for (const key of keys) assert.equal(await getConfig(repo.git, key), key);
  });
});
