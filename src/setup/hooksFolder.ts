import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { AbsPath } from '../core/brand';
import { listConfig } from '../git/config';
import type { Git } from '../git/git';

/** Where git looks for hooks, by what that means for setting up one repository. */
export type HooksFolder =
  /** In the git directory: this repository's alone. `beside` when it is the folder `hooks` of the common directory. */
  | { readonly kind: 'own'; readonly path: AbsPath; readonly beside: boolean }
  /** husky 9: `.husky/_` is generated; the hooks that people write are tracked, in `scripts`. */
  | { readonly kind: 'husky'; readonly path: AbsPath; readonly scripts: AbsPath }
  /** Elsewhere in the work tree: the project tracks its hooks. */
  | { readonly kind: 'tracked'; readonly path: AbsPath; readonly scripts: AbsPath }
  /** Outside the repository, or configured for more than it: other repositories use it too. */
  | { readonly kind: 'shared'; readonly path: AbsPath; readonly scope: string };

/** Finds the folder as git does (`core.hooksPath`, linked worktrees). @throws as `Git.run` */
export async function findHooksFolder(git: Git): Promise<HooksFolder> {
  const said = await git.text(['rev-parse', '--path-format=absolute', '--git-path', 'hooks']);
  const path = resolve(git.workTree ?? git.gitDir, said) as AbsPath;
  const setting = (await listConfig(git)).findLast((entry) => entry.key === 'core.hookspath');
  if (setting === undefined) return { kind: 'own', path, beside: true };
  const [real, common, tree] = await Promise.all([realOf(path), realOf(git.commonDir), realOf(git.workTree)]);
  const inTree = tree !== undefined && isInside(real, tree) && !(common !== undefined && isInside(real, common));
  if (inTree && basename(path) === '_' && basename(dirname(path)) === '.husky') {
    return { kind: 'husky', path, scripts: dirname(path) as AbsPath };
  }
  if (inTree) return { kind: 'tracked', path, scripts: path };
  const isLocal = setting.scope === 'local' || setting.scope === 'worktree';
  if (isLocal && common !== undefined && isInside(real, common)) {
    return { kind: 'own', path, beside: real === join(common, 'hooks') };
  }
  return { kind: 'shared', path, scope: setting.scope };
}

function isInside(path: string | undefined, folder: string): boolean {
  if (path === undefined) return false;
  const way = relative(folder, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}

/** The path with links resolved as far as it exists. */
async function realOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await realpath(path);
  } catch {
    // A folder that is not there yet lies where its parent is.
    const parent = dirname(path);
    return parent === path ? path : join((await realOf(parent)) ?? parent, basename(path));
  }
}
