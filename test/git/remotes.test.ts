import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import { resolveRef } from '../../src/git/refs';
import {
  fetchObjects,
  fetchRefs,
  listRemoteRefs,
  listRemotes,
  type PushOptions,
  pushRefs,
} from '../../src/git/remotes';
import { opened, runGit, type TestRepo, testRepo } from './testRepo';

describe('remotes', () => {
  let repo: TestRepo;
  let server: string;
  let one: Sha;
  let two: Sha;
  before(async () => {
    repo = await testRepo();
    one = repo.commit('one');
    two = repo.commit('two');
    server = join(repo.root, '..', 'server.git');
    runGit(repo.root, repo.env, ['init', '-q', '--bare', server]);
    repo.sh('remote', 'add', 'origin', server);
  });
  after(() => repo.remove());

  const onServer = (ref: string): string => {
    try {
      return runGit(server, repo.env, ['rev-parse', '--verify', '--quiet', ref]);
    } catch {
      return 'none';
    }
  };
  const push = async (src: string | undefined, dst: string, options: PushOptions = {}): Promise<string> => {
    const [outcome] = await pushRefs(repo.git, 'origin', [{ src, dst }], options);
    return outcome?.kind ?? 'nothing';
  };
  const hook = (folder: string, name: string, script: string): void => {
    writeFileSync(join(folder, 'hooks', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'hooks', name), 0o755);
  };

  it('pushes and says what became of each ref', async () => {
    assert.equal(await push(one, 'refs/notes/x'), 'updated');
    assert.equal(await push(one, 'refs/notes/x'), 'up-to-date');
    assert.equal(await push(two, 'refs/notes/x'), 'updated');
    assert.equal(await push(one, 'refs/notes/x'), 'stale');
    assert.equal(onServer('refs/notes/x'), two);
    const outcomes = await pushRefs(repo.git, server, [
      { src: one, dst: 'refs/notes/x', mode: 'force' },
      { src: 'HEAD', dst: 'refs/heads/main' },
      { src: one, dst: 'refs/notes/y', expect: two },
      { src: one, dst: 'refs/notes/z', expect: 'none' },
    ]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['updated', 'updated', 'stale', 'updated'],
    );
    assert.equal(await push(undefined, 'refs/notes/z'), 'updated');
    assert.equal(onServer('refs/notes/z'), 'none');
    assert.deepEqual(await pushRefs(repo.git, 'origin', []), []);
  });

  it('pushes all or none when told', async () => {
    const refs = [
      { src: one, dst: 'refs/notes/new' },
      { src: one, dst: 'refs/heads/main' },
    ];
    const outcomes = await pushRefs(repo.git, 'origin', refs, { atomic: 'yes' });
    assert.notEqual(outcomes[0]?.kind, 'updated');
    assert.equal(onServer('refs/notes/new'), 'none');
  });

  it('tells what the server refuses', async () => {
    hook(server, 'update', 'case $1 in refs/notes/no*) echo "\u001b[31mno" >&2; exit 1;; esac');
    const [no, yes] = await pushRefs(repo.git, 'origin', [
      { src: one, dst: 'refs/notes/no' },
      { src: one, dst: 'refs/notes/yes' },
    ]);
    assert.deepEqual([no?.kind, yes?.kind], ['rejected', 'updated']);
  });

  it('runs hooks of ours or not', async () => {
    hook(join(repo.root, '.git'), 'pre-push', 'echo to stdout; exit 1');
    await assert.rejects(push(two, 'refs/notes/hooked'), { code: 'network' });
    assert.equal(await push(two, 'refs/notes/hooked', { hooks: 'skip' }), 'updated');
  });

  it('fetches what it is told and nothing else', async () => {
    runGit(server, repo.env, ['tag', 'v1', one]);
    const spec = '+refs/notes/*:refs/countersign/remotes/origin/notes/*';
    assert.deepEqual(await fetchRefs(repo.git, 'origin', [spec]), { kind: 'fetched' });
    assert.equal(await resolveRef(repo.git, 'refs/countersign/remotes/origin/notes/x'), one);
    assert.equal(await resolveRef(repo.git, 'refs/tags/v1'), undefined);
    assert.equal(await resolveRef(repo.git, 'refs/remotes/origin/main'), undefined);
    const gone = await fetchRefs(repo.git, 'origin', ['refs/notes/none:refs/notes/none']);
    assert.deepEqual(gone, { kind: 'no-such-ref' });
  });

  it('lists what a remote has', async () => {
    const refs = await listRemoteRefs(repo.git, 'origin', ['refs/notes/x', 'refs/heads/*']);
    assert.deepEqual(refs, [
      { name: 'refs/heads/main', oid: two },
      { name: 'refs/notes/x', oid: one },
    ]);
  });

  it('throws when there is nobody', async () => {
    const nobody = { code: 'network' };
    await assert.rejects(fetchRefs(repo.git, '/nowhere', ['refs/notes/x']), nobody);
    await assert.rejects(pushRefs(repo.git, '/nowhere', [{ src: one, dst: 'refs/notes/x' }]), nobody);
    await assert.rejects(listRemoteRefs(repo.git, '--upload-pack=touch x', []), nobody);
    await assert.rejects(fetchRefs(repo.git, '--upload-pack=touch x', []), nobody);
    await assert.rejects(pushRefs(repo.git, 'origin', [{ src: 'nothing', dst: 'refs/notes/x' }]), nobody);
  });

  it('fetches missing objects of a partial clone at once', async () => {
    repo.write('big', 'content');
    repo.commit();
    await push('HEAD', 'refs/heads/main', { hooks: 'skip' });
    runGit(server, repo.env, ['config', 'uploadpack.allowFilter', 'true']);
    runGit(server, repo.env, ['config', 'uploadpack.allowAnySHA1InWant', 'true']);
    const at = join(repo.root, '..', 'partial');
    runGit(repo.root, repo.env, ['clone', '-q', '--bare', '--filter=blob:none', '-b', 'main', `file://${server}`, at]);
    const partial = await opened(at, repo.env);
    const blob = repo.sh('rev-parse', 'HEAD:big') as Sha;
    const isMissing = async (): Promise<boolean> =>
      (await partial.text(['rev-list', '--objects', '--missing=print', 'main'])).includes(`?${blob}`);
    assert.equal(await isMissing(), true);
    await fetchObjects(partial, 'origin', [blob]);
    assert.equal(await isMissing(), false);
    await fetchObjects(partial, 'origin', []);
  });

  it('knows the configured remotes', async () => {
    const made = await testRepo();
    made.sh('remote', 'add', 'origin', 'short:a');
    made.sh('remote', 'add', 'Other.One', 'https://x/b');
    made.sh('config', 'remote.Other.One.pushurl', 'short:c');
    made.sh('config', 'url.ssh://long/.insteadOf', 'short:');
    made.sh('config', 'url.ssh://longer/.pushInsteadOf', 'https://x/');
    made.sh('config', 'remote.none.prune', 'true');
    assert.deepEqual(await listRemotes(made.git), [
      {
        name: 'Other.One',
        fetchUrls: ['https://x/b'],
        pushUrls: ['ssh://long/c'],
        fetchRefspecs: ['+refs/heads/*:refs/remotes/Other.One/*'],
      },
      {
        name: 'origin',
        fetchUrls: ['ssh://long/a'],
        pushUrls: ['ssh://long/a'],
        fetchRefspecs: ['+refs/heads/*:refs/remotes/origin/*'],
      },
    ]);
    for (const remote of await listRemotes(made.git)) {
      assert.deepEqual(remote.fetchUrls, [made.sh('remote', 'get-url', remote.name)]);
      assert.deepEqual(remote.pushUrls, [made.sh('remote', 'get-url', '--push', remote.name)]);
    }
    made.remove();
  });
});
