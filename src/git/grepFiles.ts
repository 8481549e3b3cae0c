import type { RepoPath } from '../core/brand';
import type { Git, RunOptions } from './git';
import { repoPathOfBytes } from './repoPath';

/** Settings that no argument overrides. */
const neutralConfig = ['-c', 'submodule.recurse=false', '-c', 'grep.fallbackToNoIndex=false'];

/** The text files of the work tree, tracked or not but not ignored, that hold a part of a line. @throws ToolError `git-failed`, and as `Git.run` */
export async function filesHolding(
  git: Git,
  part: string,
  limits: Pick<RunOptions, 'timeoutMs' | 'maxBytes'> = {},
): Promise<readonly RepoPath[]> {
  const args = ['--files-with-matches', '--null', '-I', '--fixed-strings', '--no-ignore-case', '--untracked'];
  const { stdout } = await git.run([...neutralConfig, 'grep', ...args, '--full-name', '-e', part, '--'], {
    ...limits,
    expect: [0, 1],
  });
  return stdout
    .toString('latin1')
    .split('\0')
    .filter((path) => path !== '')
    .map((path) => repoPathOfBytes(Buffer.from(path, 'latin1')));
}
