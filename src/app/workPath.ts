import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { AbsPath, RepoPath } from '../core/brand';
import { bytesOfRepoPath, isQuotedRepoPath, repoPathOfBytes } from '../git/repoPath';
import type { Repository } from './repository';

/** The real place of a path whose last parts may not exist: links in the folders that do are followed, its own is not. */
function realFolder(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realFolder(parent), basename(path));
  }
}

/**
 * The path in the repository of a file named on this machine; `undefined` where it lies outside the work tree, or in
 * git's own folder. `cwd` is what a relative name is relative to.
 */
export function repoPathOf(repo: Repository, name: string, cwd: string): RepoPath | undefined {
  if (name.includes('\0')) return undefined;
  const path = resolve(cwd, name);
  const inside = relative(realFolder(repo.worktree), join(realFolder(dirname(path)), basename(path)));
  if (inside === '' || isAbsolute(inside)) return undefined;
  const parts = inside.split(sep);
  if (parts[0] === '..' || parts[0]?.toLowerCase() === '.git') return undefined;
  return repoPathOfBytes(Buffer.from(parts.join('/'), 'utf8'));
}

/** Where a file of the repository lies on this machine; as bytes where its name is not UTF-8. */
export function workPathOf(repo: Repository, path: RepoPath): AbsPath | Buffer {
  if (isQuotedRepoPath(path)) return Buffer.concat([Buffer.from(`${repo.worktree}/`), bytesOfRepoPath(path)]);
  return join(repo.worktree, ...path.split('/')) as AbsPath;
}
