import type { RepoPath, Sha } from '../../core/brand';
import type { GateCommit, RecordStatus } from '../../core/gate/gateInput';
import { rulesOf } from '../../core/gate/substantial';
import type { Policy } from '../../core/policy/policy';
import { mayBeGateFile, namesTool } from '../../core/policy/protectedPaths';
import { isBlank } from '../../core/text/lines';
import { decodeBytes } from '../../core/text/textId';
import { type Commit, readCommit } from '../../git/commit';
import { diffTrees, type FileChange } from '../../git/diff';
import type { Records } from '../commitRecords';
import type { Repository } from '../repository';
import { addedLineNumbers, type CommitChange, gatherPath } from './gatherPath';
import type { HidingAttributes } from './hidingAttributes';
import { type Departure, type MergeContent, mergeContent } from './mergeContent';

/** What a commit is looked at by. */
export interface Surroundings {
  readonly policy: Policy | undefined;
  /** Those of the range's head, by which a reviewer is shown the range. */
  readonly attributes: HidingAttributes;
}

/** A commit with all that the gate wants to know of it. */
export async function gatherCommit(
  repo: Repository,
  records: Records,
  sha: Sha,
  { policy, attributes }: Surroundings,
): Promise<GateCommit | undefined> {
  const read = await readCommit(repo.objects, sha);
  if (read.kind !== 'found') return undefined;
  const { commit } = read;
  const content = await records.book.contentOf(sha);
  const record: RecordStatus =
    content.kind === 'records' ? 'present' : content.kind === 'none' ? 'missing' : content.kind;
  const merge = commit.parents.length < 2 ? undefined : await mergeContent(repo, commit);
  const changes =
    merge === undefined ? await ownChanges(repo, sha, commit, policy) : await mergeChanges(repo, sha, commit, merge);
  const isGateFile = policy === undefined ? () => false : mayBeGateFile(policy);
  return {
    sha,
    parents: commit.parents,
    subject: commit.message.split('\n', 1)[0] ?? '',
    author: commit.author.email,
    committer: commit.committer.email,
    coAuthors: coAuthorsOf(commit.message),
    isAutomaticMerge: merge?.kind === 'automatic',
    isEqualReplay: false,
    record,
    changes: await Promise.all(
      changes.map(async (change) => {
        const path = await gatherPath(repo, records, { sha, record, attributes }, change);
        const wasOrIs = [path.path, ...(path.oldPath === undefined ? [] : [path.oldPath])];
        return wasOrIs.some(isGateFile) ? { ...path, namesTool: await mentionsTool(repo, change.change) } : path;
      }),
    ),
    evilMergePaths: evilPaths(merge, changes),
  };
}

const coAuthorPattern = /^co-authored-by[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)/gimu;

/**
 * Addresses of all `Co-authored-by` lines, wherever they stand, with and without `<>`: naming too many excludes too many,
 * which is safe.
 */
export function coAuthorsOf(message: string): readonly string[] {
  return Array.from(
    message.matchAll(coAuthorPattern),
    ([, people = '']) => people.match(/[^<>\s,;]+@[^<>\s,;]+/gu) ?? [],
  ).flat();
}

/** What a commit changes; a file that leaves the exempt ones by a rename is one that was not there. */
async function ownChanges(
  repo: Repository,
  sha: Sha,
  commit: Commit,
  policy: Policy | undefined,
): Promise<readonly CommitChange[]> {
  const [parent] = commit.parents;
  const changes = await diffTrees(repo.git, parent, sha, { reader: repo.objects });
  const isExempt = policy === undefined ? () => false : rulesOf(policy).isExempt;
  const leaves = ({ path, oldPath }: FileChange): boolean =>
    oldPath !== undefined && isExempt([oldPath]) && !isExempt([path]);
  if (!changes.some(leaves)) return changes.map((change) => ({ change }));
  // Nobody has judged its lines where they were.
  const apart = await diffTrees(repo.git, parent, sha, { reader: repo.objects, renames: 'off' });
  return changes.map((change) => {
    const whole = leaves(change) ? apart.find(({ path }) => path === change.path) : undefined;
    return whole === undefined ? { change } : { change: { ...whole, oldPath: change.oldPath }, origins: 'blame' };
  });
}

