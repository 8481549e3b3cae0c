import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AbsPath } from '../../src/core/brand';
import { ToolError } from '../../src/core/errors';
import { describePlan } from '../../src/setup/describePlan';
import { inspectSetup } from '../../src/setup/inspectSetup';
import { installRuntime, launcherPath, readRuntime, runtimeFolder } from '../../src/setup/runtime';
import { applyDeinit, applyInit, type InitOptions, planDeinit, planInit } from '../../src/setup/setupPlan';
import { decodeSetupState } from '../../src/setup/setupState';
import { type SetupRepository, setupRepository } from './setupRepository';

describe('setting up and undoing it', function () {
  this.timeout(60_000);
  let repo: SetupRepository;
  beforeEach(() => {
    repo = setupRepository();
    rmSync(join(repo.work, '.git/hooks'), { recursive: true });
    mkdirSync(join(repo.work, '.git/hooks'));
  });
  afterEach(() => repo.remove());

  const options = (more: Partial<InitOptions> = {}): InitOptions => ({
    launcher: repo.launcher,
    remotes: ['origin'],
    editTracked: false,
    gitVersions: [[2, 39, 5]],
    ...more,
  });
  async function init(more: Partial<InitOptions> = {}) {
    const git = await repo.open();
    const plan = await planInit(git, options(more));
    await applyInit(git, plan);
    return plan;
  }
  async function deinit() {
    const git = await repo.open();
    const plan = await planDeinit(git);
    await applyDeinit(git, plan);
    return plan;
  }
  const config = (key: string) => repo.git(['config', '--get-all', key]).stdout.split('\n').filter(Boolean);
  const status = () => repo.git(['status', '--porcelain', '-uall']).stdout;

  const before: readonly (readonly [string, () => void])[] = [
    ['nothing', () => {}],
    ['no hooks folder', () => rmSync(join(repo.work, '.git/hooks'), { recursive: true })],
    [
      'shell hooks',
      () => {
        repo.write('.git/hooks/pre-push', '#!/bin/sh\nexit 0', 0o755);
        repo.write('.git/hooks/commit-msg', '#!/usr/bin/env bash\n# \xff\n\n', 0o700);
      },
    ],
    [
      'other hooks',
      () => {
        repo.write('.git/hooks/pre-push', '#!/usr/bin/env python3\n', 0o755);
        repo.write('.git/hooks/commit-msg', '\x7fELF\0', 0o755);
        repo.write('.git/hooks/post-merge', '#!/bin/sh\n', 0o644);
        symlinkSync('../../x', join(repo.work, '.git/hooks/post-commit'));
      },
    ],
    [
      'a configuration with comments and no final line end',
      () => {
        repo.write('.git/config', `${repo.read('.git/config')}# mine\n[countersign]\n\tgitAi = true\n[a]\nb = c`);
      },
    ],
    [
      'husky',
      () => {
        repo.write('.husky/_/.gitignore', '*\n');
        repo.write('.husky/commit-msg', 'npx x');
        repo.git(['config', 'core.hooksPath', '.husky/_']);
      },
    ],
    [
      'tracked hooks',
      () => {
        repo.write('tools/hooks/commit-msg', '#!/bin/sh\necho\n', 0o755);
        repo.git(['config', 'core.hooksPath', 'tools/hooks']);
      },
    ],
    [
      'a folder of its own in the git directory',
      () => {
        repo.write('.git/my hooks/pre-push', '#!/bin/sh\n', 0o755);
        repo.git(['config', 'core.hooksPath', join(repo.work, '.git/my hooks')]);
      },
    ],
  ];
  for (const [name, prepare] of before) {
    it(`leaves no trace: ${name}`, async () => {
      prepare();
      const [git, tree] = [repo.snapshot(), status()];
      const plan = await init({ editTracked: true });
      assert.notDeepEqual(repo.snapshot(), git);
      assert.deepEqual((await init({ editTracked: true })).steps, [], 'a second time changes nothing');
      assert.ok(describePlan(plan, repo.work).length > 0);
      assert.deepEqual((await deinit()).notes, []);
      assert.deepEqual(repo.snapshot(), git);
      assert.equal(status(), tree);
      assert.deepEqual((await deinit()).steps, []);
    });
  }

  it('writes the refspec and the remote, never a push refspec or a hooks path', async () => {
    await init();
    assert.deepEqual(config('remote.origin.fetch'), [
      '+refs/heads/*:refs/remotes/origin/*',
      '+refs/notes/countersign*:refs/countersign/remotes/origin/notes/countersign*',
    ]);
    assert.deepEqual(config('countersign.remote'), ['origin']);
    assert.deepEqual([...config('remote.origin.push'), ...config('core.hooksPath')], []);
    assert.equal(repo.git(['fetch', '-q']).status, 0);
  });

  it('undoes the configuration line by line when it changed since', async () => {
    const untouched = repo.read('.git/config');
    await init();
    repo.git(['config', 'a.b', 'c']);
    await deinit();
    assert.equal(repo.read('.git/config'), `${untouched}[a]\n\tb = c\n`);
  });

  it('keeps what the user changed, and says so', async () => {
    repo.write('.git/hooks/pre-push', '#!/bin/sh\nexit 0\n', 0o755);
    await init();
    repo.write('.git/hooks/pre-push', `${repo.read('.git/hooks/pre-push')}# more\n`);
    repo.write('.git/hooks/commit-msg', `${repo.read('.git/hooks/commit-msg')}# mine\n`);
    const { notes } = await deinit();
    assert.deepEqual(notes.map((note) => note.kind).sort(), ['kept-changes', 'left-changed']);
    assert.equal(repo.read('.git/hooks/pre-push'), '#!/bin/sh\nexit 0\n# more\n');
    assert.match(repo.read('.git/hooks/commit-msg'), /# mine/);
  });

  it('keeps the old hook aside when another took the place', async () => {
    repo.write('.git/hooks/pre-push', '#!/usr/bin/env python3\n', 0o755);
    await init();
    repo.write('.git/hooks/pre-push', '#!/usr/bin/env ruby\n', 0o755);
    assert.deepEqual((await deinit()).notes.map((note) => note.kind).sort(), ['left-changed', 'left-changed']);
    assert.equal(repo.read('.git/hooks/pre-push'), '#!/usr/bin/env ruby\n');
  });

  it('survives a move of the repository', async () => {
    repo.write('.git/hooks/pre-push', '#!/bin/sh\nexit 0\n', 0o755);
    const git = repo.snapshot();
    await init();
    renameSync(repo.work, `${repo.work} moved`);
    repo.write('.keep', '');
    rmSync(repo.work, { recursive: true });
    const moved = await repo.open(`${repo.work} moved`);
    await applyDeinit(moved, await planDeinit(moved));
    renameSync(`${repo.work} moved`, repo.work);
    assert.deepEqual(repo.snapshot(), git);
  });

  it('brings a hook and the scripts up to date', async () => {
    await init();
    const other = `${repo.launcher}2` as AbsPath;
    const { steps } = await init({ launcher: other });
    assert.ok(steps.every((step) => step.kind === 'write-file' && step.before !== undefined));
    assert.match(repo.read('.git/countersign/hooks/pre-push'), /countersign2'/);
    await deinit();
    assert.deepEqual(status(), '');
  });

  it('does not touch hooks of other repositories', async () => {
    const shared = join(repo.root, 'shared');
    mkdirSync(shared);
    repo.git(['config', '--global', 'core.hooksPath', shared]);
    const { steps, notes } = await init();
    assert.deepEqual(notes, [{ kind: 'shared-hooks', path: shared, scope: 'global' }]);
    assert.ok(steps.every((step) => !('path' in step) || !step.path.startsWith(shared)));
  });

  it('edits no tracked hook unless asked', async () => {
    repo.write('.githooks/pre-push', '#!/bin/sh\n', 0o755);
    repo.git(['config', 'core.hooksPath', '.githooks']);
    const tree = status();
    assert.deepEqual(
      (await init()).notes.map((note) => note.kind),
      ['tracked-hooks'],
    );
    assert.equal(status(), tree);
  });

  it('plans configured hooks where every git has them', async () => {
    const git = await repo.open();
    const hooks = (plan: { steps: readonly { kind: string }[] }) =>
      plan.steps.filter((step) => step.kind === 'add-config' && 'key' in step && String(step.key).startsWith('hook.'))
        .length;
    assert.equal(
      hooks(
        await planInit(
          git,
          options({
            gitVersions: [
              [2, 54, 0],
              [2, 55, 1],
            ],
          }),
        ),
      ),
      14,
    );
    assert.equal(
      hooks(
        await planInit(
          git,
          options({
            gitVersions: [
              [2, 54, 0],
              [2, 39, 5],
            ],
          }),
        ),
      ),
      0,
    );
    await init();
    assert.equal(hooks(await planInit(git, options({ gitVersions: [[2, 54, 0]] }))), 0);
  });

  it('changes nothing when a step fails', async () => {
    const git = repo.snapshot();
    const opened = await repo.open();
    const plan = await planInit(opened, options());
    repo.write('.git/config.lock', '');
    await assert.rejects(applyInit(opened, plan), ToolError);
    rmSync(join(repo.work, '.git/config.lock'));
    assert.deepEqual(repo.snapshot(), git);
  });

  it('not-writable where the hooks folder is a file', async () => {
    rmSync(join(repo.work, '.git/hooks'), { recursive: true });
    repo.write('.git/hooks', '');
    const git = repo.snapshot();
    await assert.rejects(init(), (error) => error instanceof ToolError && error.code === 'not-writable');
    assert.deepEqual(repo.snapshot(), git);
  });

  it('lost-race where a hook changed after the plan', async () => {
    const opened = await repo.open();
    const plan = await planInit(opened, options());
    repo.write('.git/hooks/pre-push', 'x');
    const git = repo.snapshot();
    await assert.rejects(applyInit(opened, plan), (error) => error instanceof ToolError && error.code === 'lost-race');
    assert.deepEqual(repo.snapshot(), git);
  });

  it('says which remote there is not', async () => {
    assert.deepEqual((await init({ remotes: ['nowhere'] })).notes, [{ kind: 'no-such-remote', remote: 'nowhere' }]);
  });

  it('bad-input for a broken setup.json', async () => {
    repo.write('.git/countersign/setup.json', '{"schema":1,"entries":[{"kind":"file"}]}');
    await assert.rejects(deinit(), (error) => error instanceof ToolError && error.code === 'bad-input');
    for (const text of ['', '[]', '{"schema":2,"entries":[]}', '{"schema":1,"entries":[],"config":3}'])
      assert.equal(decodeSetupState(text), undefined, text);
  });

  describe('inspectSetup', () => {
    const path = process.env['PATH'] ?? '';
    async function kinds(more: { path?: string; gitVersions?: InitOptions['gitVersions'] } = {}) {
      const runtime = join(repo.root, 'runtime') as AbsPath;
      const findings = await inspectSetup(await repo.open(), { runtime, path, gitVersions: [[2, 39, 5]], ...more });
      return findings.map((finding) => finding.kind);
    }
    async function healthy() {
      const runtime = join(repo.root, 'runtime') as AbsPath;
      const cli = join(repo.root, 'cli.js') as AbsPath;
      writeFileSync(cli, '');
      await installRuntime(runtime, cli, { path: process.execPath, isElectron: false });
      await init({ launcher: launcherPath(runtime) });
    }
    it('not-set-up', async () => assert.deepEqual(await kinds(), ['not-set-up']));
    it('nothing where all is well', async () => {
      await healthy();
      assert.deepEqual(await kinds(), []);
    });
    const breaks: readonly (readonly [string, () => void])[] = [
      ['hook-missing', () => rmSync(join(repo.work, '.git/hooks/pre-push'))],
      ['hook-missing', () => repo.write('.git/hooks/pre-push', '#!/bin/sh\nlefthook run pre-push\n', 0o755)],
      ['hook-changed', () => repo.write('.git/hooks/pre-push', `${repo.read('.git/hooks/pre-push')}#\n`)],
      ['runtime-missing', () => rmSync(join(repo.root, 'runtime/cli.js'))],
      ['node-missing', () => writeFileSync(join(repo.root, 'runtime/node.json'), '{"node":"/nowhere"}')],
      ['no-fetch-refspec', () => repo.git(['config', '--unset-all', 'remote.origin.fetch', 'notes'])],
      ['no-remote-told', () => repo.git(['config', '--unset-all', 'countersign.remote'])],
      ['remote-gone', () => repo.git(['remote', 'remove', 'origin'])],
      ['hooks-shared', () => repo.git(['config', '--global', 'core.hooksPath', '/nowhere'])],
      ['grafts', () => repo.write('.git/info/grafts', '')],
    ];
    for (const [kind, breakIt] of breaks)
      it(kind, async () => {
        await healthy();
        breakIt();
        assert.deepEqual(await kinds(), [kind]);
      });
    it('ssh-keygen-missing, git-too-old, replace-refs', async () => {
      await healthy();
      repo.git(['commit', '-q', '--allow-empty', '-m', 'm']);
      repo.git(['update-ref', 'refs/replace/0123456789012345678901234567890123456789', 'HEAD']);
      assert.deepEqual(await kinds({ path: 'bin', gitVersions: [[2, 30, 0]] }), [
        'git-too-old',
        'replace-refs',
        'ssh-keygen-missing',
      ]);
    });
  });
});

describe('runtime', () => {
  let repo: SetupRepository;
  beforeEach(() => {
    repo = setupRepository();
  });
  afterEach(() => repo.remove());

  it('runs the command line, without what could load code from elsewhere', async () => {
    const folder = join(repo.root, "da'ta") as AbsPath;
    const cli = join(repo.root, 'cli.js') as AbsPath;
    writeFileSync(
      cli,
      'console.log(JSON.stringify([process.argv.slice(2), process.env.NODE_OPTIONS ?? null, process.env.ELECTRON_RUN_AS_NODE ?? null]))',
    );
    assert.equal(await installRuntime(folder, cli, { path: process.execPath, isElectron: true }), true);
    assert.equal(await installRuntime(folder, cli, { path: process.execPath, isElectron: true }), false);
    const alias = `!'${launcherPath(folder).replaceAll("'", "'\\''")}' a 'b c'`;
    const { stdout } = repo.git(['-c', `alias.x=${alias}`, 'x'], { env: { NODE_OPTIONS: '--require ./evil.js' } });
    assert.deepEqual(JSON.parse(stdout), [['a', 'b c'], null, '1']);
    writeFileSync(cli, '0');
    assert.equal(await installRuntime(folder, cli, { path: process.execPath, isElectron: true }), true);
    assert.deepEqual(await readRuntime(folder), { kind: 'ready', node: process.execPath });
    await assert.rejects(installRuntime(folder, cli, { path: 'node', isElectron: false }), ToolError);
  });

  const places: readonly (readonly [NodeJS.Platform, Record<string, string>, string])[] = [
    ['linux', {}, '/h/.local/share/countersign/runtime'],
    ['linux', { XDG_DATA_HOME: '/x' }, '/x/countersign/runtime'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/h/.local/share/countersign/runtime'],
    ['darwin', { XDG_DATA_HOME: '/x' }, '/h/Library/Application Support/countersign/runtime'],
    ['win32', { LOCALAPPDATA: '/l' }, '/l/countersign/runtime'],
  ];
  for (const [platform, env, folder] of places)
    it(`${platform} ${JSON.stringify(env)}`, () => assert.equal(runtimeFolder({ platform, env, home: '/h' }), folder));
});
