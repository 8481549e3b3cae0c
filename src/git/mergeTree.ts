import { isSha, type RepoPath, type Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { type Git, gitFailure } from './git';
import { formatPerson } from './identity';
import { oidOf, writeObjects } from './objects';
import { repoPathOfBytes } from './repoPath';
import { openScratch } from './scratch';

/** How a merge went that nobody keeps. */
export type TrialMerge =
  | { readonly kind: 'clean'; readonly tree: Sha }
  /** `tree` has conflict markers in it; `paths` are those that conflict. */
  | { readonly kind: 'conflict'; readonly tree: Sha; readonly paths: readonly RepoPath[] }
  /** The histories have no common commit. */
  | { readonly kind: 'unrelated' };

/**
 * Merges two commits as git does unconfigured, by their own merge base, and writes the result into `git`: give the one
 * of a {@link openScratch} to keep nothing, and to be independent of configuration and attributes. Unrelated histories
 * are merged from nothing where that is allowed.
 *
 * @throws ToolError `git-failed` when a commit, or something in it, is not here
 */
export async function mergeTree(
  git: Git,
  ours: Sha,
  theirs: Sha,
  options: { readonly unrelated?: 'allow' } = {},
): Promise<TrialMerge> {
  const args = [...neutralConfig, 'merge-tree', '--write-tree', '-z', '--name-only', '--no-messages'];
  if (options.unrelated === 'allow') args.push('--allow-unrelated-histories');
  const result = await git.run([...args, '--end-of-options', ours, theirs], { expect: [0, 1, 128] });
  if (result.code === 128) {
    if (result.stderr.includes('refusing to merge unrelated histories')) return { kind: 'unrelated' };
    throw gitFailure(args, result);
  }
  const fields = splitNul(result.stdout);
  const tree = fields[0]?.toString('latin1').trim();
  if (!isSha(tree)) throw new ToolError('git-failed', 'git merge-tree gave an answer that is not understood.');
  if (result.code === 0) return { kind: 'clean', tree };
  return {
    kind: 'conflict',
    tree,
    paths: fields
      .slice(1)
      .filter(({ length }) => length > 0)
      .map(repoPathOfBytes),
  };
}

/** What {@link mergeTree} gives, of trees and with a base that the caller names; as a cherry-pick does. @throws alike */
export async function mergeTreesFromBase(
  git: Git,
  trees: { readonly base: Sha; readonly ours: Sha; readonly theirs: Sha },
): Promise<TrialMerge> {
  // `--merge-base` came with git 2.40; commits made for the purpose do the same in each version.
  const base = trialCommit(trees.base, []);
  const baseOid = oidOf(git.objectFormat, 'commit', base);
  // Unlike messages keep two equal sides apart from each other and from the base.
  const ours = trialCommit(trees.ours, [baseOid], 'ours');
  const theirs = trialCommit(trees.theirs, [baseOid], 'theirs');
  const oids = await writeObjects(
    git,
    [base, ours, theirs].map((data) => ({ type: 'commit', data })),
  );
  const [, oursOid, theirsOid] = oids;
  if (oursOid === undefined || theirsOid === undefined) throw new ToolError('git-failed', 'git gave no object id.');
  return mergeTree(git, oursOid, theirsOid);
}

/**
 * What merging all `parents` gives, one after the other as git's octopus does; of more than two it ends at the first
 * conflict. @throws as `mergeTree`
 */
export async function mergeAll(git: Git, parents: readonly [Sha, Sha, ...Sha[]]): Promise<TrialMerge> {
  const [first, second, ...more] = parents;
  let merged = await mergeTree(git, first, second, { unrelated: 'allow' });
  let ours = first;
  let last = second;
  for (const next of more) {
    if (merged.kind !== 'clean') return merged;
    const data = trialCommit(merged.tree, [ours, last]);
    await writeObjects(git, [{ type: 'commit', data }]);
    ours = oidOf(git.objectFormat, 'commit', data);
    last = next;
    merged = await mergeTree(git, ours, next, { unrelated: 'allow' });
  }
  return merged;
}

function trialCommit(tree: Sha, parents: readonly Sha[], message = ''): Buffer {
  const person = formatPerson({ name: 'countersign', email: 'countersign@localhost' }, { seconds: 0, zone: '+0000' });
  const head = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`)];
  return Buffer.from(`${head.join('\n')}\nauthor ${person}\ncommitter ${person}\n\n${message}\n`);
}

/** One trial merge that leaves nothing behind. @throws as `mergeTree` */
export async function trialMerge(git: Git, ours: Sha, theirs: Sha): Promise<TrialMerge> {
  const scratch = await openScratch(git);
  try {
    return await mergeTree(scratch.git, ours, theirs);
  } finally {
    await scratch.dispose();
  }
}

/** Git's defaults, said. */
const neutralConfig = [
  ...['-c', 'merge.renames=true', '-c', 'diff.renames=true', '-c', 'merge.renameLimit=7000'],
  ...['-c', 'merge.directoryRenames=conflict', '-c', 'merge.renormalize=false', '-c', 'merge.conflictStyle=merge'],
];

function splitNul(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const nul = bytes.indexOf(0, at);
    const end = nul < 0 ? bytes.length : nul;
    fields.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return fields;
}
