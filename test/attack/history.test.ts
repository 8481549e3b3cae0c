import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { recordsOf } from '../../src/app/commitRecords';
import { checkLocally } from '../../src/app/gate/localCheck';
import { decidePush, parsePushedRefs } from '../../src/app/gate/prePush';
import { reviewDigest } from '../../src/app/gate/reviewDigest';
import { makeStatement, signAndAttach, signableRange } from '../../src/app/gate/sign';
import { withRepository } from '../../src/app/repository';
import type { Sha } from '../../src/core/brand';
import { type Clone, type Server, server } from '../gate/server';
import { lines, outcome, place, pushAll, signAndKeep } from './support';

describe('history that is to look like something else', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  const open = (changes: Readonly<Record<string, string>> = {}): void => {
    at = server({ threshold: '{ lines: 20, share: 0.2 }', ...changes });
    ana = at.clone('ana');
  };
  afterEach(() => at.remove());
  const commit = (path: string, text: string, message = 'A change'): Sha => {
    ana.write(path, text);
    return ana.commit(message) as Sha;
  };

  describe('merges', () => {
    beforeEach(() => {
      open();
      commit('auth.js', lines(40, 'auth'));
      place(at, ana, 'main');
      ana.git('checkout', '-q', '-b', 'topic');
      commit('docs/a.md', 'text\n');
      ana.git('checkout', '-q', 'main');
      commit('auth.js', lines(40, 'auth') + lines(30, 'fix'));
      place(at, ana, 'main');
      ana.git('checkout', '-q', 'topic');
    });

    it('that take out what both sides have are judged, whatever their record', async () => {
      ana.git('merge', '-q', '--no-commit', 'main');
      const merge = commit('auth.js', lines(2, 'auth'), 'Merge');
      assert.equal(outcome(ana.push('topic:main')), 'blocked');
      await ana.record(merge, 'docs/a.md', '1');
      assert.equal(outcome(pushAll(ana, 'topic:main')), 'blocked');
    });

    it('that undo the work of one side are judged', () => {
      ana.git('merge', '-q', '-s', 'ours', 'main');
      assert.equal(outcome(ana.push('topic:main')), 'blocked');
    });

    it('that are the automatic one pass', () => {
      ana.git('merge', '-q', '--no-edit', 'main');
      assert.equal(outcome(ana.push('topic:main')), 'passed');
    });

    it('that choose a side where the sides conflict pass, unless much of main goes', async () => {
      const own = commit('auth.js', lines(40, 'auth') + lines(3, 'own'));
      await ana.record(own, 'auth.js', '41-43');
      assert.notEqual(ana.tryGit('merge', '-q', 'main').status, 0);
      ana.git('checkout', '--ours', 'auth.js');
      ana.commit('Merge');
      assert.equal(outcome(pushAll(ana, 'topic:main')), 'blocked');
      ana.git('reset', '-q', '--hard', own);
      ana.git('checkout', '-q', 'main');
      commit('auth.js', lines(40, 'auth') + lines(3, 'fix'));
      place(at, ana, '--force', 'main');
      ana.git('checkout', '-q', 'topic');
      assert.notEqual(ana.tryGit('merge', '-q', 'main').status, 0);
      ana.git('checkout', '--ours', 'auth.js');
      ana.commit('Merge');
      assert.equal(outcome(pushAll(ana, 'topic:main')), 'passed');
    });

    it('of many sides pass where git made them, and are judged where somebody did', () => {
      ana.git('checkout', '-q', '-b', 'other', 'topic');
      commit('docs/b.md', 'text\n');
      ana.git('checkout', '-q', 'topic');
      commit('docs/c.md', 'text\n');
      const parents = ['topic', 'main', 'other'].map((name) => ana.git('rev-parse', name));
      ana.git('merge', '-q', '--no-edit', 'main', 'other');
      const [made, ...evil] = ['HEAD', parents[0], parents[2]].map((like) =>
        ana.git('commit-tree', '-m', 'Merge', ...parents.flatMap((oid) => ['-p', oid]), `${like}^{tree}`),
      );
      for (const merge of evil) assert.equal(outcome(ana.push(`${merge}:main`)), 'blocked');
      assert.equal(outcome(ana.push(`${made}:main`)), 'passed');
    });

    it('of many sides that conflict answer for what any side loses', () => {
      ana.git('checkout', '-q', '-b', 'other', 'topic');
      commit('docs/a.md', 'other text\n');
      ana.git('checkout', '-q', 'topic');
      commit('docs/a.md', 'further text\n');
      const parents = ['topic', 'main', 'other'].flatMap((name) => ['-p', name]);
      const merge = ana.git('commit-tree', '-m', 'Merge', ...parents, ana.git('rev-parse', 'topic^{tree}'));
      assert.equal(outcome(ana.push(`${merge}:main`)), 'blocked');
    });
  });

  describe('a sign-off that carries', () => {
    const signTwo = async (): Promise<readonly [Sha, Sha]> => {
      const first = commit('one.js', lines(40, 'one'), 'One');
      await signAndKeep(ana, 'carla');
      const second = commit('two.js', lines(40, 'two'), 'Two');
      await signAndKeep(ana, 'carla');
      return [first, second];
    };

    it('does not cover what came and went beside what was signed', async () => {
      open();
      await signTwo();
      ana.git('reset', '-q', '--soft', 'origin/main');
      ana.git('stash', '-q');
      commit('evil.js', lines(40, 'evil'));
      rmSync(join(ana.path, 'evil.js'));
      ana.commit();
      ana.git('stash', 'pop', '-q');
      ana.commit('One and two');
      assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
    });

    it('covers the same commits reordered and on a newer main', async () => {
      open();
      const [first, second] = await signTwo();
      ana.git('reset', '-q', '--hard', 'origin/main');
      commit('docs/b.md', 'text\n');
      place(at, ana, 'main');
      ana.git('cherry-pick', second, first);
      assert.equal(outcome(pushAll(ana, 'main')), 'passed');
    });

    it('covers a squash', async () => {
      open();
      await signTwo();
      ana.git('reset', '-q', '--soft', 'origin/main');
      ana.commit('One and two');
      assert.equal(outcome(pushAll(ana, 'main')), 'passed');
    });

    it('counts for its signer who rebased and changed nothing else', async () => {
      open();
      const signed = commit('one.js', lines(40, 'one'), 'One');
      await signAndKeep(ana, 'carla');
      ana.git('reset', '-q', '--hard', 'HEAD^');
      commit('docs/b.md', 'text\n');
      place(at, ana, 'main');
      const env = { ...ana.env, GIT_COMMITTER_NAME: 'carla', GIT_COMMITTER_EMAIL: 'carla@example.com' };
      assert.equal(spawnSync('git', ['cherry-pick', signed], { cwd: ana.path, env }).status, 0);
      assert.equal(outcome(pushAll(ana, 'main')), 'passed');
    });
  });

  it('a signer who replays a signed commit at another place has made it', async () => {
    open({ threshold: '{ lines: 1, share: 0 }' });
    const block = 'open\n1\n2\n3\n4\n5\n6\nshut\n';
    commit('code.js', block + block);
    place(at, ana, 'main');
    const own = 'attack();\n';
    const signed = commit('code.js', block.replace('4\n', `4\n${own}`) + block, 'One');
    await signAndKeep(ana, 'carla');
    const time = ana.git('log', '-1', '--format=%ad', '--date=raw', signed);
    ana.git('reset', '-q', '--hard', 'HEAD^');
    ana.write('code.js', block + block.replace('4\n', `4\n${own}`));
    ana.git('add', '-A');
    const env = {
      ...ana.env,
      GIT_AUTHOR_DATE: time,
      GIT_COMMITTER_NAME: 'carla',
      GIT_COMMITTER_EMAIL: 'carla@example.com',
    };
    assert.equal(spawnSync('git', ['commit', '-q', '-m', 'One'], { cwd: ana.path, env }).status, 0);
    await signAndKeep(ana, 'carla');
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
  });

  describe('a sign-off with a base of its own', () => {
    beforeEach(() => open());
    const signFrom = (base: Sha, head: Sha, commits: readonly Sha[]): Promise<void> =>
      ana.use(async (repo) => {
        const all = recordsOf(repo);
        const range = await signableRange(repo, await checkLocally(repo, all, { target: 'main' }));
        const request = {
          decision: { event: 'approve' },
          principal: 'carla@example.com',
          answers: {},
          how: 'acknowledged',
          unattended: true,
        } as const;
        const statement = await makeStatement(repo, all, range, request);
        const diffSha256 = (await reviewDigest(repo, base, head)) ?? '';
        const key = { kind: 'file', path: join(at.keys.home, 'carla') } as const;
        await signAndAttach(
          repo,
          range,
          { ...statement, base, diffSha256, commits },
          { program: 'ssh-keygen', key, env: at.keys.env, timeoutMs: 10_000 },
        );
      });

    it('speaks for no commit that its diff does not show', async () => {
      const first = commit('one.js', lines(40, 'one'));
      const second = commit('docs/a.md', 'text\n');
      await signFrom(first, second, [first, second]);
      assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
    });

    it('does not count beside the history of its head, where the same may stand already', async () => {
      const beside = commit('one.js', lines(40, 'one'), 'Beside');
      ana.git('reset', '-q', '--hard', 'HEAD^');
      const head = commit('one.js', lines(40, 'one'));
      await signFrom(beside, head, [head]);
      ana.git('update-ref', 'refs/countersign/signed/beside', beside);
      assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
      const { base } = await ana.use(async (repo) =>
        signableRange(repo, await checkLocally(repo, recordsOf(repo), { target: 'main' }), beside),
      );
      assert.equal(base, ana.git('rev-parse', 'HEAD^'));
    });
  });

  it('a request for changes follows rewritten commits, whatever is put on top and though nothing else carries', async () => {
    open({ carry: 'never' });
    commit('one.js', lines(10, 'one'));
    await signAndKeep(ana, 'carla', { decision: { event: 'request-changes', reason: 'No.' } });
    ana.git('commit', '-q', '--amend', '-m', 'Other words');
    for (let index = 0; index < 31; index++) ana.git('commit', '-q', '--allow-empty', '-m', `${index}`);
    commit('docs/a.md', 'text\n');
    for (let index = 0; index < 31; index++) ana.git('commit', '-q', '--allow-empty', '-m', `${index}`);
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
  });

  it('a request for changes follows rewritten commits where those that it is about are gone', async () => {
    open();
    commit('one.js', lines(10, 'one'));
    await ana.sign('carla', { decision: { event: 'request-changes', reason: 'No.' } });
    ana.git('commit', '-q', '--amend', '-m', 'Other words');
    const signOffs = 'refs/notes/countersign-signoffs';
    assert.equal(outcome(ana.push('main', `${signOffs}:${signOffs}`)), 'blocked');
  });

  it('a push by URL is judged as one to the remote', async () => {
    open();
    const head = commit('one.js', lines(40, 'one'));
    ana.git('branch', 'release/1');
    for (const place of [at.bare, join(at.root, 'elsewhere.git')]) {
      for (const [ref, old] of [
        ['main', '1'.repeat(40)],
        ['release/1', '0'.repeat(40)],
      ]) {
        const pushed = parsePushedRefs(`HEAD ${head} refs/heads/${ref} ${old}\n`);
        const decided = await ana.use((repo) => decidePush(repo, { remote: place, url: place }, pushed));
        assert.equal(decided.verdict, 'blocked', `${place} ${ref}`);
      }
    }
  });

  it('of which a part is cut off is undecided', async () => {
    open();
    commit('one.js', lines(4, 'one'));
    commit('one.js', lines(8, 'one'));
    place(at, ana, 'HEAD:topic');
    for (const depth of [1, 2]) {
      const path = join(at.root, `shallow-${depth}`);
      ana.git('clone', '-q', `--depth=${depth}`, '--no-single-branch', '--branch=topic', `file://${at.bare}`, path);
      const { result } = await withRepository(path, { env: ana.env }, (repo) =>
        checkLocally(repo, recordsOf(repo), { target: 'main' }),
      );
      assert.equal(result.verdict, 'undecided');
      assert.ok(result.findings.some(({ kind }) => kind === 'shallowHistory'));
    }
  });
});
