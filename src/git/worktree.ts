import type { AbsPath, RepoPath, Sha } from '../core/brand';
import { isZeroSha } from '../core/brand';
import type { Git } from './git';
import { bytesOfRepoPath, isQuotedRepoPath, repoPathOfBytes } from './repoPath';

/** A work tree of the repository. */
export interface Worktree {
  readonly path: AbsPath;
  /** `undefined` where nothing is committed yet, and in a bare repository. */
  readonly head: Sha | undefined;
  /** The full name of the branch; `undefined` when detached or bare. */
  readonly branch: string | undefined;
  readonly bare: boolean;
  readonly locked: boolean;
  /** Its folder is gone. */
  readonly prunable: boolean;
}

/** A path that differs from `HEAD`, in the index or on disk. */
export interface StatusEntry {
  /** `unmerged` in a conflict, `untracked` when git does not know it (a folder that is a repository ends in `/`). */
  readonly kind: 'changed' | 'unmerged' | 'untracked';
  readonly path: RepoPath;
  /** Git's letters for index and disk: `M.`, `.D`, `UU`, `??`. */
  readonly code: string;
  /** In `HEAD` and in the index; `undefined` where there is none, and for `unmerged` and `untracked`. */
  readonly headOid: Sha | undefined;
  readonly indexOid: Sha | undefined;
  readonly headMode: string | undefined;
  readonly indexMode: string | undefined;
  /** On disk. */
  readonly diskMode: string | undefined;
}

/** One entry of the index. */
export interface IndexEntry {
  readonly path: RepoPath;
  readonly mode: string;
  readonly oid: Sha;
  /** 0, or 1 to 3 of an unmerged path. */
  readonly stage: number;
}

/** The work trees of the repository, the main one (or the bare repository) first. */
export async function listWorktrees(git: Git): Promise<readonly Worktree[]> {
  const { stdout } = await git.run(['worktree', 'list', '--porcelain', '-z']);
  const records = stdout
    .toString('utf8')
    .split('\0\0')
    .filter((record) => record !== '');
  return records.map((record) => {
    const lines = record.split('\0');
    const value = (key: string): string | undefined =>
      lines.find((line) => line === key || line.startsWith(`${key} `))?.slice(key.length + 1);
    const head = value('HEAD');
    return {
      path: (value('worktree') ?? '') as AbsPath,
      head: head === undefined || isZeroSha(head) ? undefined : (head as Sha),
      branch: value('branch'),
      bare: value('bare') !== undefined,
      locked: value('locked') !== undefined,
      prunable: value('prunable') !== undefined,
    };
  });
}

/**
 * What differs from `HEAD`: changed and untracked files one by one, ignored ones left out, renames as removal and
 * addition. `paths` limits it to files and folders of these names. @throws ToolError `git-failed` in a bare repository
 */
export async function readStatus(
  git: Git,
  options: { readonly paths?: readonly RepoPath[]; readonly signal?: AbortSignal } = {},
): Promise<readonly StatusEntry[]> {
  const { paths, signal } = options;
  const args = ['--literal-pathspecs', 'status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames'];
  args.push('--ignored=no', '--ignore-submodules=dirty', '--no-ahead-behind');
  // Node can pass no path whose bytes are not UTF-8: such a one is picked from all.
  const canPass = paths?.every((path) => !isQuotedRepoPath(path)) ?? false;
  const { stdout } = await git.run([...args, '--', ...(canPass ? (paths ?? []) : [])], { signal });
  const entries = splitRecords(stdout).flatMap((record) => parseStatus(record));
  if (paths === undefined || canPass) return entries;
  return entries.filter(({ path }) => paths.some((wanted) => isAtOrBelow(path, wanted)));
}

