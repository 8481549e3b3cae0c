import { isSha, type Sha } from '../core/brand';
import { readCommit, readCommits } from '../git/commit';
import type { FileChange } from '../git/diff';
import type { RecordBook } from './recordBook';
import { asReplayed, type Replayed } from './replayed';
import type { Repository } from './repository';

/** How many recorded commits are compared with, the first that the notes list. */
const mostRecorded = 20_000;

/**
 * Of commits without a record those that make the work of a recorded one again, as a tool leaves them that rewrites history
 * behind git's back, or a forge that rebases: the author's address and date are the same, and so is the patch.
 */
export async function sameWork(
  repo: Repository,
  book: RecordBook,
  commits: readonly Sha[],
): Promise<ReadonlyMap<Sha, Replayed>> {
  const found = new Map<Sha, Replayed>();
  const recorded = [...(await book.index()).keys()].slice(0, mostRecorded);
  if (commits.length === 0 || recorded.length === 0) return found;
  const byAuthor = await commitsByAuthor(repo, recorded);
  const own: ReadonlySet<Sha> = new Set(commits);
  for (const commit of commits) {
    const read = await readCommit(repo.objects, commit);
    if (read.kind !== 'found' || read.commit.parents.length > 1) continue;
    const { author, parents } = read.commit;
    for (const other of byAuthor.get(`${author.time} ${author.email}`) ?? []) {
      const replay = own.has(other) ? undefined : await asReplayed(repo, book, other);
      if (replay === undefined) continue;
      const [mine, theirs] = await Promise.all([
        changesOf(repo, parents[0], commit),
        changesOf(repo, replay.parent, other),
      ]);
      if (mine.length === 0 || !isSamePatch(mine, theirs)) continue;
      found.set(commit, replay);
      break;
    }
  }
  return found;
}

/** What a commit changes; nothing where it or its parent is not here. */
async function changesOf(repo: Repository, parent: Sha | undefined, commit: Sha): Promise<readonly FileChange[]> {
  const reads = await readCommits(repo.objects, [commit, ...(parent === undefined ? [] : [parent])]);
  return reads.every(({ kind }) => kind === 'found') ? repo.diffs.diff(parent, commit) : [];
}

/** Commits by `<author time> <author address>`; those that are not here are left out. */
async function commitsByAuthor(
  repo: Repository,
  commits: readonly Sha[],
): Promise<ReadonlyMap<string, readonly Sha[]>> {
  const args = [
    'log',
    '--no-walk=unsorted',
    '--ignore-missing',
    '--no-show-signature',
    '--format=%H %at %ae',
    '--stdin',
  ];
  const { stdout } = await repo.git.run(args, { stdin: `${commits.join('\n')}\n`, expect: [0, 128] });
  const byAuthor = new Map<string, Sha[]>();
  for (const line of stdout.toString('utf8').split('\n')) {
    const [sha, author] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    if (!isSha(sha)) continue;
    const known = byAuthor.get(author);
    if (known === undefined) byAuthor.set(author, [sha]);
    else known.push(sha);
  }
  return byAuthor;
}

/** Whether both remove and add the same lines of the same files, wherever in them. */
function isSamePatch(a: readonly FileChange[], b: readonly FileChange[]): boolean {
  const lines = (change: FileChange): string =>
    change.hunks
      .map(({ removed, added }) => `-${removed.map(String).join('\n-')}\n+${added.map(String).join('\n+')}`)
      .join('\n@\n');
  return (
    a.length === b.length &&
    a.every((change, index) => {
      const other = b[index];
      return other !== undefined && change.path === other.path && lines(change) === lines(other);
    })
  );
}
