import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { ToolError, type ToolErrorCode } from '../../src/core/errors';
import { type Git, type OpenGitOptions, openGit } from '../../src/git/git';
import type { Environment } from '../../src/git/gitEnvironment';
import { gitVersion, isAtLeast, parseGitVersion } from '../../src/git/gitVersion';
import { remove, runGit, type TestRepo, tempFolder, testEnv, testRepo } from './testRepo';

async function found(cwd: string, options: OpenGitOptions): Promise<Git> {
  const result = await openGit(cwd, options);
  assert.equal(result.kind, 'found');
  return (result as { git: Git }).git;
}

async function rejectsWith(code: ToolErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof ToolError && error.code === code);
}

describe('openGit', () => {
  let repo: TestRepo;
  let other: TestRepo;
  let env: Environment;
  before(async () => {
    repo = await testRepo();
    other = await testRepo();
    env = repo.env;
    repo.write('sub/deep/a', 'a\n');
    repo.commit();
    other.write('o', 'o\n');
    other.commit();
  });
  after(() => {
    repo.remove();
    other.remove();
  });

  it('works from a sub-folder', async () => {
    const git = await found(join(repo.root, 'sub/deep'), { env });
    assert.deepEqual(
      [git.gitDir, git.commonDir, git.workTree, git.objectFormat],
      [join(repo.root, '.git'), join(repo.root, '.git'), repo.root, 'sha1'],
    );
  });

  it('works in a folder whose name holds line feeds', async () => {
    const folder = mkdtempSync(join(repo.root, '..', 'line\nfeed\n'));
    runGit(folder, env, ['init', '-q']);
    const git = await found(folder, { env });
    assert.deepEqual([git.gitDir, git.workTree], [join(folder, '.git'), folder]);
  });

  it('works in a linked worktree', async () => {
    const tree = join(repo.root, '..', 'linked');
    repo.sh('worktree', 'add', '-q', tree);
    const git = await found(tree, { env });
    assert.deepEqual(
      [git.gitDir, git.commonDir, git.workTree],
      [join(repo.root, '.git/worktrees/linked'), join(repo.root, '.git'), tree],
    );
    assert.equal(await git.text(['rev-parse', '--show-toplevel']), tree);
  });

  it('works in a submodule', async () => {
    repo.sh('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.root, 'mod');
    const git = await found(join(repo.root, 'mod'), { env });
    assert.deepEqual([git.gitDir, git.workTree], [join(repo.root, '.git/modules/mod'), join(repo.root, 'mod')]);
  });

  it('works in bare repositories, of either format', async () => {
    for (const format of ['sha1', 'sha256'] as const) {
      const folder = mkdtempSync(join(repo.root, '..', 'bare'));
      runGit(folder, env, ['init', '-q', '--bare', `--object-format=${format}`]);
      const git = await found(folder, { env });
      assert.deepEqual([git.gitDir, git.workTree, git.objectFormat], [folder, undefined, format]);
    }
  });

  it('works inside the git directory', async () => {
    const git = await found(join(repo.root, '.git', 'refs'), { env });
    assert.deepEqual([git.gitDir, git.workTree], [join(repo.root, '.git'), undefined]);
  });

  it('says why there is none', async () => {
    const empty = tempFolder();
    const reason = async (cwd: string): Promise<string> => {
      const result = await openGit(cwd, { env });
      return result.kind === 'none' ? result.reason : 'found';
    };
    assert.equal(await reason(empty), 'not-a-repository');
    assert.equal(await reason(join(empty, 'gone')), 'no-folder');
    remove(empty);
  });

  it('names a missing program', async () => {
    await rejectsWith('missing-program', openGit(repo.root, { env, program: '/nowhere/git' }));
  });

  describe('with inherited variables', () => {
    const gitDirOf = async (cwd: string, options: OpenGitOptions): Promise<string> =>
      (await found(cwd, options)).gitDir;

    it('drops those of another repository', async () => {
      const inherited = { ...env, GIT_DIR: join(other.root, '.git'), GIT_INDEX_FILE: join(other.root, '.git/index') };
      const expected = join(repo.root, '.git');
      assert.equal(await gitDirOf(repo.root, { env: inherited }), expected);
      const git = await found(repo.root, { env: inherited, environment: 'hook', inheritedCwd: other.root });
      assert.deepEqual([git.gitDir, git.env['GIT_INDEX_FILE']], [expected, undefined]);
    });

    it('keeps those of the same one, with relative paths made absolute', async () => {
      const inherited = { ...env, GIT_DIR: '.git', GIT_INDEX_FILE: '.git/next-index-1.lock', GIT_PREFIX: 'sub/' };
      const cwd = join(repo.root, 'sub');
      const git = await found(cwd, { env: inherited, environment: 'hook', inheritedCwd: repo.root });
      assert.equal(git.env['GIT_INDEX_FILE'], join(repo.root, '.git/next-index-1.lock'));
      assert.deepEqual(
        [git.gitDir, git.workTree, git.env['GIT_PREFIX']],
        [join(repo.root, '.git'), repo.root, undefined],
      );
    });

    it('keeps an index that comes without a git directory', async () => {
      const inherited = { ...env, GIT_INDEX_FILE: '.git/index.lock' };
      const git = await found(repo.root, { env: inherited, environment: 'hook', inheritedCwd: repo.root });
      assert.equal(git.env['GIT_INDEX_FILE'], join(repo.root, '.git/index.lock'));
      const elsewhere = await found(other.root, { env: inherited, environment: 'hook', inheritedCwd: repo.root });
      assert.equal(elsewhere.env['GIT_INDEX_FILE'], undefined);
    });

    it('goes by a git directory far from its work tree', async () => {
      const home = tempFolder();
      mkdirSync(join(home, 'in'));
      const inherited = { ...env, GIT_DIR: join(repo.root, '.git'), GIT_WORK_TREE: home };
      const git = await found(join(home, 'in'), { env: inherited, environment: 'hook', inheritedCwd: repo.root });
      assert.deepEqual([git.gitDir, git.workTree], [join(repo.root, '.git'), home]);
      remove(home);
    });

    it('keeps the quarantine alone on a server', async () => {
      const inherited = {
        ...env,
        GIT_DIR: '.',
        GIT_QUARANTINE_PATH: '/q',
        GIT_OBJECT_DIRECTORY: join(repo.root, '.git/objects'),
        GIT_INDEX_FILE: 'x',
        GIT_CONFIG_PARAMETERS: "'a.b'='c'",
        GIT_PUSH_OPTION_COUNT: '1',
      };
      const gitDir = join(repo.root, '.git');
      const git = await found(gitDir, { env: inherited, environment: 'pre-receive', inheritedCwd: gitDir });
      const names = Object.keys(git.env).filter((name) => name.startsWith('GIT_') && git.env[name] !== undefined);
      assert.deepEqual(names.sort(), [
        'GIT_DIR',
        'GIT_GRAFT_FILE',
        'GIT_NO_REPLACE_OBJECTS',
        'GIT_OBJECT_DIRECTORY',
        'GIT_OPTIONAL_LOCKS',
        'GIT_QUARANTINE_PATH',
      ]);
      assert.equal(git.gitDir, gitDir);
    });
  });

  describe('run', () => {
    it('throws for an exit code nobody expected, with a message without control characters', async () => {
      const name = 'no\u001b[31m\u202eref';
      await assert.rejects(repo.git.run(['cat-file', 'blob', name]), (error) => {
        assert.ok(error instanceof ToolError);
        assert.equal(error.code, 'git-failed');
        assert.doesNotMatch(`${error.message}${(error.cause as Error).message}`, /[\u001b\u202e]/);
        return true;
      });
      assert.equal((await repo.git.run(['cat-file', '-e', 'nothing'], { expect: [128] })).code, 128);
    });

    it('stops when told, when late, and when there is too much', async () => {
      const hang = ['-c', 'alias.hang=!sleep 30', 'hang'];
      await rejectsWith('timeout', repo.git.run(hang, { timeoutMs: 50 }));
      const controller = new AbortController();
      const running = repo.git.run(hang, { signal: controller.signal });
      controller.abort(new Error('enough'));
      await assert.rejects(running, /enough/);
      await assert.rejects(repo.git.run(hang, { signal: controller.signal }), /enough/);
      await rejectsWith('bad-input', repo.git.run(['help', '-a'], { maxBytes: 10 }));
    });

    it('survives a program that does not read its input', async () => {
      const { code } = await repo.git.run(['version'], { stdin: Buffer.alloc(4_000_000) });
      assert.equal(code, 0);
    });

    it('follows neither replacements nor grafts', async () => {
      const made = await testRepo();
      const first = made.commit('one');
      made.write('a', 'a');
      const second = made.commit('two');
      made.sh('replace', second, first);
      mkdirSync(join(made.root, '.git/info'), { recursive: true });
      writeFileSync(join(made.root, '.git/info/grafts'), `${second}\n`);
      assert.equal(await made.git.text(['log', '--format=%s', second]), 'two\none');
      assert.equal((await made.git.run(['log', '--format=%s', second])).stderr, '');
      made.remove();
    });
  });

  it('reads versions', async () => {
    assert.deepEqual(parseGitVersion('git version 2.39.5 (Apple Git-154)\n'), [2, 39, 5]);
    assert.deepEqual(parseGitVersion('git version 2.45.1.windows.1'), [2, 45, 1]);
    assert.deepEqual(parseGitVersion('git version 2.50'), [2, 50, 0]);
    assert.equal(parseGitVersion('hub version 2'), undefined);
    assert.equal(isAtLeast([2, 9, 9], [2, 38, 0]), false);
    assert.equal(isAtLeast([3, 0, 0], [2, 38, 0]), true);
    assert.equal(isAtLeast(await gitVersion('git', testEnv('/')), [2, 30, 0]), true);
  });
});
