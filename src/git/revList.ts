import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSha, type Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import type { Git } from './git';

/** A commit's place in the graph. */
export interface CommitLink {
  readonly sha: Sha;
  readonly parents: readonly Sha[];
}

/** Which commits to list. */
export interface CommitRange {
  /** Ids or revisions; none gives an empty list. */
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  /** Leave out what refs under these patterns reach: `refs/remotes/origin/*`; one without wildcard means all below it. */
  readonly excludeRefs?: readonly string[];
  /** Leave out revisions that are not here instead of failing; `fail` when absent. */
  readonly missing?: 'fail' | 'ignore';
  /** Follow first parents only, from the tips of `include`. */
  readonly history?: 'all' | 'first-parent';
  readonly max?: number;
  /** `newest-first`: a commit stands before its parents (git's own order); the default. */
  readonly order?: 'newest-first' | 'oldest-first';
}

/** The commits of a range in topological order. @throws ToolError `git-failed` for a revision that is not here */
export async function listCommits(git: Git, range: CommitRange): Promise<readonly CommitLink[]> {
  if (range.include.length === 0) return [];
  const args = ['rev-list', '--topo-order', '--parents'];
  if (range.history === 'first-parent') args.push('--first-parent');
  if (range.max !== undefined) args.push(`--max-count=${range.max}`);
  if (range.order === 'oldest-first') args.push('--reverse');
  if (range.missing === 'ignore') args.push('--ignore-missing');
  args.push('--stdin');
  if (range.excludeRefs?.length) args.push('--not', ...range.excludeRefs.map((glob) => `--glob=${glob}`), '--not');
  const lines = [...range.include, ...(range.exclude ?? []).map((name) => `^${name}`)];
  const unusable = lines.find((line) => /[\n\0]|^\^?$|^-/.test(line));
  if (unusable !== undefined) throw new ToolError('bad-input', 'A revision has characters that none can have.');
  const text = await git.text(args, { stdin: `${lines.join('\n')}\n` });
  return text === '' ? [] : text.split('\n').map(parseLink);
}

/** Whether `ancestor` is reachable from `descendant`, or is it. @throws ToolError `git-failed` when one is not here */
export async function isAncestor(git: Git, ancestor: string, descendant: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', '--end-of-options', ancestor, descendant];
  const { code } = await git.run(args, { expect: [0, 1] });
  return code === 0;
}

/** All best common ancestors, git's choice first; empty for unrelated histories. @throws as `isAncestor` */
export async function mergeBases(git: Git, a: string, b: string): Promise<readonly Sha[]> {
  const args = ['merge-base', '--all', '--end-of-options', a, b];
  const { stdout } = await git.run(args, { expect: [0, 1] });
  return stdout.toString('latin1').split('\n').filter(isSha);
}

/** The best common ancestor that git chooses; `undefined` for unrelated histories. @throws as `isAncestor` */
export async function mergeBase(git: Git, a: string, b: string): Promise<Sha | undefined> {
  return (await mergeBases(git, a, b))[0];
}

/** Whether history is cut off. */
export async function isShallow(git: Git): Promise<boolean> {
  return (await git.text(['rev-parse', '--is-shallow-repository'])) === 'true';
}

/** The commits whose parents are cut off (git's `shallow` file); empty in a complete repository. */
export async function shallowCommits(git: Git): Promise<ReadonlySet<Sha>> {
  const file = git.env['GIT_SHALLOW_FILE'] ?? join(git.commonDir, 'shallow');
  try {
    return new Set((await readFile(file, 'latin1')).split('\n').filter(isSha));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Set();
    throw new ToolError('git-failed', 'The list of cut-off commits cannot be read.', { cause: error });
  }
}

/** The commit without parents at the end of the first-parent history of `rev`. @throws as `isAncestor` */
export async function rootOfFirstParent(git: Git, rev: string): Promise<Sha> {
  const args = ['rev-list', '--first-parent', '--max-parents=0', '--end-of-options', rev, '--'];
  const root = await git.text(args);
  if (!isSha(root)) throw new ToolError('git-failed', 'The history has no beginning.');
  return root;
}

function parseLink(line: string): CommitLink {
  const [sha, ...parents] = line.split(' ') as Sha[];
  if (sha === undefined) throw new ToolError('git-failed', 'git rev-list gave an answer that is not understood.');
  return { sha, parents };
}
