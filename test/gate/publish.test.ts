import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type Publication, type PublishRequest, publishRecords, remotesTold } from '../../src/app/publish';
import type { Sha } from '../../src/core/brand';
import { type Clone, type Server, server } from './server';

const records = 'refs/notes/countersign';
const signOffs = 'refs/notes/countersign-signoffs';
const mirror = 'refs/notes/ai';

describe('publishing records', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  let first: Sha;
  let second: Sha;
  beforeEach(async () => {
    at = server();
    at.noHook();
    ana = at.clone('ana');
    ana.write('code.js', 'one\ntwo\nthree\nfour\n');
    first = ana.commit('first');
    await ana.record(first, 'code.js', '4');
    ana.write('more.js', 'one\n');
    second = ana.commit('second');
    await ana.record(second, 'more.js', '1', 'ai');
  });
  afterEach(() => at.remove());

  const publish = (request: Partial<PublishRequest>, clone = ana): Promise<Publication> =>
    clone.use((repo) => publishRecords(repo, { remote: at.bare, commits: [], signOffs: 'none', ...request }));
  const named = (request: Partial<PublishRequest>, clone = ana): Promise<Publication> =>
    publish({ remote: 'origin', remoteName: 'origin', ...request }, clone);
  const noted = (ref: string): readonly string[] =>
    at.ref(ref) === 'none'
      ? []
      : at
          .git('ls-tree', '-r', '--name-only', ref)
          .split('\n')
          .filter((line) => line !== '')
          .map((path) => path.replaceAll('/', ''))
          .sort();
  const note = (ref: string, commit: string, clone?: Clone): string =>
    (clone ?? at).git('notes', `--ref=${ref}`, 'show', commit);

  for (const [name, send] of [
    ['a name', named],
    ['a URL alone', publish],
  ] as const) {
    it(`adds those of the commits and no others, to ${name}`, async () => {
      assert.equal((await send({ commits: [first] })).kind, 'published');
      assert.deepEqual(noted(records), [first]);
      assert.equal(note(records, first), note(records, first, ana));
      assert.equal((await send({ commits: [first, second] })).kind, 'published');
      assert.deepEqual(noted(records), [first, second].sort());
      assert.equal((await send({ commits: [first, second] })).kind, 'nothing');
      assert.equal(at.git('rev-list', '--count', records), '2');
    });
  }

  it('follows a push over a tip that somebody else pushed and nobody fetched', async () => {
    assert.equal(ana.cli('init', '--yes').status, 0);
    const bo = at.clone('bo');
    bo.commit();
    assert.equal(bo.push('HEAD:topic').status, 0);
    assert.equal(ana.push('--force', 'HEAD:topic').status, 0);
    for (let tries = 0; tries < 200 && at.ref(records) === 'none'; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(noted(records), [first, second].sort());
  });

  it('says under whose name, and at the time of the newest commit', async () => {
    await named({ commits: [first, second] });
    const [who, when, author] = at.git('log', '-1', '--format=%cn <%ce>%n%ct%n%at', records).split('\n');
    assert.equal(who, 'ana <ana@example.com>');
    assert.equal(when, ana.git('log', '-1', '--format=%ct', second));
    assert.equal(author, when);
  });

  it('keeps what others published, and where it lost the race tries again', async () => {
    const bo = at.clone('bo');
    bo.write('bo.js', 'one\n');
    const other = bo.commit();
    await bo.record(other, 'bo.js', '1');
    await named({ commits: [first] });
    assert.equal((await named({ commits: [other] }, bo)).kind, 'published');
    // Ana's clone still believes in what it published itself.
    assert.equal((await named({ commits: [second] })).kind, 'published');
    assert.deepEqual(noted(records), [first, second, other].sort());
    assert.equal(ana.git('rev-parse', 'refs/countersign/remotes/origin/notes/countersign'), at.ref(records));
  });

  it('all at once ends with all of it', async () => {
    const others = await Promise.all(
      [1, 2, 3].map(async (index) => {
        const clone = at.clone('bo');
        clone.write(`bo-${index}.js`, 'one\n');
        const commit = clone.commit();
        await clone.record(commit, `bo-${index}.js`, '1');
        return { clone, commit };
      }),
    );
    const done = await Promise.all(others.map(({ clone, commit }) => named({ commits: [commit] }, clone)));
    // Of three who meet one wins each time, and each tries three times.
    assert.deepEqual(
      done.map(({ kind }) => kind),
      ['published', 'published', 'published'],
    );
    assert.deepEqual(noted(records), others.map(({ commit }) => commit).sort());
  });

  it('adds to a note that is there, and never takes a line from it', async () => {
    await named({ commits: [first] });
    at.git(
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@example.com',
      'notes',
      `--ref=${records}`,
      'add',
      '-f',
      '-m',
      '{"schema":9}',
      first,
    );
    assert.equal((await named({ commits: [first, second] })).kind, 'published');
    assert.deepEqual(note(records, first).split('\n').sort(), [note(records, first, ana), '{"schema":9}'].sort());
  });

  it('is not misled by notes that the remote no longer has', async () => {
    await named({ commits: [first] });
    at.git('update-ref', '-d', records);
    assert.equal((await named({ commits: [first, second] })).kind, 'published');
    assert.deepEqual(noted(records), [first, second].sort());
  });

  it('leaves out lines that are no record of the commit', async () => {
    const foreign = note(records, second, ana);
    const own = note(records, first, ana);
    ana.git('notes', `--ref=${records}`, 'append', '-m', foreign, first);
    await publish({ commits: [first] });
    assert.equal(note(records, first), own);
  });

  for (const [setting, expected] of [
    ['true', 0],
    ['publish', 1],
  ] as const) {
    it(`with gitAi ${setting} sends ${expected} of git-ai's notes`, async () => {
      ana.git('config', 'countersign.gitAi', setting);
      await publish({ commits: [second] });
      assert.equal(noted(mirror).length, expected);
    });
  }

  it("never changes another's git-ai note", async () => {
    ana.git('config', 'countersign.gitAi', 'publish');
    const bo = at.clone('bo');
    bo.git('fetch', '-q', ana.path, second);
    bo.git('notes', '--ref=ai', 'add', '-m', 'theirs', second);
    bo.git('push', '-q', 'origin', mirror);
    await publish({ commits: [first, second] });
    assert.equal(note('ai', second), 'theirs');
  });

  describe('sign-offs', () => {
    it('go with their signed head, and only those about the commits', async () => {
      await ana.sign('carla', { head: first });
      await ana.sign('carla', { head: second });
      await publish({ commits: [first], signOffs: 'none' });
      assert.deepEqual(noted(signOffs), []);
      // The later one is about the first commit, too.
      await publish({ commits: [first], signOffs: 'about-commits' });
      assert.deepEqual(noted(signOffs), [first, second].sort());
      assert.equal(at.ref(`refs/countersign/signed/${first}`), first);
      assert.equal(at.ref(`refs/countersign/signed/${second}`), second);
    });

    it('about other work stay here', async () => {
      ana.git('checkout', '-q', '-b', 'other', 'HEAD~2');
      ana.write('other.js', 'one\n');
      const other = ana.commit();
      await ana.sign('carla', { head: other });
      await ana.sign('carla', { head: first });
      await publish({ commits: [first], signOffs: 'about-commits' });
      assert.deepEqual(noted(signOffs), [first]);
      assert.equal(at.ref(`refs/countersign/signed/${other}`), 'none');
      await publish({ commits: [], signOffs: 'about-commits', signedHeads: [other] });
      assert.deepEqual(noted(signOffs), [first, other].sort());
    });

    it('that carry to the commits go too, and let them pass', async () => {
      await ana.sign('carla', { head: second });
      const bo = at.clone('bo');
      bo.write('docs/a.md', 'text\n');
      bo.commit();
      bo.push('main');
      ana.git('pull', '-q', '--rebase', 'origin', 'main');
      const pushed = ana.git('rev-list', 'origin/main..HEAD').split('\n') as Sha[];
      assert.ok(!pushed.includes(second));
      await named({ commits: pushed, signOffs: 'about-commits' });
      assert.deepEqual(noted(signOffs), [second]);
      assert.equal(at.ref(`refs/countersign/signed/${second}`), second);
      at.hook();
      assert.equal(ana.push('main').status, 0);
    });

    it('of what changed since it was signed stay here', async () => {
      await ana.sign('carla', { head: second });
      ana.write('more.js', 'two\n');
      ana.git('commit', '-q', '-a', '--amend', '--no-edit');
      await named({ commits: [first, ana.git('rev-parse', 'HEAD') as Sha], signOffs: 'about-commits' });
      // It is about the first commit, which did not change.
      assert.deepEqual(noted(signOffs), [second]);
      ana.git('rebase', '-q', '--root', '--reset-author-date');
      const all = ana.git('rev-list', 'HEAD').split('\n') as Sha[];
      at.git('update-ref', '-d', signOffs);
      assert.notEqual((await publish({ commits: all, signOffs: 'about-commits' })).kind, 'failed');
      assert.deepEqual(noted(signOffs), []);
    });

    it('of two seniors at once are both there', async () => {
      const bo = at.clone('bo');
      bo.git('fetch', '-q', ana.path, second);
      bo.git('reset', '-q', '--hard', second);
      await ana.sign('carla');
      await bo.sign('dora');
      await named({ commits: [second], signOffs: 'about-commits' });
      await named({ commits: [second], signOffs: 'about-commits' }, bo);
      assert.equal(note(signOffs, second).split('\n').length, 2);
    });
  });

  it('tells that a remote refuses, and what it took nevertheless', async () => {
    const hook = join(at.bare, 'hooks', 'update');
    writeFileSync(hook, '#!/bin/sh\ncase $1 in refs/notes/*) echo no; exit 1 ;; esac\n');
    chmodSync(hook, 0o755);
    await ana.sign('carla', { head: first });
    const done = await named({ commits: [first], signOffs: 'about-commits' });
    assert.equal(done.kind, 'refused');
    assert.deepEqual(done.kind === 'refused' && [...done.refs].sort(), [records, signOffs]);
    assert.equal(at.ref(`refs/countersign/signed/${first}`), first);
  });

  it('tells that a remote is not there', async () => {
    assert.equal((await publish({ remote: join(at.root, 'nowhere'), commits: [first] })).kind, 'failed');
    ana.git('remote', 'set-url', 'origin', join(at.root, 'nowhere'));
    assert.equal((await named({ commits: [first] })).kind, 'failed');
  });

  it('tells that a remote has something else there', async () => {
    at.git('update-ref', records, at.git('rev-parse', 'main:code.js'));
    assert.equal((await publish({ commits: [first] })).kind, 'failed');
  });

  it('runs no hook of the clone, and hands on that it is at work', async () => {
    const hook = join(ana.path, '.git', 'hooks', 'pre-push');
    writeFileSync(hook, `#!/bin/sh\ntouch ${ana.path}/ran\n`);
    chmodSync(hook, 0o755);
    const seen = join(at.bare, 'hooks', 'post-receive');
    writeFileSync(seen, '#!/bin/sh\nprintf %s "$COUNTERSIGN_HOOK_RUNNING" >running\n');
    chmodSync(seen, 0o755);
    await publish({ commits: [first] });
    assert.equal(existsSync(join(ana.path, 'ran')), false);
    assert.equal(readFileSync(join(at.bare, 'running'), 'utf8'), '1');
  });

  it('knows which remotes it may use', async () => {
    assert.deepEqual(await ana.use(remotesTold), []);
    ana.git('config', '--add', 'countersign.remote', 'origin');
    ana.git('config', '--add', 'countersign.remote', 'backup');
    assert.deepEqual(await ana.use(remotesTold), ['origin', 'backup']);
  });

  it('moves no ref under refs/notes of the clone', async () => {
    const before = ana.git('for-each-ref', 'refs/notes');
    await named({ commits: [first, second] });
    assert.equal(ana.git('for-each-ref', 'refs/notes'), before);
  });
});
