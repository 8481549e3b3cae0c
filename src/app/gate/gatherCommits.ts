import type { LineOrigin } from '../../core/attribution/lineClass';
import type { RepoPath, Sha } from '../../core/brand';
import type {
  DeletedLines,
  GateCommit,
  LineRun,
  PathChange,
  RecordStatus,
  SpecialChange,
} from '../../core/gate/gateInput';
import { leastFavourableFirst, lineClasses } from '../../core/origin';
import type { Policy } from '../../core/policy/policy';
import { mayBeGateFile, namesTool } from '../../core/policy/protectedPaths';
import { recordDeletions } from '../../core/record/recordReader';
import { isBlank } from '../../core/text/lines';
import { decodeBytes } from '../../core/text/textId';
import { type Commit, readCommit } from '../../git/commit';
import { diffTrees, type FileChange } from '../../git/diff';
import { trialMerge } from '../../git/mergeTree';
import type { Records } from '../commitRecords';
import type { Repository } from '../repository';
import { movedLines } from './movedLines';

/** A commit with all that the gate wants to know of it. */
export async function gatherCommit(
  repo: Repository,
  records: Records,
  sha: Sha,
  policy: Policy | undefined,
): Promise<GateCommit | undefined> {
  const read = await readCommit(repo.objects, sha);
  if (read.kind !== 'found') return undefined;
  const { commit } = read;
  const content = await records.book.contentOf(sha);
  const record: RecordStatus =
    content.kind === 'records' ? 'present' : content.kind === 'mismatch' ? 'mismatch' : 'missing';
  const changes = await changesOf(repo, sha, commit);
  const isGateFile = policy === undefined ? () => false : mayBeGateFile(policy);
  return {
    sha,
    parents: commit.parents,
    subject: commit.message.split('\n', 1)[0] ?? '',
    author: commit.author.email,
    committer: commit.committer.email,
    coAuthors: coAuthorsOf(commit.message),
    isAutomaticMerge: await isAutomaticMerge(repo, commit),
    isEqualReplay: false,
    record,
    changes: await Promise.all(
      changes.map(async ({ change, skipped }) => {
        const path = await gatherPath(records, sha, record, change, skipped);
        return isGateFile(change.path) ? { ...path, namesTool: await mentionsTool(repo, change) } : path;
      }),
    ),
    evilMergePaths: [],
  };
}

const coAuthorPattern = /^co-authored-by:.*<([^<>\s]+)>\s*$/gimu;

/** Addresses of all `Co-authored-by` lines, wherever they stand: naming too many excludes too many, which is safe. */
export function coAuthorsOf(message: string): readonly string[] {
  return Array.from(message.matchAll(coAuthorPattern), (match) => match[1] ?? '');
}

async function isAutomaticMerge(repo: Repository, commit: Commit): Promise<boolean> {
  const [ours, theirs, ...more] = commit.parents;
  if (ours === undefined || theirs === undefined || more.length > 0) return false;
  const merged = await trialMerge(repo.git, ours, theirs);
  return merged.kind === 'clean' && merged.tree === commit.tree;
}

interface CommitChange {
  readonly change: FileChange;
  /** Added lines (1-based) that some parent has; only of a merge. */
  readonly skipped: ReadonlySet<number>;
}

async function changesOf(repo: Repository, sha: Sha, commit: Commit): Promise<readonly CommitChange[]> {
  const [first, ...others] = commit.parents;
  const own = await diffTrees(repo.git, first, sha, { reader: repo.objects });
  if (others.length === 0) return own.map((change) => ({ change, skipped: new Set<number>() }));
  const elsewhere = await Promise.all(
    others.map((parent) => diffTrees(repo.git, parent, sha, { reader: repo.objects })),
  );
  // What a merge took from another parent whole, that parent's own commits answer for.
  return own.flatMap((change) => {
    const same = elsewhere.map((list) => list.find((other) => other.path === change.path));
    if (same.some((other) => other === undefined)) return [];
    const fromParent = new Set(
      addedLineNumbers(change).filter((line) =>
        same.some((other) => other !== undefined && !addedLineNumbers(other).includes(line)),
      ),
    );
    return [
      {
        change: { ...change, hunks: change.hunks.map((hunk) => ({ ...hunk, removed: [], oldCount: 0 })) },
        skipped: fromParent,
      },
    ];
  });
}

/** Numbers of the lines that a change adds. */
export function addedLineNumbers(change: FileChange): readonly number[] {
  return change.hunks.flatMap((hunk) => Array.from({ length: hunk.newCount }, (_, index) => hunk.newStart + index));
}

const unrecorded: LineOrigin = { class: 'unknown', reason: 'no-record' };

async function gatherPath(
  records: Records,
  sha: Sha,
  record: RecordStatus,
  change: FileChange,
  skipped: ReadonlySet<number>,
): Promise<PathChange> {
  const lines = await records.book.linesOf(sha, change.path);
  const base = {
    path: change.path,
    ...(change.oldPath === undefined ? {} : { oldPath: change.oldPath }),
  };
  const special = specialOf(change, [...lines.values()], await deletionsOf(records, sha, change.path), record);
  const added: { line: number; origin: LineOrigin; skip: 'blank' | 'moved' | undefined }[] = [];
  let unattributed = 0;
  if (special === undefined || special.kind === 'mode') {
    const moved = movedLines(change);
    for (const hunk of change.hunks) {
      hunk.added.forEach((bytes, index) => {
        const line = hunk.newStart + index;
        const text = decodeBytes(bytes);
        const known = lines.get(line);
        if (known === undefined && record === 'present' && !isBlank(text) && !skipped.has(line)) unattributed++;
        const skip = skipped.has(line) || moved.added.has(line) ? 'moved' : isBlank(text) ? 'blank' : undefined;
        added.push({ line, origin: known ?? unrecorded, skip });
      });
    }
  }
  const deleted =
    special === undefined || special.kind === 'mode' ? await gatherDeleted(records, sha, record, change) : [];
  return {
    ...base,
    added: runsOf(added),
    deleted,
    ...(special === undefined ? {} : { special }),
    ...(unattributed === 0 ? {} : { unattributed }),
  };
}

