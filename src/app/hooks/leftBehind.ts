import { isSha, type Sha } from '../../core/brand';
import type { RecordBook } from '../recordBook';
import { allAsReplayed, type Replayed } from '../replayed';
import type { Repository } from '../repository';

/** How many commits that the reflog names are looked at. */
const mostLeft = 60;

/**
 * Finds, on the first call, the recorded commits that `HEAD` left behind in the last 30 days (by a reset, a rebase, a switch), newest first: their
 * records may know lines that come back.
 */
export function leftBehind(repo: Repository, book: RecordBook): () => Promise<readonly Replayed[]> {
  let found: Promise<readonly Replayed[]> | undefined;
  return () => {
    found ??= findLeft(repo, book);
    return found;
  };
}

async function findLeft(repo: Repository, book: RecordBook): Promise<readonly Replayed[]> {
  const index = await book.index();
  if (index.size === 0) return [];
  const log = await repo.git.run(
    ['log', '--walk-reflogs', '--since=30.days', '--format=%H', '-n', `${mostLeft * 4}`, 'HEAD', '--'],
    { expect: [0, 128] },
  );
  const seen = [...new Set(log.stdout.toString('latin1').split('\n'))].filter((line): line is Sha => isSha(line));
  const recorded = seen.filter((sha) => index.has(sha));
  if (recorded.length === 0) return [];
  const { stdout } = await repo.git.run(['rev-list', '--stdin'], {
    stdin: `${recorded.join('\n')}\n^HEAD\n`,
    expect: [0, 128],
  });
  const unreached = new Set(stdout.toString('latin1').split('\n'));
  return allAsReplayed(repo, book, recorded.filter((sha) => unreached.has(sha)).slice(0, mostLeft));
}
