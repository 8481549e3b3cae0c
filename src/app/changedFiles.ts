import { lstatSync } from 'node:fs';
import type { RepoPath } from '../core/brand';
import { readStatus } from '../git/worktree';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** With more files that differ from `HEAD` a command is not followed: looking at them would hold the agent up. */
export const mostFiles = 2000;

/** The files that differ from `HEAD`, without folders that are repositories. @throws ToolError `git-failed` */
export async function changedFiles(repo: Repository): Promise<readonly RepoPath[]> {
  if (repo.git.workTree === undefined) return [];
  const status = await readStatus(repo.git);
  return status.filter(({ path }) => !path.endsWith('/')).map(({ path }) => path);
}

/** Equal while nobody wrote the file, as git's own index compares; empty where there is no file. */
export function stampOf(repo: Repository, path: RepoPath): string {
  try {
    const { size, mtimeNs, ctimeNs, ino } = lstatSync(workPathOf(repo, path), { bigint: true });
    return `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
  } catch {
    // Not there, or not to be seen: the text decides.
    return '';
  }
}
