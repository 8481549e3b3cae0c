import type { Sha } from '../core/brand';
import { readCommit } from '../git/commit';
import { isSha } from '../core/brand';
import { recordCommit, type Records } from './commitRecords';
import { leftBehind } from './hooks/leftBehind';
import type { Repository } from './repository';

/**
 * Builds the records that commits of this clone lack: commits that hooks did not see, or that carry no AI work and were
 * left for later. Commits that came from elsewhere are left alone, since nothing here saw them written.
 */
export async function ensureRecords(repo: Repository, records: Records, commits: readonly Sha[]): Promise<void> {
  const index = await records.book.index();
  const missing = commits.filter((commit) => !index.has(commit));
  if (missing.length === 0) return;
  const own = await ownCommits(repo);
  for (const commit of missing) {
    if (!own.has(commit)) continue;
    const read = await readCommit(repo.objects, commit);
    if (read.kind !== 'found') continue;
    await recordCommit(repo, records, commit, { replays: [], left: leftBehind(repo, records) });
  }
}

/** Reflog actions by which commits come to be here without having been made here. */
const arrivals = /^(?:clone|pull|fetch|checkout|reset|merge [^:]*: Fast-forward|branch|rebase \(start\)|rebase \(finish\))/;

/** The commits that the reflog of `HEAD` says were made in this clone. */
async function ownCommits(repo: Repository): Promise<ReadonlySet<Sha>> {
  const { stdout } = await repo.git.run(['log', '--walk-reflogs', '--format=%H %gs', '-n', '2000', 'HEAD', '--'], { expect: [0, 128] });
  const own = new Set<Sha>();
  for (const line of stdout.toString('utf8').split('\n')) {
    const [sha, subject] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    if (isSha(sha) && !arrivals.test(subject)) own.add(sha);
  }
  return own;
}
