import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSha, isZeroSha, type RepoPath, type Sha } from '../core/brand';
import { BugError, ToolError } from '../core/errors';
import { unquoteBytes } from '../core/quotedPath';
import { type Git, type GitResult, gitFailure } from './git';
import { resolve } from './refs';
import { bytesOfRepoPath, isQuotedRepoPath, repoPathOfBytes } from './repoPath';
import { runProcess } from './runProcess';

/** Where one line comes from; line numbers are 1-based. */
export interface BlameLine {
  /** The commit that added the line; `undefined` when none has it. */
  readonly commit: Sha | undefined;
  /** Its number and path in that commit. */
  readonly origLine: number;
  readonly origPath: RepoPath;
  /** Its number in the file that was asked about. */
  readonly finalLine: number;
}

/** What {@link blameFile} found; `no-path` when the revision, or `HEAD` and the index, have no such file. */
export type BlameResult =
  | { readonly kind: 'found'; readonly lines: readonly BlameLine[] }
  | { readonly kind: 'no-path' };

/** What of the file to look at. */
export interface BlameOptions {
  /** First and last line, 1-based, inclusive; lines beyond the end are left out. */
  readonly lines?: readonly [number, number];
  /** The bytes to take for the file on disk; only without a revision. */
  readonly contents?: Buffer;
  readonly signal?: AbortSignal;
}

/**
 * Finds for each line the commit that added it, as git does unconfigured: no commit is ignored. Without `rev` the file
 * on disk is meant. In a shallow repository lines older than the history are given to the commit where it is cut off.
 *
 * @throws ToolError `bad-input` for a revision that names no commit, `git-failed`
 */
export async function blameFile(
  git: Git,
  rev: string | undefined,
  path: RepoPath,
  options: BlameOptions = {},
): Promise<BlameResult> {
  const { lines, contents, signal } = options;
  if (rev !== undefined && contents !== undefined) throw new BugError('contents stand for the file on disk');
  const commit = rev === undefined || isSha(rev) ? rev : await resolve(git, rev, 'commit');
  if (rev !== undefined && commit === undefined) throw new ToolError('bad-input', 'The revision names no commit.');
  const args = [...neutralConfig, 'blame', '--incremental', '--root', '--no-ignore-revs-file', '--no-textconv'];
  if (lines !== undefined) args.push('-L', `${lines[0]},${lines[1]}`);
  const run = (stdinName: string | undefined): Promise<GitResult> => {
    const all = [...args, ...(stdinName === undefined ? [] : ['--contents', stdinName])];
    if (commit !== undefined) all.push(commit);
    return isQuotedRepoPath(path)
      ? runWithBytes(git, [...all, '--'], bytesOfRepoPath(path), signal)
      : git.run([...all, '--', path], { stdin: stdinName === '-' ? contents : undefined, expect: [0, 128], signal });
  };
  const result =
    contents !== undefined && isQuotedRepoPath(path)
      ? await withTemporaryFile(contents, (file) => run(file))
      : await run(contents === undefined ? undefined : '-');
  if (result.code === 0) return { kind: 'found', lines: parseIncremental(result.stdout) };
  if (/^fatal: file .* has only \d+ lines?$/ms.test(result.stderr)) return { kind: 'found', lines: [] };
  if (/^fatal: (?:no such path |no such ref: HEAD|Cannot lstat |cannot stat path )/m.test(result.stderr)) {
    return { kind: 'no-path' };
  }
  throw gitFailure(args, result);
}

/** Settings that no argument overrides. */
const neutralConfig = [
  ...['-c', 'core.quotePath=true', '-c', 'blame.ignoreRevsFile='],
  ...['-c', 'diff.algorithm=myers', '-c', 'diff.indentHeuristic=true', '-c', 'diff.renames=true'],
];

/**
 * Entries in the order git finds them (git's Documentation/git-blame, "incremental output"):
 *
 *     entry := oid SP origLine SP finalLine SP count LF (key SP value LF)* 'filename ' name LF
 */
function parseIncremental(stdout: Buffer): BlameLine[] {
  const found: BlameLine[] = [];
  let entry: RegExpExecArray | null = null;
  // Names are quoted, other values are not looked at: Latin-1 keeps every byte.
  for (const line of stdout.toString('latin1').split('\n')) {
    if (entry === null) {
      entry = /^([0-9a-f]{40,64}) ([0-9]+) ([0-9]+) ([0-9]+)$/.exec(line);
      if (entry === null && line !== '')
        throw new ToolError('git-failed', 'git blame gave an answer that is not understood.');
    } else if (line.startsWith('filename ')) {
      const name = line.slice('filename '.length);
      const origPath = repoPathOfBytes(unquoteBytes(name) ?? Buffer.from(name, 'latin1'));
      const [oid = '', origLine, finalLine, count] = [entry[1], ...entry.slice(2).map(Number)] as [string, ...number[]];
      const commit = isZeroSha(oid) ? undefined : (oid as Sha);
      for (let index = 0; index < (count ?? 0); index += 1) {
        const [orig, final] = [(origLine ?? 0) + index, (finalLine ?? 0) + index];
        found.push({ commit, origLine: orig, origPath, finalLine: final });
      }
      entry = null;
    }
  }
  return found.sort((a, b) => a.finalLine - b.finalLine);
}

/**
 * Node passes arguments as UTF-8, so a path of other bytes goes through xargs, which reads it from its input. Such paths
 * exist only where there is an xargs.
 */
async function runWithBytes(
  git: Git,
  args: readonly string[],
  lastArgument: Buffer,
  signal: AbortSignal | undefined,
): Promise<GitResult> {
  const start = {
    program: 'xargs',
    args: ['-0', git.program, ...args],
    cwd: git.workTree ?? git.gitDir,
    env: git.env,
  };
  const result = await runProcess(start, Buffer.concat([lastArgument, Buffer.of(0)]), { signal });
  // What xargs makes of a command that ended with 1 to 125.
  return result.code === 123 ? { ...result, code: 128 } : result;
}

async function withTemporaryFile<T>(content: Buffer, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-blame-'));
  try {
    const file = join(folder, 'contents');
    await writeFile(file, content, { mode: 0o600 });
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
