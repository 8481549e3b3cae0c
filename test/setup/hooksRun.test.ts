import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Sha } from '../../src/core/brand';
import { formatProtectFile } from '../../src/setup/protectFile';
import { applyInit, type InitOptions, planInit } from '../../src/setup/setupPlan';
import { type SetupRepository, setupRepository } from './setupRepository';

describe('installed hooks', function () {
  this.timeout(60_000);
  let repo: SetupRepository;
  beforeEach(() => {
    repo = setupRepository();
  });
  afterEach(() => repo.remove());

  async function init(options: Partial<InitOptions> = {}) {
    const git = await repo.open();
    const all = { launcher: repo.launcher, remotes: ['origin'], editTracked: false, gitVersions: [], ...options };
    await applyInit(git, await planInit(git, all));
    repo.write('.git/countersign/quiet', '');
  }
  const loud = () => rmSync(join(repo.work, '.git/countersign/quiet'), { force: true });
  const commit = (message = 'm', ...args: string[]) =>
    repo.git(['commit', '-q', '--allow-empty', '-m', message, ...args]);
  const names = () => repo.calls().map((call) => call.replace(/[ |].*/, ''));
  const head = () => repo.git(['rev-parse', 'HEAD']).stdout.trim();

  it('start nothing for a commit without AI', async () => {
    await init();
    assert.equal(commit().status, 0);
    assert.deepEqual(repo.calls(), []);
  });

  it('start for uncommitted AI text, with the arguments of git', async () => {
    await init();
    loud();
    commit();
    assert.deepEqual(repo.calls(), ['prepare-commit-msg .git/COMMIT_EDITMSG message|', 'post-commit|']);
  });

  it('look at the message again where an editor was open, or another hook wrote behind our trailers', async () => {
    await init();
    loud();
    repo.git(['commit', '-q', '--allow-empty', '-e', '-m', 'm']);
    assert.deepEqual(names(), ['prepare-commit-msg', 'commit-msg', 'post-commit']);
    commit('s\n\nAI-Provenance: v1 x');
    assert.deepEqual(names(), ['prepare-commit-msg', 'post-commit']);
    commit('s\n\nAI-Provenance: v1 x\nChange-Id: 1');
    assert.deepEqual(names(), ['prepare-commit-msg', 'commit-msg', 'post-commit']);
  });

  it('start once others have brought records, loose or packed, that nobody has looked at', async () => {
    await init();
    commit();
    const one = head();
    const names = ['refs/notes/countersign', 'refs/countersign/remotes/up/stream/notes/countersign'];
    for (const name of names) {
      repo.calls();
      repo.git(['update-ref', name, one]);
      commit();
      assert.equal(repo.calls().length, 2, name);
      repo.git(['pack-refs', '--all']);
      commit();
      assert.equal(repo.calls().length, 2, `${name}, packed`);
      const known = names.slice(0, names.indexOf(name) + 1).map((each) => `${one} ${each}\n`);
      repo.write('.git/countersign/quiet', known.join(''));
      commit();
      assert.equal(repo.calls().length, 0, `${name}, known`);
    }
    repo.git(['update-ref', 'refs/countersign/remotes/up/stream/notes/countersign', head()]);
    commit();
    assert.equal(repo.calls().length, 2);
  });

  it('start for a prepared record and for trailers in the message', async () => {
    await init();
    repo.write('.git/countersign-prepared', '');
    commit();
    assert.deepEqual(names(), ['prepare-commit-msg', 'post-commit']);
    rmSync(join(repo.work, '.git/countersign-prepared'));
    commit('s\n\nAI-Provenance: v1 x');
    assert.deepEqual(names(), ['prepare-commit-msg']);
  });

  it('start for a cherry-pick, not for the plain picks of a rebase, and follow it once records exist', async () => {
    repo.write('a', '1\n');
    repo.git(['add', 'a']);
    commit('base');
    repo.git(['switch', '-qc', 'side']);
    repo.write('b', '1\n');
    repo.git(['add', 'b']);
    commit('side');
    const side = head();
    repo.git(['switch', '-q', 'main']);
    repo.write('c', '1\n');
    repo.git(['add', 'c']);
    commit('main');
    await init();
    repo.git(['cherry-pick', side]);
    assert.ok(names().includes('prepare-commit-msg'));
    repo.git(['reset', '-q', '--hard', 'HEAD^']);
    const old = side;
    repo.git(['switch', '-q', 'side']);
    repo.git(['rebase', '-q', 'main']);
    assert.deepEqual(names(), []);
    repo.git(['update-ref', 'refs/notes/countersign', 'HEAD']);
    repo.write('.git/countersign/quiet', `${head()} refs/notes/countersign\n`);
    repo.git(['reset', '-q', '--hard', old]);
    repo.git(['rebase', '-q', 'main']);
    assert.deepEqual(repo.calls(), [`post-rewrite rebase|${old} ${head()}`]);
  });

  it('never fail a commit', async () => {
    await init();
    loud();
    repo.answer(1);
    assert.equal(commit().status, 0);
  });

  it('stand aside within themselves', async () => {
    await init();
    loud();
    repo.git(['commit', '-q', '--allow-empty', '-m', 'm'], { env: { COUNTERSIGN_HOOK_RUNNING: 'pre-push' } });
    assert.deepEqual(repo.calls(), []);
  });

  it('are quiet when the runtime is gone; pre-push says one line and lets go', async () => {
    await init();
    loud();
    rmSync(repo.launcher);
    const { status, stderr } = commit();
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    const push = repo.git(['push', '-q', 'origin', 'main']);
    assert.equal(push.status, 0);
    assert.equal(push.stderr.trim().split('\n').length, 1);
  });

  it('pre-push: 1 refuses, anything else lets go', async () => {
    await init();
    commit();
    repo.answer(1);
    assert.equal(repo.git(['push', '-q', 'origin', 'main']).status, 1);
    assert.match(
      repo.calls()[0] ?? '',
      /^pre-push origin .*remote\.git\|refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}$/,
    );
    repo.answer(127);
    assert.equal(repo.git(['push', '-q', 'origin', 'main']).status, 0);
  });

  it('pre-push: an unprotected ref is not waited for', async () => {
    await init();
    commit();
    repo.answer(1);
    repo.git(['push', '-q', '--no-verify', 'origin', 'HEAD:main', 'HEAD:topic/old']);
    const known = head() as Sha;
    const homeHead = 'refs/remotes/origin/HEAD';
    const homes = [
      { remote: 'origin', ref: 'refs/remotes/origin/main', content: known },
      { remote: 'origin', ref: homeHead, content: undefined },
    ];
    const protect = ['main', 'release/**', 'refs/tags/v*', 'hot-?'];
    repo.write('.git/countersign/protect', formatProtectFile({ homes, tips: [known], protect }));
    commit();
    const behind = async () => {
      for (let tries = 0; tries < 50; tries++) {
        const calls = repo.calls().filter((call) => call.startsWith('pre-push'));
        if (calls.length > 0) return calls;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return [];
    };
    for (const topic of ['topic/x', 'topic/old']) {
      assert.equal(repo.git(['push', '-q', 'origin', `HEAD:refs/heads/${topic}`]).status, 0, topic);
      assert.match((await behind())[0] ?? '', /^pre-push --background origin /);
    }
    const refs = ['refs/heads/main', 'refs/heads/release/1/2', 'refs/tags/v1', 'refs/heads/hot-é'];
    for (const ref of refs) assert.equal(repo.git(['push', '-q', 'origin', `HEAD:${ref}`]).status, 1, ref);
    // The tip that the second push made is not among those whose policy was read.
    commit();
    assert.equal(repo.git(['push', '-q', 'origin', 'HEAD:topic/old']).status, 1);
    // Nor is anything known once the default branch is another commit.
    assert.equal(repo.git(['push', '-q', 'origin', 'HEAD:topic/y']).status, 0);
    repo.git(['symbolic-ref', homeHead, 'refs/remotes/origin/topic/old']);
    assert.equal(repo.git(['push', '-q', 'origin', 'HEAD:topic/z']).status, 1);
    repo.git(['symbolic-ref', '--delete', homeHead]);
    assert.equal(repo.git(['push', '-q', 'origin', 'HEAD:topic/z']).status, 0);
    repo.git(['update-ref', 'refs/remotes/origin/main', 'HEAD']);
    assert.equal(repo.git(['push', '-q', 'origin', 'HEAD:topic/w']).status, 1);
  });

  it('work in a linked worktree', async () => {
    commit();
    await init();
    repo.git(['worktree', 'add', '-q', '../linked']);
    loud();
    repo.git(['commit', '-q', '--allow-empty', '-m', 'm'], { cwd: join(repo.work, '../linked') });
    assert.deepEqual(names(), ['prepare-commit-msg', 'post-commit']);
  });

  describe('beside a hook that was there', () => {
    const shell = (body: string) => `#!/bin/sh\n${body}\n`;
    const kinds: readonly (readonly [string, (hook: string, body: string) => void])[] = [
      ['a shell script', (hook, body) => repo.write(`.git/hooks/${hook}`, shell(body), 0o755)],
      ['sh -eu', (hook, body) => repo.write(`.git/hooks/${hook}`, `#!/bin/sh -eu\n${body}\n`, 0o755)],
      [
        'bash by env',
        (hook, body) => repo.write(`.git/hooks/${hook}`, `#!/usr/bin/env bash\nset -euo pipefail\n${body}\n`, 0o755),
      ],
      ['no first line', (hook, body) => repo.write(`.git/hooks/${hook}`, `${body}\n`, 0o755)],
      [
        'a link',
        (hook, body) => {
          repo.write(`scripts/${hook}`, shell(body), 0o755);
          symlinkSync(`../../scripts/${hook}`, join(repo.work, '.git/hooks', hook));
        },
      ],
      [
        'another language',
        (hook, body) =>
          repo.write(
            `.git/hooks/${hook}`,
            `#!/usr/bin/env node\nconst { spawnSync } = require('node:child_process');\n` +
              `process.exit(spawnSync('sh', ['-c', ${JSON.stringify(body)}, 'hook', ...process.argv.slice(2)], { stdio: 'inherit' }).status);\n`,
            0o755,
          ),
      ],
    ];
    for (const [kind, put] of kinds) {
      it(`${kind}: both get stdin and arguments, the old one first`, async () => {
        put('pre-push', 'printf "old %s|" "$1" >>"$PROBE_LOG"; cat | tr "\\n" ";" >>"$PROBE_LOG"; echo >>"$PROBE_LOG"');
        await init();
        commit();
        assert.equal(repo.git(['push', '-q', 'origin', 'main']).status, 0);
        const [old, ours] = repo.calls();
        assert.match(old ?? '', /^old origin\|refs\/heads\/main \S+ refs\/heads\/main \S+;$/);
        assert.match(ours ?? '', /^pre-push origin \S?.*\|refs\/heads\/main \S+ refs\/heads\/main \S+$/);
      });
      it(`${kind}: its refusal stands, and ours does not run`, async () => {
        put('commit-msg', 'echo old >>"$PROBE_LOG"; exit 3');
        await init();
        loud();
        assert.equal(commit().status, 1);
        assert.deepEqual(names(), ['prepare-commit-msg', 'old']);
      });
    }
    it('a failing post-commit does not keep ours from running', async () => {
      repo.write('.git/hooks/post-commit', shell('exit 5'), 0o755);
      await init();
      loud();
      commit();
      assert.ok(names().includes('post-commit'));
    });
    it('one that does not read its input is not disturbed', async () => {
      repo.write('.git/hooks/pre-push', shell('exit 0'), 0o755);
      await init();
      commit();
      const push = repo.git(['push', '-q', 'origin', 'main']);
      assert.deepEqual({ status: push.status, stderr: push.stderr }, { status: 0, stderr: '' });
    });
    it('one that goes by its own name and folder still finds both', async () => {
      repo.write(
        '.git/hooks/post-commit',
        shell('echo "$(basename "$0") $(basename "$(dirname "$0")")" >>"$PROBE_LOG"'),
        0o755,
      );
      await init();
      commit();
      assert.deepEqual(repo.calls(), ['post-commit hooks']);
    });
    it('one that is switched off stays off', async () => {
      repo.write('.git/hooks/commit-msg', shell('exit 1'), 0o644);
      await init();
      assert.equal(commit().status, 0);
    });
    it('the old one still runs when our scripts are gone', async () => {
      repo.write('.git/hooks/commit-msg', shell('echo old >>"$PROBE_LOG"'), 0o755);
      repo.write('.git/hooks/post-commit', 'echo older >>"$PROBE_LOG"', 0o755);
      await init();
      rmSync(join(repo.work, '.git/countersign'), { recursive: true });
      assert.equal(commit().status, 0);
      assert.deepEqual(repo.calls(), ['old', 'older']);
    });
    it('one that commits by itself does not lead in circles', async () => {
      repo.write(
        '.git/hooks/post-commit',
        shell('[ -f .git/once ] || { touch .git/once; git commit -q --allow-empty -m second; }'),
        0o755,
      );
      await init();
      loud();
      commit();
      assert.equal(names().filter((name) => name === 'post-commit').length, 2);
    });
  });

  it('husky: one line in the tracked hooks, when asked for', async () => {
    repo.write('.husky/_/.gitignore', '*\n');
    const stub =
      '#!/usr/bin/env sh\nh="$(dirname "$(dirname "$0")")/$(basename "$0")"\n[ ! -f "$h" ] || exec sh -e "$h" "$@"\n';
    for (const hook of ['prepare-commit-msg', 'commit-msg', 'post-commit', 'pre-push'])
      repo.write(`.husky/_/${hook}`, stub, 0o755);
    repo.write('.husky/commit-msg', 'echo husky >>"$PROBE_LOG"', 0o644);
    repo.git(['config', 'core.hooksPath', '.husky/_']);
    await init();
    loud();
    commit();
    assert.deepEqual(repo.calls(), ['husky']);
    await init({ editTracked: true });
    loud();
    commit();
    assert.deepEqual(names(), ['prepare-commit-msg', 'husky', 'post-commit']);
    assert.ok(!repo.read('.husky/commit-msg').includes(repo.root));
    assert.equal(repo.git(['push', '-q', 'origin', 'main']).status, 0);
    assert.match(repo.calls()[0] ?? '', /\|refs\/heads\/main /);
  });
});