/** What a merge has that no parent has, and where it departs from git's own merge. */
async function mergeChanges(
  repo: Repository,
  sha: Sha,
  commit: Commit,
  merge: MergeContent,
): Promise<readonly CommitChange[]> {
  const [first, ...others] = commit.parents;
  const own = await diffTrees(repo.git, first, sha, { reader: repo.objects });
  const elsewhere = await Promise.all(
    others.map((parent) => diffTrees(repo.git, parent, sha, { reader: repo.objects })),
  );
  if (merge.kind === 'incomparable') return unlikeParents([own, ...elsewhere]);
  const departures = new Map<RepoPath, Departure>(
    merge.kind === 'decided' ? merge.departures.map((departure) => [departure.change.path, departure]) : [],
  );
  // What a merge took from another parent whole, that parent's own commits answer for.
  const changes = own.flatMap((change): readonly CommitChange[] => {
    const same = elsewhere.map((list) => list.find((other) => other.path === change.path));
    if (same.some((other) => other === undefined)) return [];
    const departure = departures.get(change.path);
    departures.delete(change.path);
    const fromParent = new Set(
      addedLineNumbers(change).filter(
        (line) =>
          departure?.added.has(line) !== true &&
          same.some((other) => other !== undefined && !addedLineNumbers(other).includes(line)),
      ),
    );
    return [{ change, skipped: fromParent, isMerge: true, lost: departure?.lost ?? 0 }];
  });
  const undone = [...departures.values()].map(({ change, added, lost }): CommitChange => {
    const skipped = new Set(addedLineNumbers(change).filter((line) => !added.has(line)));
    return { change, skipped, isMerge: true, lost };
  });
  return [...changes, ...undone];
}

/** What a merge has that no parent has, and lacks that one has, where nothing says what it should be. */
function unlikeParents(lists: readonly (readonly FileChange[])[]): readonly CommitChange[] {
  const byPath = new Map<RepoPath, FileChange[]>();
  for (const change of lists.flat()) byPath.set(change.path, [...(byPath.get(change.path) ?? []), change]);
  return [...byPath.values()].flatMap((changes): readonly CommitChange[] => {
    const [change] = changes;
    if (change === undefined) return [];
    const isFresh = (line: number): boolean =>
      changes.length === lists.length && changes.every((other) => addedLineNumbers(other).includes(line));
    const skipped = new Set(addedLineNumbers(change).filter((line) => !isFresh(line)));
    return [{ change, skipped, isMerge: true, lost: Math.max(...changes.map(removedCount)) }];
  });
}

function removedCount({ hunks }: FileChange): number {
  return hunks.flatMap(({ removed }) => removed).filter((bytes) => !isBlank(decodeBytes(bytes))).length;
}

/** Where a merge has what neither side nor the automatic merge has. */
function evilPaths(merge: MergeContent | undefined, changes: readonly CommitChange[]): readonly RepoPath[] {
  switch (merge?.kind) {
    case undefined:
    case 'automatic':
      return [];
    case 'decided':
      return merge.departures.map(({ change }) => change.path);
    case 'incomparable':
      return changes
        .filter(({ change, skipped }) => addedLineNumbers(change).some((line) => skipped?.has(line) !== true))
        .map(({ change }) => change.path);
  }
}

async function mentionsTool(repo: Repository, change: FileChange): Promise<boolean> {
  for (const oid of [change.oldOid, change.newOid]) {
    const read = oid === undefined ? undefined : await repo.objects.read(oid);
    if (read?.kind === 'found' && namesTool(decodeBytes(read.data))) return true;
  }
  return false;
}
