import { ToolError } from '../core/errors';
import type { Environment } from './gitEnvironment';
import { runProcess } from './runProcess';

/** The numbers of a git version: `[2, 39, 5]`. */
export type GitVersion = readonly [major: number, minor: number, patch: number];

/** The oldest git that has all we use: `merge-tree --write-tree` and `cat-file -z`. */
export const oldestGit: GitVersion = [2, 38, 0];

/** The version of the git program. @throws ToolError `missing-program`, `git-failed` */
export async function gitVersion(program = 'git', env: Environment = process.env): Promise<GitVersion> {
  const start = { program, args: ['version'], cwd: process.cwd(), env: { ...env, LC_ALL: 'C' } };
  const { code, stdout } = await runProcess(start, undefined, { timeoutMs: 10_000 });
  const version = code === 0 ? parseGitVersion(stdout.toString('utf8')) : undefined;
  if (version === undefined) throw new ToolError('git-failed', `${program} does not say which version it is.`);
  return version;
}

/** The numbers in what `git version` prints, suffixes of vendors left out; `undefined` when there are none. */
export function parseGitVersion(text: string): GitVersion | undefined {
  const [, major, minor, patch] = /^git version ([0-9]+)\.([0-9]+)(?:\.([0-9]+))?/.exec(text) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return [Number(major), Number(minor), Number(patch ?? 0)];
}

/** Whether `version` is `least` or later. */
export function isAtLeast(version: GitVersion, least: GitVersion): boolean {
  const [major, minor, patch] = version;
  if (major !== least[0]) return major > least[0];
  if (minor !== least[1]) return minor > least[1];
  return patch >= least[2];
}

/** @throws ToolError `git-too-old` when git is older than {@link oldestGit} */
export function requireGitVersion(version: GitVersion): void {
  if (isAtLeast(version, oldestGit)) return;
  throw new ToolError('git-too-old', `Git ${version.join('.')} is too old.`, {
    next: `Install git ${oldestGit.join('.')} or later.`,
  });
}
