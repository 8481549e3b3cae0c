import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { AbsPath } from '../core/brand';
import { ToolError } from '../core/errors';
import { safeText } from '../core/safeText';
import {
  type Environment,
  fixedEnvironment,
  type GitEnvironment,
  locatingEnvironment,
  neutralEnvironment,
} from './gitEnvironment';
import { type ProcessLimits, type ProcessResult, runProcess, startProcess } from './runProcess';

/** How one git command is run. */
export interface RunOptions extends ProcessLimits {
  readonly stdin?: Buffer | string | undefined;
  /** Added to the environment; `undefined` removes a variable. */
  readonly env?: Environment | undefined;
  /** Exit codes that are answers; any other throws. `[0]` when absent. */
  readonly expect?: readonly number[] | undefined;
  /** The folder to run in: the work tree, else the git directory, when absent. */
  readonly cwd?: string | undefined;
}

/** The outcome of a git command whose exit code was expected. */
export type GitResult = ProcessResult;

/** One repository, and the means to run git in it. */
export interface Git {
  /** Of this worktree. */
  readonly gitDir: AbsPath;
  /** Shared by all worktrees; equal to `gitDir` where there is one. */
  readonly commonDir: AbsPath;
  /** The top of the work tree; `undefined` in a bare repository or when opened inside the git directory. */
  readonly workTree: AbsPath | undefined;
  readonly objectFormat: 'sha1' | 'sha256';
  /** The program that is run: a name looked up in PATH or an absolute path. */
  readonly program: string;
  /** The environment each command gets, without what `RunOptions.env` adds. */
  readonly env: Environment;
  /** Runs `git <args>`. @throws ToolError `git-failed` when the exit code is not expected, and as `runProcess`. */
  run(args: readonly string[], options?: RunOptions): Promise<GitResult>;
  /** Standard output of `git <args>` as UTF-8, without the last line feed. @throws as `run`. */
  text(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Starts `git <args>` for a conversation over its pipes. */
  start(args: readonly string[], options?: Pick<RunOptions, 'env' | 'cwd'>): ChildProcessWithoutNullStreams;
}

/** What a repository is made of; see {@link Git}. */
export type GitParts = Pick<Git, 'gitDir' | 'commonDir' | 'workTree' | 'objectFormat' | 'program' | 'env'>;

/** Why there is no repository to work in. */
export type NoGitReason = 'not-a-repository' | 'unsafe-ownership' | 'no-folder' | 'unusable';

/** What {@link openGit} found. */
export type OpenGitResult =
  | { readonly kind: 'found'; readonly git: Git }
  | { readonly kind: 'none'; readonly reason: NoGitReason; readonly detail: string };

/** How to look for a repository. */
export interface OpenGitOptions {
  /** The inherited environment; `process.env` when absent. */
  readonly env?: Environment;
  /** `clean` when absent. */
  readonly environment?: GitEnvironment;
  /** The folder in which the inherited variables were set, hence what relative ones are relative to; `process.cwd()` when absent. */
  readonly inheritedCwd?: string;
  /** `git` when absent. */
  readonly program?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/**
 * Finds the repository that `cwd` is in: from a sub-folder, a linked worktree, a submodule, a bare repository, or as
 * inherited variables say (see {@link GitEnvironment}).
 *
 * @throws ToolError `missing-program`, `timeout`
 */
export async function openGit(cwd: string, options: OpenGitOptions = {}): Promise<OpenGitResult> {
  const { env = process.env, environment = 'clean', inheritedCwd = process.cwd() } = options;
  const folder = realFolder(cwd);
  if (folder === undefined) return { kind: 'none', reason: 'no-folder', detail: resolve(cwd) };
  const neutral = neutralEnvironment(environment, env);
  const inherited = locatingEnvironment(environment, env, inheritedCwd);

  if (environment === 'pre-receive') return locate(folder, neutral, inherited, options);
  const isHere = folder === realFolder(inheritedCwd);
  const namesDir = inherited['GIT_DIR'] !== undefined;
  if (isHere && !namesDir) return locate(folder, neutral, inherited, options);

  const found = await locate(folder, neutral, {}, options);
  if (Object.keys(inherited).length === 0) return found;
  if (found.kind === 'found' && isFor(found.git, inherited)) {
    // With a git directory alone, git takes the folder it runs in for the top of the work tree.
    return locate(folder, neutral, { GIT_WORK_TREE: found.git.workTree, ...inherited }, options);
  }
  const workTree = inherited['GIT_WORK_TREE'];
  if (!namesDir || !(isHere || (workTree !== undefined && isInside(folder, workTree)))) return found;
  const named = await locate(folder, neutral, inherited, options);
  return named.kind === 'found' ? named : found;
}

/** A {@link Git} of known parts. */
export function createGit(parts: GitParts): Git {
  const defaultCwd = parts.workTree ?? parts.gitDir;
  const startOf = (args: readonly string[], options: Pick<RunOptions, 'env' | 'cwd'>) => ({
    program: parts.program,
    args: [...fixedArguments, ...args],
    cwd: options.cwd ?? defaultCwd,
    env: options.env === undefined ? parts.env : { ...parts.env, ...options.env },
  });
  const run = async (args: readonly string[], options: RunOptions = {}): Promise<GitResult> => {
    const result = await runProcess(startOf(args, options), options.stdin, options);
    if (!(options.expect ?? [0]).includes(result.code)) throw gitFailure(args, result);
    return result;
  };
  return {
    ...parts,
    run,
    async text(args, options) {
      const { stdout } = await run(args, options);
      return stdout.toString('utf8').replace(/\n$/, '');
    },
    start: (args, options = {}) => startProcess(startOf(args, options)),
  };
}

/** `git` with `env` added to the environment of every command. */
export function withEnvironment(git: Git, env: Environment): Git {
  return createGit({ ...git, env: { ...git.env, ...env } });
}

/** The error for a git command that ended as nobody expected; stderr goes along with control characters replaced. */
export function gitFailure(args: readonly string[], result: Pick<GitResult, 'code' | 'stderr'>): ToolError {
  const stderr = printable(result.stderr).trim();
  const fatal = stderr.split('\n').find((line) => /^(?:fatal|error): /.test(line)) ?? stderr.split('\n').at(-1) ?? '';
  const cause = new Error(`git ${printable(args.join(' '))} ended with ${result.code}: ${stderr}`);
  const said = fatal === '' ? `ended with ${result.code}` : fatal.slice(0, 500);
  return new ToolError('git-failed', `git ${commandOf(args)}: ${said}`, { cause });
}

/**
 * The graft file is fixed to an empty one; git would advise against it on each run. No order of files is followed: git fails
 * where the file of one is missing.
 */
const fixedArguments = ['-c', 'advice.graftFileDeprecated=false', '-c', 'diff.orderFile=/dev/null'];

/** An argument that `rev-parse` echoes: paths may hold line feeds, and nothing else tells where one ends. */
const separator = '--countersign-separator';

async function locate(
  folder: string,
  neutral: Environment,
  inherited: Environment,
  options: OpenGitOptions,
): Promise<OpenGitResult> {
  const program = options.program ?? 'git';
  const env = { ...neutral, ...inherited, ...fixedEnvironment };
  const asked = ['--git-dir', separator, '--git-common-dir', separator, '--show-object-format', '--show-toplevel'];
  const args = [...fixedArguments, 'rev-parse', '--path-format=absolute', ...asked];
  const { signal, timeoutMs } = options;
  const result = await runProcess({ program, args, cwd: folder, env }, undefined, { signal, timeoutMs });
  // Without a work tree the last question fails, after the others have been answered.
  const [gitDir, commonDir, rest] = result.stdout.toString('utf8').split(`\n${separator}\n`);
  const format = /^(sha1|sha256)\n/.exec(rest ?? '')?.[1];
  if (gitDir === undefined || commonDir === undefined || rest === undefined || format === undefined) {
    const detail = printable(result.stderr).trim();
    return { kind: 'none', reason: noGitReason(result.stderr), detail };
  }
  const topLevel = result.code === 0 ? rest.slice(format.length + 1).replace(/\n$/, '') : '';
  // A hook that runs in the git directory is told that this is the work tree.
  const isTree = topLevel !== '' && resolve(topLevel) !== resolve(gitDir);
  const workTree = isTree ? (resolve(topLevel) as AbsPath) : undefined;
  return {
    kind: 'found',
    git: createGit({
      gitDir: resolve(gitDir) as AbsPath,
      commonDir: resolve(commonDir) as AbsPath,
      workTree,
      objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
      program,
      env: {
        ...env,
        GIT_DIR: resolve(gitDir),
        GIT_WORK_TREE: workTree,
      },
    }),
  };
}

function noGitReason(stderr: string): NoGitReason {
  if (stderr.includes('dubious ownership')) return 'unsafe-ownership';
  return stderr.includes('not a git repository') ? 'not-a-repository' : 'unusable';
}

/** Whether inherited variables are about `git`: by the git directory, else by the folder of the index. */
function isFor(git: Git, inherited: Environment): boolean {
  const gitDir = inherited['GIT_DIR'];
  if (gitDir !== undefined) return realFolder(gitDir) === realFolder(git.gitDir);
  const index = inherited['GIT_INDEX_FILE'];
  return index !== undefined && realFolder(dirname(index)) === realFolder(git.gitDir);
}

function isInside(folder: string, outer: string): boolean {
  const real = realFolder(outer);
  if (real === undefined) return false;
  const way = relative(real, folder);
  return way === '' || (way.split(/[\\/]/)[0] !== '..' && !isAbsolute(way));
}

/** The folder with links resolved; `undefined` when it cannot be reached. */
function realFolder(folder: string): string | undefined {
  try {
    return realpathSync.native(resolve(folder));
  } catch {
    // Absent and unreachable are the same to the one who wants to run git there.
    return undefined;
  }
}

/** The command's name: the first argument that is no option of git itself. */
function commandOf(args: readonly string[]): string {
  let index = 0;
  while (args[index]?.startsWith('-')) index += args[index] === '-c' ? 2 : 1;
  return args[index] ?? '';
}

/** What git said, each line safe to show. */
function printable(text: string): string {
  return text
    .split('\n')
    .map((line) => safeText(line, 2000))
    .join('\n');
}
