import { pushRun, type Runs, sliceRuns } from '../attribution/runs';
import { type Run, type Source, sameSource } from '../attribution/source';
import { diffLines } from '../text/lineDiff';
import { lineStarts, splitLines } from '../text/lines';

/** What became known of some characters of a text that were there already. */
interface Lesson {
  /** Offset of the first of them in the text. */
  readonly at: number;
  readonly was: Source;
  readonly now: Run;
}

/** What became known of a text, lesson by lesson from its first character to its last. */
export type Learned = readonly Lesson[];

/** What `after` knows of a text that `before` did not; committed text is known elsewhere and left out. */
export function learnedBetween(before: Runs, after: Runs): Learned {
  const learned: Lesson[] = [];
  let at = 0;
  for (const run of before) {
    let inner = at;
    for (const now of sliceRuns(after, at, at + run.length)) {
      if (run.kind === 'made' && !(now.kind === 'made' && sameSource(run.source, now.source)))
        learned.push({ at: inner, was: run.source, now });
      inner += now.length;
    }
    at += run.length;
  }
  return learned;
}

/** `runs` of the text that something was learned of, where they still say what was known before. */
export function applyLearned(runs: Runs, learned: Learned): Runs {
  if (learned.length === 0) return runs;
  const result: Run[] = [];
  const keep = (kept: Runs): void => {
    for (const run of kept) pushRun(result, run);
  };
  let done = 0;
  for (const { at, was, now } of learned) {
    keep(sliceRuns(runs, done, at));
    let inner = 0;
    for (const run of sliceRuns(runs, at, at + now.length)) {
      const isMeant = run.kind === 'made' && sameSource(run.source, was);
      keep(isMeant ? sliceRuns([now], inner, inner + run.length) : [run]);
      inner += run.length;
    }
    done = at + now.length;
  }
  keep(sliceRuns(runs, done, Number.POSITIVE_INFINITY));
  return result;
}

/** The part that speaks of the characters from `start` up to `end`, moved by `shift`. */
export function sliceLearned(learned: Learned, start: number, end: number, shift = 0): Learned {
  return learned.flatMap(({ at, was, now }) => {
    const from = Math.max(start, at);
    const [part] = sliceRuns([now], from - at, Math.min(end, at + now.length) - at);
    return part === undefined ? [] : [{ at: from + shift, was, now: part }];
  });
}

/** What was learned of the text `from`, as far as `to` has its characters. */
export function carryLearned(learned: Learned, from: string, to: string): Learned {
  if (learned.length === 0) return learned;
  return sharedPieces(from, to).flatMap((piece) =>
    sliceLearned(learned, piece.from, piece.from + piece.length, piece.to - piece.from),
  );
}

interface SharedPiece {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** What two texts have in common: whole lines, and of what stands between those the start and the end. */
function sharedPieces(from: string, to: string): readonly SharedPiece[] {
  const [fromStarts, toStarts] = [lineStarts(from), lineStarts(to)];
  const pieces: SharedPiece[] = [];
  let [a, b] = [0, 0];
  for (const hunk of diffLines(splitLines(from), splitLines(to))) {
    const [fromStart, toStart] = [fromStarts[hunk.aStart] ?? from.length, toStarts[hunk.bStart] ?? to.length];
    const [fromEnd, toEnd] = [fromStarts[hunk.aEnd] ?? from.length, toStarts[hunk.bEnd] ?? to.length];
    pieces.push({ from: a, to: b, length: fromStart - a });
    const most = Math.min(fromEnd - fromStart, toEnd - toStart);
    let start = 0;
    while (start < most && from[fromStart + start] === to[toStart + start]) start++;
    let end = 0;
    while (end < most - start && from[fromEnd - 1 - end] === to[toEnd - 1 - end]) end++;
    pieces.push({ from: fromStart, to: toStart, length: start });
    pieces.push({ from: fromEnd - end, to: toEnd - end, length: end });
    [a, b] = [fromEnd, toEnd];
  }
  pieces.push({ from: a, to: b, length: Math.min(from.length - a, to.length - b) });
  return pieces;
}