/** Groups consecutive lines that are alike. */
export function runsOf(
  lines: readonly {
    readonly line: number;
    readonly origin: LineOrigin;
    readonly skip: 'blank' | 'moved' | undefined;
  }[],
): LineRun[] {
  const runs: (LineRun & { count: number })[] = [];
  for (const { line, origin, skip } of lines) {
    const run = {
      start: line,
      count: 1,
      class: origin.class,
      ...(origin.reason === undefined ? {} : { reason: origin.reason }),
      ...(origin.claim === undefined ? {} : { claimed: true }),
      ...(skip === undefined ? {} : { skip }),
    };
    const last = runs[runs.length - 1];
    const follows =
      last !== undefined &&
      last.start + last.count === line &&
      last.class === run.class &&
      last.reason === run.reason &&
      last.claimed === run.claimed &&
      last.skip === run.skip;
    if (follows) last.count++;
    else runs.push(run);
  }
  return runs;
}

interface Loss {
  readonly ai: number;
  readonly unknown: number;
}

async function deletionsOf(records: Records, sha: Sha, path: RepoPath): Promise<Loss> {
  let loss: Loss = { ai: 0, unknown: 0 };
  for (const { record } of await records.book.recordsOf(sha)) {
    let own: Loss = { ai: 0, unknown: 0 };
    for (const { by, count } of recordDeletions(record, path)) {
      own = by === 'unknown' ? { ...own, unknown: own.unknown + count } : { ...own, ai: own.ai + count };
    }
    loss = { ai: Math.max(loss.ai, own.ai), unknown: Math.max(loss.unknown, own.unknown) };
  }
  return loss;
}

async function gatherDeleted(
  records: Records,
  sha: Sha,
  record: RecordStatus,
  change: FileChange,
): Promise<readonly DeletedLines[]> {
  const moved = movedLines(change);
  const texts = change.hunks.flatMap((hunk) =>
    hunk.removed.map((bytes, index) => ({ line: hunk.oldStart + index, text: decodeBytes(bytes) })),
  );
  const blank = texts.filter(({ text }) => isBlank(text)).length;
  const gone = texts.filter(({ line, text }) => moved.removed.has(line) && !isBlank(text)).length;
  const solid = texts.length - blank - gone;
  const result: DeletedLines[] = [];
  const add = (entry: DeletedLines): void => {
    if (entry.count > 0) result.push(entry);
  };
  if (record === 'present' || record === 'foreign') {
    // The record counts blank lines too, but does not say which: the others are given to whoever is less favourable.
    const { ai, unknown } = await deletionsOf(records, sha, change.path);
    const byAi = Math.min(ai, solid);
    const byUnknown = Math.min(unknown, solid - byAi);
    add({ count: byAi, by: 'ai' });
    add({ count: byUnknown, by: 'unknown' });
    add({ count: solid - byAi - byUnknown, by: 'human' });
  } else add({ count: solid, by: 'unknown', reason: 'no-record' });
  add({ count: blank, by: 'human', skip: 'blank' });
  add({ count: gone, by: 'human', skip: 'moved' });
  return result;
}

function specialOf(
  change: FileChange,
  lines: readonly LineOrigin[],
  loss: Loss,
  record: RecordStatus,
): SpecialChange | undefined {
  const kind = specialKind(change);
  if (kind === undefined) return undefined;
  const classes = lines.map((line) => line.class);
  const unrecordedClass = { class: 'unknown', reason: 'no-record' } as const;
  if (record !== 'present') return { kind, ...unrecordedClass };
  if (kind === 'deletion') {
    if (loss.ai > 0) return { kind, class: 'ai' };
    return loss.unknown > 0 ? { kind, class: 'unknown', reason: 'not-watched' } : { kind, class: 'human' };
  }
  const worst = leastFavourableFirst.find((candidate) => classes.includes(candidate));
  if (worst === undefined || !lineClasses.includes(worst)) return { kind, class: 'unknown', reason: 'not-watched' };
  return worst === 'unknown' ? { kind, class: worst, reason: 'not-watched' } : { kind, class: worst };
}

function specialKind(change: FileChange): SpecialChange['kind'] | undefined {
  if (change.oldMode === '160000' || change.newMode === '160000') return 'submodule';
  if (change.status === 'D') return 'deletion';
  if (change.oldMode === '120000' || change.newMode === '120000') return 'symlink';
  if (change.binary) return 'binary';
  return change.oldMode !== undefined && change.newMode !== undefined && change.oldMode !== change.newMode
    ? 'mode'
    : undefined;
}

async function mentionsTool(repo: Repository, change: FileChange): Promise<boolean> {
  for (const oid of [change.oldOid, change.newOid]) {
    const read = oid === undefined ? undefined : await repo.objects.read(oid);
    if (read?.kind === 'found' && namesTool(decodeBytes(read.data))) return true;
  }
  return false;
}
