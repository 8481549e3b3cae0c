import { BugError } from '../errors';
import { type Run, type Source, sameSource } from './source';

/**
 * The sources of a text, run by run from its first character to its last.
 *
 * Law: the lengths are positive and add up to the length of the text; neighbours that say the same are one run.
 */
export type Runs = readonly Run[];

/** Number of characters the runs cover. */
export function runsLength(runs: Runs): number {
  let length = 0;
  for (const run of runs) length += run.length;
  return length;
}

/** Runs of a text that one source made whole. */
export function madeBy(source: Source, length: number): Runs {
  return length === 0 ? [] : [{ kind: 'made', length, source }];
}

function part(run: Run, from: number, to: number): Run {
  if (from === 0 && to === run.length) return run;
  return run.kind === 'made'
    ? { kind: 'made', length: to - from, source: run.source }
    : { kind: 'base', length: to - from, text: run.text, offset: run.offset + from };
}

function joins(a: Run, b: Run): boolean {
  if (a.kind === 'made') return b.kind === 'made' && sameSource(a.source, b.source);
  return b.kind === 'base' && a.text === b.text && a.offset + a.length === b.offset;
}

/** Appends a run, joining it to the last one where both say the same. */
export function pushRun(runs: Run[], run: Run): void {
  if (run.length === 0) return;
  const last = runs[runs.length - 1];
  if (last !== undefined && joins(last, run)) runs[runs.length - 1] = { ...last, length: last.length + run.length };
  else runs.push(run);
}

/** The runs of the characters from `start` up to `end`, half-open. */
export function sliceRuns(runs: Runs, start: number, end: number): Runs {
  const result: Run[] = [];
  let at = 0;
  for (const run of runs) {
    const from = Math.max(start, at);
    const to = Math.min(end, at + run.length);
    if (from < to) result.push(part(run, from - at, to - at));
    at += run.length;
    if (at >= end) break;
  }
  return result;
}

/** `runs` with the characters from `start` up to `end` replaced by those of `inserted`. */
export function spliceRuns(runs: Runs, start: number, end: number, inserted: Runs): Runs {
  let first = 0;
  let at = 0;
  for (; first < runs.length; first++) {
    const run = runs[first];
    if (run === undefined || at + run.length >= start) break;
    at += run.length;
  }
  const middle: Run[] = [];
  let last = first;
  let position = at;
  const head = runs[first];
  if (head !== undefined && position < start) pushRun(middle, part(head, 0, start - position));
  for (const run of inserted) pushRun(middle, run);
  for (; last < runs.length; last++) {
    const run = runs[last];
    if (run === undefined) break;
    const runEnd = position + run.length;
    if (runEnd > end) pushRun(middle, part(run, Math.max(0, end - position), run.length));
    position = runEnd;
    if (position > end) {
      last++;
      break;
    }
  }
  if (position < end) throw new BugError('an edit reaches past the end of its text', { end, length: position });
  const before = runs[first - 1];
  const startsJoined = before !== undefined && middle[0] !== undefined && joins(before, middle[0]);
  const result = runs.slice(0, startsJoined ? first - 1 : first);
  if (startsJoined && before !== undefined) result.push(before);
  for (const run of middle) pushRun(result, run);
  const next = runs[last];
  if (next !== undefined) pushRun(result, next);
  for (let index = last + 1; index < runs.length; index++) {
    const run = runs[index];
    if (run !== undefined) result.push(run);
  }
  return result;
}

/** The run that holds the character at `offset`, or none past the end. */
export function runAt(runs: Runs, offset: number): Run | undefined {
  let at = 0;
  for (const run of runs) {
    at += run.length;
    if (offset < at) return run;
  }
  return undefined;
}
