import { isSha, type RepoPath, type Sha } from '../core/brand';
import type { Git } from './git';
import { takeRawChanges } from './rawDiff';
import { isQuotedRepoPath, literalPathspec } from './repoPath';

/** A blob in a commit. */
export interface BlobPlace {
  readonly commit: Sha;
  readonly path: RepoPath;
}

/** The commits that are looked at: those that one reaches, or that `HEAD`, a branch of here or of a remote, or a tag does. */
export type Reach = Sha | 'all-branches';

function reachArgs(reach: Reach): readonly string[] {
  if (reach !== 'all-branches') return ['--end-of-options', reach];
  return [...['stash', 'notes/*', 'countersign/*'].map((refs) => `--exclude=refs/${refs}`), '--all'];
}

/**
 * The newest commits in reach, of the last 90 days, that brought a file with this blob, whatever its path; at most three.
 * @throws ToolError `git-failed`
 */
export async function findBlob(git: Git, reach: Reach, oid: Sha): Promise<readonly BlobPlace[]> {
  const range = ['--since=90.days', '--max-count=3', ...reachArgs(reach), '--'];
  const { stdout } = await git.run(['log', '--format=%H', '--no-show-signature', `--find-object=${oid}`, ...range]);
  const commits = stdout.toString('latin1').split('\n').filter(isSha);
  const places: BlobPlace[] = [];
  for (const commit of commits) {
    const args = [
      'diff-tree',
      '-r',
      '--root',
      '-m',
      '--no-commit-id',
      '--raw',
      '-z',
      '--no-abbrev',
      '--no-renames',
      `--find-object=${oid}`,
    ];
    const raw = (await git.run([...args, '--end-of-options', commit, '--'])).stdout;
    for (const change of takeRawChanges({ bytes: raw, at: 0 })) {
      if (change.newOid === oid) places.push({ commit, path: change.path });
    }
  }
  return places;
}

/** A blob that may have stood at a path. */
export interface AskedBlob {
  readonly oid: Sha;
  readonly path: RepoPath;
}

/** Few enough for one command line. */
const mostAsked = 200;

const seconds90Days = 90 * 24 * 60 * 60;

/**
 * Which of these blobs a commit of the last 90 days brought to one of their paths: one in reach, or, with `before`
 * (seconds since 1970), any that is no younger; `except` is none of them. Of more than 200 blobs the first are asked about.
 *
 * @throws ToolError `git-failed`
 */
export async function blobsBrought(
  git: Git,
  asked: readonly AskedBlob[],
  from: { readonly reach: Reach; readonly except?: Sha } | { readonly before: number },
): Promise<ReadonlySet<Sha>> {
  const wanted = asked.filter(({ path }) => !isQuotedRepoPath(path)).slice(0, mostAsked);
  if (wanted.length === 0) return new Set();
  const span =
    'reach' in from
      ? ['--since=90.days', ...reachArgs(from.reach)]
      : ['--all', `--before=${from.before}`, `--since=${from.before - seconds90Days}`];
  const shape = ['--format=%H', '--raw', '-m', '--no-abbrev', '--no-renames', '--no-show-signature'];
  const { stdout } = await git.run([
    'log',
    ...shape,
    ...wanted.map(({ oid }) => `--find-object=${oid}`),
    ...span,
    '--',
    ...wanted.map(({ path }) => literalPathspec(path)),
  ]);
  const except = 'reach' in from ? from.except : undefined;
  const brought = new Set<string>();
  let commit = '';
  for (const line of stdout.toString('latin1').split('\n')) {
    const oid = /^:\d+ \d+ \S+ (\S+)/.exec(line)?.[1];
    if (isSha(line)) commit = line;
    else if (oid !== undefined && commit !== except) brought.add(oid);
  }
  return new Set(wanted.flatMap(({ oid }) => (brought.has(oid) ? oid : [])));
}