/** The index entries of files and folders of these names, or all. */
export async function listIndex(git: Git, paths?: readonly RepoPath[]): Promise<readonly IndexEntry[]> {
  if (paths?.length === 0) return [];
  const canPass = paths?.every((path) => !isQuotedRepoPath(path)) ?? false;
  const args = ['--literal-pathspecs', 'ls-files', '--stage', '-z', '--full-name', '--'];
  const { stdout } = await git.run([...args, ...(canPass ? (paths ?? []) : [])]);
  const entries = splitRecords(stdout).flatMap((record) => {
    const tab = record.indexOf(9);
    const [mode, oid, stage] = record.toString('latin1', 0, tab).split(' ');
    if (mode === undefined || oid === undefined) return [];
    return [{ path: repoPathOfBytes(record.subarray(tab + 1)), mode, oid: oid as Sha, stage: Number(stage) }];
  });
  if (paths === undefined || canPass) return entries;
  return entries.filter(({ path }) => paths.some((wanted) => isAtOrBelow(path, wanted)));
}

/** The entries of a commit or tree, submodules and all files in folders. @throws ToolError `git-failed` */
export async function listTree(git: Git, treeish: string): Promise<readonly Omit<IndexEntry, 'stage'>[]> {
  const { stdout } = await git.run(['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', treeish]);
  return splitRecords(stdout).flatMap((record) => {
    const tab = record.indexOf(9);
    const [mode, , oid] = record.toString('latin1', 0, tab).split(' ');
    if (mode === undefined || oid === undefined) return [];
    return [{ path: repoPathOfBytes(record.subarray(tab + 1)), mode, oid: oid as Sha }];
  });
}

/** Records of `git status --porcelain=v2 -z` (git's Documentation/git-status); header lines give nothing. */
function parseStatus(record: Buffer): StatusEntry[] {
  const type = String.fromCharCode(record[0] ?? 0);
  const none = { headOid: undefined, indexOid: undefined, headMode: undefined, indexMode: undefined };
  if (type === '?') {
    const path = repoPathOfBytes(record.subarray(2));
    return [{ kind: 'untracked', path, code: '??', ...none, diskMode: undefined }];
  }
  if (type === '1') {
    const [fields, path] = splitFields(record, 8);
    const [, code = '', , headMode, indexMode, diskMode, headOid, indexOid] = fields;
    return [
      {
        kind: 'changed',
        path,
        code,
        headOid: oidOrNone(headOid),
        indexOid: oidOrNone(indexOid),
        headMode: modeOrNone(headMode),
        indexMode: modeOrNone(indexMode),
        diskMode: modeOrNone(diskMode),
      },
    ];
  }
  if (type === 'u') {
    const [fields, path] = splitFields(record, 10);
    return [{ kind: 'unmerged', path, code: fields[1] ?? '', ...none, diskMode: modeOrNone(fields[6]) }];
  }
  return [];
}

/** `count` fields without spaces, then a path. */
function splitFields(record: Buffer, count: number): [readonly string[], RepoPath] {
  let at = 0;
  const fields: string[] = [];
  for (let field = 0; field < count; field += 1) {
    const space = record.indexOf(0x20, at);
    fields.push(record.toString('latin1', at, space));
    at = space + 1;
  }
  return [fields, repoPathOfBytes(record.subarray(at))];
}

function oidOrNone(oid: string | undefined): Sha | undefined {
  return oid === undefined || isZeroSha(oid) ? undefined : (oid as Sha);
}

function modeOrNone(mode: string | undefined): string | undefined {
  return mode === '000000' ? undefined : mode;
}

function splitRecords(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const nul = bytes.indexOf(0, at);
    const end = nul < 0 ? bytes.length : nul;
    records.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return records;
}

function isAtOrBelow(path: RepoPath, wanted: RepoPath): boolean {
  const [bytes, prefix] = [bytesOfRepoPath(path), bytesOfRepoPath(wanted)];
  if (!bytes.subarray(0, prefix.length).equals(prefix)) return false;
  return bytes.length === prefix.length || bytes[prefix.length] === 0x2f;
}
