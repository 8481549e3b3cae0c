import { isSha, type RepoPath, type Sha } from '../core/brand';
import { unquoteBytes } from '../core/quotedPath';
import type { Git } from './git';
import { isQuotedRepoPath, literalPathspec, repoPathOfBytes } from './repoPath';
import type { BlobPlace } from './treeBlobs';

/** The commits that are looked at: those that some reach, or that `HEAD`, a branch of here or of a remote, or a tag does. */
export type Reach = readonly Sha[] | 'all-branches';

function reachArgs(reach: Reach): readonly string[] {
  if (reach !== 'all-branches') return ['--end-of-options', ...reach];
  return [...['stash', 'notes/*', 'countersign/*'].map((refs) => `--exclude=refs/${refs}`), '--all'];
}

/** Few enough for one command line. */
const mostAsked = 200;

/** Of so many commits, the newest, it is told that they brought a blob. */
const mostPlaces = 8;

/** Finds the commits that brought blobs, whatever their path: those that are expected to be asked about by one walk. */
export class BlobSearch {
  readonly #git: Git;
  readonly #expected: readonly Sha[];
  /** By reach and blob the walk that looked for it. */
  readonly #walks = new Map<string, Map<Sha, ReturnType<typeof placesOf>>>();

  /** `expected`: blobs that are looked for together with the first one that is asked about. */
  constructor(git: Git, expected: readonly Sha[] = []) {
    this.#git = git;
    this.#expected = expected;
  }

  /** The newest commits in reach, of the last 90 days, that brought a file with this blob; at most eight. @throws ToolError `git-failed` */
  async find(reach: Reach, oid: Sha): Promise<readonly BlobPlace[]> {
    if (reach.length === 0) return [];
    const walks = this.#walks.get(reach.toString()) ?? new Map<Sha, ReturnType<typeof placesOf>>();
    this.#walks.set(reach.toString(), walks);
    let walk = walks.get(oid);
    if (walk === undefined) {
      const asked = [...new Set([oid, ...this.#expected])].filter((each) => !walks.has(each)).slice(0, mostAsked);
      walk = placesOf(this.#git, reach, asked);
      for (const each of asked) walks.set(each, walk);
    }
    return (await walk).get(oid) ?? [];
  }
}

async function placesOf(git: Git, reach: Reach, oids: readonly Sha[]): Promise<ReadonlyMap<Sha, readonly BlobPlace[]>> {
  const { stdout } = await git.run([
    ...logOfFiles,
    ...oids.map((oid) => `--find-object=${oid}`),
    ...(oids.length === 1 ? [`--max-count=${mostPlaces}`] : []),
    '--since=90.days',
    ...reachArgs(reach),
    '--',
  ]);
  const places = new Map<Sha, readonly BlobPlace[]>();
  for (const { commit, oid, path } of brought(stdout)) {
    const known = places.get(oid) ?? [];
    if (known.length < mostPlaces) places.set(oid, [...known, { commit, path }]);
  }
  return places;
}

/** Of each commit its id, and below it the files that it changed, against every parent. */
const logOfFiles = [
  ...['-c', 'core.quotePath=true', '-c', 'log.showRoot=true', 'log', '--format=%H', '--no-show-signature'],
  ...['--raw', '-m', '--no-abbrev', '--no-renames', '--no-relative', '--no-follow'],
];

/** What {@link logOfFiles} prints: a file as `:<mode> <mode> <oid> <oid> <status> TAB <path>`, the path quoted where it must be. */
function* brought(stdout: Buffer): Generator<{ readonly commit: Sha; readonly oid: Sha; readonly path: RepoPath }> {
  let commit: Sha | undefined;
  for (const line of stdout.toString('latin1').split('\n')) {
    const [, oid, path = ''] = /^:\d+ \d+ \S+ (\S+) \S+\t(.*)$/.exec(line) ?? [];
    if (isSha(line)) commit = line;
    else if (commit !== undefined && isSha(oid)) {
      yield { commit, oid, path: repoPathOfBytes(unquoteBytes(path) ?? Buffer.from(path, 'latin1')) };
    }
  }
}

/** A blob that may have stood at a path. */
export interface AskedBlob {
  readonly oid: Sha;
  readonly path: RepoPath;
}

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
  const { stdout } = await git.run([
    ...logOfFiles,
    ...wanted.map(({ oid }) => `--find-object=${oid}`),
    ...span,
    '--',
    ...wanted.map(({ path }) => literalPathspec(path)),
  ]);
  const except = 'reach' in from ? from.except : undefined;
  const found = new Set<Sha>();
  for (const { commit, oid } of brought(stdout)) if (commit !== except) found.add(oid);
  return new Set(wanted.flatMap(({ oid }) => (found.has(oid) ? oid : [])));
}
