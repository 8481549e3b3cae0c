import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type RemoteSync, type SyncRequest, sync } from '../../src/app/sync';
import type { Sha } from '../../src/core/brand';
import { ToolError } from '../../src/core/errors';
import { type Clone, type Server, server } from './server';

const records = 'refs/notes/countersign';
const signOffs = 'refs/notes/countersign-signoffs';

describe('sync', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  let carla: Clone;
  let head: Sha;
  beforeEach(async () => {
    at = server();
    ana = at.clone('ana');
    carla = at.clone('carla');
    ana.write('code.js', 'one\ntwo\nthree\nfour\n');
    head = ana.commit();
    await ana.record(head, 'code.js', '4', 'ai');
  });
  afterEach(() => at.remove());

  const run = async (clone: Clone, request: SyncRequest = {}): Promise<RemoteSync> => {
    const [result] = await clone.use((repo) => sync(repo, request));
    assert.ok(result !== undefined);
    return result;
  };
  const code = async (clone: Clone, request: SyncRequest): Promise<string> => {
    try {
      await clone.use((repo) => sync(repo, request));
      return 'done';
    } catch (error) {
      return error instanceof ToolError ? error.code : String(error);
    }
  };
  const note = (ref: string, commit: string, clone: Clone | Server): string =>
    clone.git('notes', `--ref=${ref}`, 'show', commit);
  const count = (ref: string): number =>
    at.ref(ref) === 'none'
      ? 0
      : at
          .git('ls-tree', '-r', '--name-only', ref)
          .split('\n')
          .filter((line) => line !== '').length;

  it('publishes records of what the remote has, and of nothing else', async () => {
    assert.equal((await run(ana)).publication.kind, 'nothing');
    assert.equal(count(records), 0);
    ana.push('HEAD:topic');
    ana.git('fetch', '-q');
    assert.equal((await run(ana)).publication.kind, 'published');
    assert.equal(note(records, head, at), note(records, head, ana));
    assert.equal((await run(ana)).publication.kind, 'nothing');
  });

  it('publishes those of a range before its push, which then passes', async () => {
    ana.write('docs/a.md', 'text\n');
    ana.git('update-ref', '-d', records);
    await ana.record(head, 'code.js', '4');
    ana.commit();
    assert.notEqual(ana.push('main').status, 0);
    assert.equal(ana.cli('sync', 'origin', 'origin/main..HEAD').status, 0);
    assert.equal(ana.push('main').status, 0);
    assert.equal(at.ref('refs/heads/main'), ana.git('rev-parse', 'HEAD'));
  });

  it('carries a sign-off from the senior to the server', async () => {
    ana.push('HEAD:topic');
    ana.git('fetch', '-q');
    await run(ana);
    carla.git('fetch', '-q');
    const arrived = await run(carla);
    assert.deepEqual([arrived.records, arrived.signOffs], [1, 0]);
    assert.equal(note(records, head, carla), note(records, head, ana));
    assert.ok(!existsSync(join(carla.path, '.git', 'countersign', 'quiet')));
    await carla.sign('carla', { head: 'origin/topic' });
    assert.equal((await run(carla)).publication.kind, 'published');
    assert.equal(at.ref(`refs/countersign/signed/${head}`), head);
    const again = await run(ana);
    assert.deepEqual([again.records, again.signOffs], [0, 1]);
    assert.equal(ana.git('rev-parse', `refs/countersign/remotes/origin/signed/${head}`), head);
    assert.equal(ana.push('main').status, 0);
  });

  it('unites sign-offs that were made at once', async () => {
    ana.push('HEAD:topic');
    carla.git('fetch', '-q');
    await ana.sign('dora');
    await carla.sign('carla', { head: 'origin/topic' });
    await run(ana);
    await run(carla);
    await run(ana);
    for (const clone of [ana, carla, at]) assert.equal(note(signOffs, head, clone).split('\n').length, 2);
    assert.equal(note(signOffs, head, ana), note(signOffs, head, carla));
  });

  it('keeps here, reports and brings back sign-offs that the remote lost', async () => {
    at.noHook();
    ana.push('HEAD:topic');
    ana.git('fetch', '-q');
    const id = await ana.sign('carla');
    await run(ana);
    const held = note(signOffs, head, ana);
    at.git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'notes', `--ref=${signOffs}`, 'remove', head);
    const result = await run(ana);
    assert.deepEqual(result.removed, [id]);
    assert.equal(note(signOffs, head, ana), held);
    assert.equal(note(signOffs, head, at), held);
  });

  it('does not tell one remote what another one told', async () => {
    const other = join(at.root, 'other.git');
    at.git('clone', '-q', '--bare', at.bare, other);
    ana.git('remote', 'add', 'other', other);
    carla.git('fetch', '-q', ana.path, head);
    await carla.sign('carla', { head });
    await run(carla);
    await run(ana, { remote: 'origin' });
    assert.ok(note(signOffs, head, ana));
    assert.equal((await run(ana, { remote: 'other' })).publication.kind, 'nothing');
    ana.git('push', '-q', 'other', 'HEAD:topic');
    ana.git('fetch', '-q', 'other');
    assert.equal((await run(ana, { remote: 'other' })).publication.kind, 'published');
    assert.equal(ana.git('ls-remote', other, signOffs).length > 0, true);
  });

  it('publishes only where init was told to', async () => {
    ana.push('HEAD:topic');
    ana.git('fetch', '-q');
    ana.git('config', 'countersign.remote', 'elsewhere');
    assert.equal((await run(ana, { remote: 'origin' })).publication.kind, 'not-told');
    assert.equal(count(records), 0);
    ana.git('config', '--add', 'countersign.remote', 'origin');
    assert.equal((await run(ana)).publication.kind, 'published');
  });

  it('fetches requests, and forgets those that are closed', async () => {
    ana.git('push', '-q', 'origin', `HEAD:refs/countersign/requests/${head}`);
    await run(carla);
    assert.equal(carla.git('rev-parse', `refs/countersign/remotes/origin/requests/${head}`), head);
    ana.git('push', '-q', 'origin', `:refs/countersign/requests/${head}`);
    await run(carla);
    assert.equal(carla.git('for-each-ref', 'refs/countersign/remotes/origin/requests'), '');
  });

  it('writes nothing into refs/notes but ours, and leaves the checked-out files and the branches', async () => {
    carla.git('push', '-q', 'origin', 'HEAD:refs/notes/other', 'HEAD:refs/notes/countersign-more');
    const before = ana.git('for-each-ref', 'refs/notes', 'refs/heads', 'refs/remotes');
    await run(ana);
    assert.equal(ana.git('for-each-ref', 'refs/notes', 'refs/heads', 'refs/remotes'), before);
    assert.equal(ana.git('status', '--porcelain'), '');
  });

  it('says what it cannot do', async () => {
    assert.equal(await code(ana, { remote: 'nowhere' }), 'bad-input');
    assert.equal(await code(ana, { remote: 'origin', range: 'nothing..HEAD' }), 'bad-input');
    ana.git('remote', 'set-url', 'origin', join(at.root, 'gone.git'));
    assert.equal(await code(ana, {}), 'network');
    ana.git('remote', 'remove', 'origin');
    assert.equal(await code(ana, {}), 'no-remote');
  });

  it('ends with 1 where the remote did not take it, and takes a range alone', () => {
    ana.git('config', 'countersign.remote', 'elsewhere');
    assert.equal(ana.cli('sync', 'origin').status, 1);
    ana.git('config', '--unset', 'countersign.remote');
    assert.equal(ana.cli('sync', 'HEAD^..HEAD').status, 0);
    assert.equal(note(records, head, at), note(records, head, ana));
  });
});
