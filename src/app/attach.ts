import { createHash } from 'node:crypto';
import type { Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { pairRewritten, type RewriteFacts } from '../core/record/pairRewritten';
import { type Commit, readCommit, readCommits } from '../git/commit';
import { diffTreePairs, type FileChange, type TreePair } from '../git/diff';
import { resolve } from '../git/refs';
import { isShallow, listCommits, mergeBase } from '../git/revList';
import { attachRecords, type RecordToAttach, recordId } from './attachRecords';
import { recordsOf } from './commitRecords';
import { deriveRecord, type ForgedCommit } from './deriveRecord';
import { ensureRecords } from './ensureRecords';
import { LineOrigins } from './lineOrigins';
import type { Repository } from './repository';

/** What became of the commits that a forge made. */
export interface Attachment {
  /** What the forge did: all of it in one commit, each commit again, or a merge commit beside them. */
  readonly kind: 'squash' | 'rebase' | 'merge';
  readonly attached: readonly (RecordToAttach & { readonly id: Sha; readonly from: readonly Sha[] })[];
  /** Commits that had their record. */
  readonly kept: readonly Sha[];
  /** Commits of the range of which nothing is known here: their lines are unknown in what was attached. */
  readonly unknown: readonly Sha[];
  /** How many commits the forge took. */
  readonly range: number;
}

/** More commits than this are not followed back from what a forge made. */
const mostChain = 2000;

/**
 * Gives what a forge made from the commits up to `oldHead` its record: one commit with all of it, or each commit made
 * again, `newCommit` being the last. What has a record is left alone; where nothing is known of any of the commits
 * nothing is attached, since a record is not replaced by a better one that comes later.
 *
 * @throws ToolError `bad-input` for what is no such commit, `git-failed`
 */
export async function attachForged(repo: Repository, oldHead: string, newCommit: string): Promise<Attachment> {
  const old = await commitNamed(repo, oldHead);
  const made = await commitNamed(repo, newCommit);
  const read = await readCommit(repo.objects, made);
  if (read.kind !== 'found') throw new ToolError('bad-input', `${newCommit} cannot be read.`);
  const [parent, ...merged] = read.commit.parents;
  if (parent === undefined) throw new ToolError('bad-input', `${newCommit} has no parent, so no forge merged it.`);
  const isHere = (await repo.objects.info(parent)).kind === 'found';
  const fork = isHere ? await mergeBase(repo.git, old, parent) : undefined;
  if (fork === undefined) {
    if (!(await isShallow(repo.git))) throw new ToolError('bad-input', `${oldHead} and ${newCommit} share no history.`);
    throw new ToolError('bad-input', 'History is cut off before the place where the branch began.', {
      next: 'Fetch the rest with: git fetch --unshallow',
    });
  }
  const links = await listCommits(repo.git, { include: [old], exclude: [parent], order: 'oldest-first' });
  const range = links.map(({ sha }) => sha);
  if (range.length === 0 || range.includes(made)) {
    throw new ToolError('bad-input', `${newCommit} was not made from ${oldHead}: it holds that commit itself.`, {
      next: 'Name the head of the branch as it was before the merge, then the commit that the merge made.',
    });
  }
  const records = recordsOf(repo);
  await ensureRecords(repo, records, range);
  await records.book.prepare(range);
  const plan =
    merged.length > 0
      ? { kind: 'merge' as const, made: [{ sha: made, commit: read.commit, source: old, from: [] }] }
      : await planOf(repo, { made, commit: read.commit, old, fork }, range);
  const unknown: Sha[] = [];
  for (const sha of range) if ((await records.book.statementsOf(sha)).length === 0) unknown.push(sha);
  const attached: (RecordToAttach & { readonly id: Sha; readonly from: readonly Sha[] })[] = [];
  const kept: Sha[] = [];
  // Built from records alone, whatever else this clone knows.
  const origins = new LineOrigins(repo, records.book);
  for (const forged of plan.made) {
    if ((await records.book.recordsOf(forged.sha)).length > 0) kept.push(forged.sha);
    else if (plan.kind === 'merge' || forged.from.some((sha) => !unknown.includes(sha))) {
      const record = await deriveRecord(repo, records.book, origins, forged);
      attached.push({ commit: forged.sha, record, id: recordId(repo, record), from: forged.from });
    }
  }
  await attachRecords(repo, attached);
  // Commits that build on it are to be looked at.
  if (attached.length > 0) repo.ledger.markActive();
  return { kind: plan.kind, attached, kept, unknown, range: range.length };
}

async function commitNamed(repo: Repository, name: string): Promise<Sha> {
  const commit = await resolve(repo.git, name, 'commit');
  if (commit !== undefined) return commit;
  throw new ToolError('bad-input', `There is no commit ${name}.`, {
    next: 'A head that a forge keeps is fetched with: git fetch origin refs/pull/<number>/head',
  });
}

interface Forged {
  readonly made: Sha;
  readonly commit: Commit;
  readonly old: Sha;
  readonly fork: Sha;
}

/** Whether the commit is one of several made again, or all of them in one. */
async function planOf(
  repo: Repository,
  { made, commit, old, fork }: Forged,
  range: readonly Sha[],
): Promise<{ readonly kind: 'squash' | 'rebase'; readonly made: readonly ForgedCommit[] }> {
  const squash = { kind: 'squash' as const, made: [{ sha: made, commit, source: old, from: range }] };
  if (range.length === 1) return squash;
  const links = await listCommits(repo.git, {
    include: [made],
    exclude: [fork, old],
    history: 'first-parent',
    max: Math.min(range.length, mostChain),
  });
  const chain = links.map(({ sha }) => sha);
  const [chainFacts, rangeFacts] = await Promise.all([factsOf(repo, chain), factsOf(repo, [...range].reverse())]);
  const pairs = pairRewritten(chainFacts, rangeFacts);
  if (pairs.length === 0) return squash;
  const reads = await readCommits(
    repo.objects,
    pairs.map((pair) => pair.made),
  );
  const found = reads.flatMap((read, index): readonly ForgedCommit[] => {
    const from = pairs[index]?.from;
    return read.kind === 'found' && from !== undefined
      ? [{ sha: read.oid, commit: read.commit, source: from, from: [from] }]
      : [];
  });
  return { kind: 'rebase', made: found.reverse() };
}

/** What tells commits made again, of those with one parent; in the order of `commits`. */
async function factsOf(repo: Repository, commits: readonly Sha[]): Promise<readonly RewriteFacts[]> {
  const reads = await readCommits(repo.objects, commits);
  const plain = reads.flatMap((read) => (read.kind === 'found' && read.commit.parents.length === 1 ? [read] : []));
  const parents = await readCommits(
    repo.objects,
    plain.map(({ commit }) => commit.parents[0] ?? ''),
  );
  const pairs = plain.map(({ commit }, index): TreePair => {
    const parent = parents[index];
    return { from: parent?.kind === 'found' ? parent.commit.tree : undefined, to: commit.tree };
  });
  const diffs = await diffTreePairs(repo.git, pairs, { reader: repo.objects });
  return plain.map(({ oid, commit }, index) => ({
    commit: oid,
    patch: patchKey(diffs[index] ?? []),
    work: [
      ...[commit.author.name, commit.author.email, commit.author.time, commit.author.zone],
      commit.messageBytes.toString('latin1'),
    ].join('\0'),
  }));
}

/** Equal for equal changes, wherever in the files they stand. */
function patchKey(changes: readonly FileChange[]): string {
  const hash = createHash('sha256');
  const add = (part: string | Buffer): void => {
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  };
  for (const { status, path, oldPath, oldMode, newMode, hunks } of changes) {
    for (const part of [status, path, oldPath, oldMode, newMode]) add(part ?? '');
    for (const { removed, added } of hunks) {
      add(`${removed.length} ${added.length}`);
      for (const line of [...removed, ...added]) add(line);
    }
  }
  return hash.digest('hex');
}
