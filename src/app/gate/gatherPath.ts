import type { LineOrigin } from '../../core/attribution/lineClass';
import type { RepoPath, Sha } from '../../core/brand';
import type { DeletedLines, LineRun, PathChange, RecordStatus, SpecialChange } from '../../core/gate/gateInput';
import { hiddenContent } from '../../core/gate/hiddenContent';
import { leastFavourableFirst } from '../../core/origin';
import { recordDeletions } from '../../core/record/recordReader';
import { isBlank } from '../../core/text/lines';
import { decodeBytes } from '../../core/text/textId';
import type { FileChange } from '../../git/diff';
import type { Records } from '../commitRecords';
import type { Repository } from '../repository';
import { changeShape } from './changeShape';
import type { HidingAttributes } from './hidingAttributes';
import { movedLines } from './movedLines';

/** What one commit does to one path, before it is known who did it. */
export interface CommitChange {
  readonly change: FileChange;
  /** Added lines (1-based) that some parent has; only of a merge. */
  readonly skipped?: ReadonlySet<number>;
  /** A merge answers for no removed line but those that it took out of what git's own merge has. */
  readonly isMerge?: true;
  /** How many those are. */
  readonly lost?: number;
  /** `blame`: the commit is not the one that added the lines. */
  readonly origins?: 'blame';
}

interface Source {
  readonly sha: Sha;
  readonly record: RecordStatus;
  readonly attributes: HidingAttributes;
}

/** Numbers of the lines that a change adds. */
export function addedLineNumbers(change: FileChange): readonly number[] {
  return change.hunks.flatMap((hunk) => Array.from({ length: hunk.newCount }, (_, index) => hunk.newStart + index));
}

const unrecorded: LineOrigin = { class: 'unknown', reason: 'no-record' };

const noLines: ReadonlySet<number> = new Set();

/** What one commit does to one path, with who did it. */
export async function gatherPath(
  repo: Repository,
  records: Records,
  source: Source,
  { change, skipped = noLines, isMerge, lost = 0, origins }: CommitChange,
): Promise<PathChange> {
  const { sha, record } = source;
  const lines = await records.book.linesOf(sha, change.path);
  const shape = await changeShape(repo, change);
  const loss = await deletionsOf(records, sha, change.path);
  const special =
    shape.special === undefined
      ? undefined
      : specialOf(shape.special, [...lines.values()], {
          loss,
          isTold: record === 'present' && !(isMerge === true && shape.special === 'deletion'),
        });
  const blamed =
    origins === undefined || shape.lines === 'none' ? undefined : await records.origins.linesAt(sha, change.path);
  const added: { line: number; text: string; origin: LineOrigin; skip: 'blank' | 'moved' | undefined }[] = [];
  let unattributed = 0;
  const moved = shape.lines === 'both' && isMerge !== true ? movedLines(change) : undefined;
  for (const hunk of shape.lines === 'none' ? [] : change.hunks) {
    hunk.added.forEach((bytes, index) => {
      const line = hunk.newStart + index;
      const text = decodeBytes(bytes);
      const known = blamed === undefined ? lines.get(line) : blamed.get(line);
      if (known === undefined && record === 'present' && !isBlank(text) && !skipped.has(line)) unattributed++;
      const skip = skipped.has(line) || moved?.added.has(line) === true ? 'moved' : isBlank(text) ? 'blank' : undefined;
      added.push({ line, text, origin: known ?? unrecorded, skip });
    });
  }
  const deleted =
    shape.lines !== 'both' ? [] : isMerge === true ? lostLines(lost) : gatherDeleted(record, loss, change);
  const hidden = [
    ...hiddenContent(
      change.path,
      added.filter(({ skip }) => skip === undefined),
    ),
    ...(special?.kind === 'binary' ? [{ kind: 'binary' as const }] : []),
    ...(shape.lines !== 'none' && (await source.attributes.hide(change.path)) ? [{ kind: 'attributes' as const }] : []),
  ];
  return {
    path: change.path,
    ...(change.oldPath === undefined ? {} : { oldPath: change.oldPath }),
    added: runsOf(added),
    deleted,
    ...(special === undefined ? {} : { special }),
    ...(unattributed === 0 ? {} : { unattributed }),
    ...(hidden.length === 0 ? {} : { hidden }),
  };
}

/** No record lists what a merge removed. */
function lostLines(count: number): readonly DeletedLines[] {
  return count === 0 ? [] : [{ count, by: 'unknown', reason: 'no-record' }];
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
  for (const record of await records.book.statementsOf(sha)) {
    let own: Loss = { ai: 0, unknown: 0 };
    for (const { by, count } of recordDeletions(record, path)) {
      own = by === 'unknown' ? { ...own, unknown: own.unknown + count } : { ...own, ai: own.ai + count };
    }
    loss = { ai: Math.max(loss.ai, own.ai), unknown: Math.max(loss.unknown, own.unknown) };
  }
  return loss;
}

function gatherDeleted(record: RecordStatus, { ai, unknown }: Loss, change: FileChange): readonly DeletedLines[] {
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
  kind: SpecialChange['kind'],
  lines: readonly LineOrigin[],
  { loss, isTold }: { readonly loss: Loss; readonly isTold: boolean },
): SpecialChange {
  if (!isTold) return { kind, class: 'unknown', reason: 'no-record' };
  if (kind === 'deletion') {
    if (loss.ai > 0) return { kind, class: 'ai' };
    return loss.unknown > 0 ? { kind, class: 'unknown', reason: 'not-watched' } : { kind, class: 'human' };
  }
  const classes = lines.map((line) => line.class);
  const worst = leastFavourableFirst.find((candidate) => classes.includes(candidate)) ?? 'unknown';
  if (worst === 'unknown') return { kind, class: worst, reason: 'not-watched' };
  const isClaimed = worst === 'human' && lines.some(({ claim }) => claim !== undefined);
  return isClaimed ? { kind, class: worst, claimed: true } : { kind, class: worst };
}
