import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sha } from '../../src/core/brand';
import { type Git, openGit } from '../../src/git/git';
import type { Environment } from '../../src/git/gitEnvironment';

/** A fresh folder with links resolved; removed by `remove`. */
export function tempFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'countersign-git-')));
}

/** Removes a folder with all that is in it. */
export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** An environment in which nothing of the machine's configuration counts. */
export function testEnv(home: string): Environment {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ana',
    GIT_AUTHOR_EMAIL: 'ana@example.com',
    GIT_AUTHOR_DATE: '1700000000 +0100',
    GIT_COMMITTER_NAME: 'Bo',
    GIT_COMMITTER_EMAIL: 'bo@example.com',
    GIT_COMMITTER_DATE: '1700000100 -0230',
  };
}

/** A real repository in a temporary folder. */
export interface TestRepo {
  readonly root: string;
  readonly env: Environment;
  readonly git: Git;
  /** Runs real git, without our layer, and returns its output without the last line feed. */
  sh(...args: string[]): string;
  write(path: string | Buffer, content: string | Buffer): void;
  /** Adds everything and commits. */
  commit(message?: string): Sha;
  remove(): void;
}

/** Makes a repository; `init` holds further arguments of `git init`. */
export async function testRepo(...init: string[]): Promise<TestRepo> {
  const root = tempFolder();
  const env = testEnv(root);
  const top = join(root, 'repo');
  mkdirSync(top);
  runGit(top, env, ['init', '-q', '-b', 'main', ...init]);
  const git = await opened(top, env);
  const sh = (...args: string[]): string => runGit(top, env, args);
  return {
    root: top,
    env,
    git,
    sh,
    write: (path, content) => writeAt(top, path, content),
    commit(message = 'a change') {
      sh('add', '-A');
      sh('commit', '-q', '--allow-empty', '-m', message);
      return sh('rev-parse', 'HEAD') as Sha;
    },
    remove: () => remove(root),
  };
}

/** The repository at `cwd`, which must be there. */
export async function opened(cwd: string, env: Environment): Promise<Git> {
  const found = await openGit(cwd, { env });
  if (found.kind === 'none') throw new Error(`no repository: ${found.detail}`);
  return found.git;
}

/** Runs real git and returns its output without the last line feed. */
export function runGit(cwd: string, env: Environment, args: readonly string[], input?: Buffer | string): string {
  const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
  const options = { cwd, env: { ...env }, stdio, maxBuffer: 1 << 28, ...(input === undefined ? {} : { input }) };
  return execFileSync('git', args, options).toString('utf8').replace(/\n$/, '');
}

/** Names that break whoever splits at spaces, quotes or lines. */
export const hostileNames: readonly (string | Buffer)[] = [
  'with space',
  'tab\there',
  'line\nfeed',
  '"quoted"',
  'half"quote',
  'back\\slash',
  '-dash',
  '--option=x',
  ' leading and trailing ',
  ':colon',
  'b/c a/b',
  '*.glob[x]?',
  '$(touch PWN)`x`;',
  'ümläut',
  'esc\u001b[31m',
  Buffer.from('latin\xe9', 'latin1'),
  Buffer.from('"\xff"', 'latin1'),
];

function writeAt(root: string, path: string | Buffer, content: string | Buffer): void {
  const full = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path)]);
  mkdirSync(full.subarray(0, full.lastIndexOf('/')), { recursive: true });
  writeFileSync(full, content);
}

/** Makes a symbolic link in the repository. */
export function link(repo: TestRepo, path: string, target: string): void {
  symlinkSync(target, join(repo.root, path));
}
