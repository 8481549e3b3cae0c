import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { isSha, type Sha } from '../../core/brand';
import { decodeRecord } from '../../core/record/decodeRecord';
import { readCommit } from '../../git/commit';
import { headMoves } from '../../git/reflog';
import { compactLedger } from '../../store/compactLedger';
import { attachRecords } from '../attachRecords';
import { commitId } from '../blobs';
import { recordsOf } from '../commitRecords';
import { type CommitToRecord, recordCommits } from '../makeRecord';
import { arrivals } from '../ownCommits';
import { allAsReplayed } from '../replayed';
import type { Repository } from '../repository';
import { forgetAttachParts } from './attachParts';
import { leftBehind } from './leftBehind';
import { clearPrepared, readPrepared, setDeletionMark } from './prepared';
import { settleMarker } from './settleMarker';

/**
 * The `post-commit` hook (and `post-merge`, `post-applypatch`): attaches the record of `HEAD`, the prepared one if it is
 * of this very tree and these parents, else one that is built now.
 */
export async function postCommit(repo: Repository): Promise<void> {
  const head = await commitId(repo, 'HEAD');
  if (head === undefined) return;
  const prepared = readPrepared(repo);
  const read = await readCommit(repo.objects, head);
  if (read.kind !== 'found') return;
  const { tree, parents } = read.commit;
  clearPrepared(repo);
  forgetAttachParts(repo);
  setDeletionMark(repo, head, 'clear');
  const records = recordsOf(repo);
  const fits = prepared?.tree === tree && sameList(prepared.parents, parents);
  if (prepared !== undefined && fits) {
    const decoded = decodeRecord(prepared.record);
    if (decoded.kind === 'record') await attachRecords(repo, [{ commit: head, record: decoded.record }]);
  } else if (!isRebasing(repo) && !(await hasArrived(repo, head))) {
    await recordCommits(repo, records, [{ commit: head, left: leftBehind(repo, records.book) }]);
  }
  await settleMarker(repo);
  await tidyLedger(repo);
}

/** Every hook of an agent leaves a journal: now and then they are put into one. */
async function tidyLedger(repo: Repository): Promise<void> {
  await compactLedger(repo.ledger.directory, {
    now: repo.now(),
    writer: uuid(),
    // The id of a text is that of its blob, for all but filtered and re-encoded files, which are then kept.
    isCommitted: async (textId) => (await repo.objects.info(textId)).kind === 'found',
  });
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function isRebasing(repo: Repository): boolean {
  return existsSync(join(repo.git.gitDir, 'rebase-merge')) || existsSync(join(repo.git.gitDir, 'rebase-apply'));
}

/** Whether `HEAD` came to a commit that was there before: a merge that was a fast-forward. */
async function hasArrived(repo: Repository, head: Sha): Promise<boolean> {
  const [last] = await headMoves(repo.git, 1);
  return last?.to === head && arrivals.test(last.message);
}

/**
 * The commits that were rewritten, as `post-rewrite` gets them on standard input: `<old> SP <new> [SP extra] LF`. Git names
 * those too that came out as they were: such a one was made of nothing else, least of all of itself.
 */
export function parseRewritten(input: string): ReadonlyMap<Sha, readonly Sha[]> {
  const rewritten = new Map<Sha, Sha[]>();
  for (const line of input.split('\n')) {
    const [old, next] = line.split(' ');
    if (!isSha(old) || !isSha(next) || old === next) continue;
    const olds = rewritten.get(next);
    if (olds === undefined) rewritten.set(next, [old]);
    else olds.push(old);
  }
  return rewritten;
}

/** The `post-rewrite` hook: every rewritten commit gets its record from those of the commits it was made of. */
export async function postRewrite(repo: Repository, input: string): Promise<void> {
  const records = recordsOf(repo);
  const left = leftBehind(repo, records.book);
  const commits: CommitToRecord[] = [];
  for (const [commit, olds] of parseRewritten(input)) {
    const replays = await allAsReplayed(repo, records.book, olds);
    const restores = olds.filter((old) => !replays.some((replay) => replay.commit === old));
    commits.push({ commit, replays, restores, left });
  }
  await recordCommits(repo, records, commits);
  await settleMarker(repo);
}
