import { createHash } from 'node:crypto';
import { lineAt, lineStarts } from '../text/lines';
import type { TextId } from '../text/textId';
import { pushRun, type Runs, runsLength, sliceRuns, spliceRuns } from './runs';
import { type Run, type Source, sameSource } from './source';

/** A place inside a line from which an AI removed non-blank characters that were not its own. */
export interface Nick {
  /** UTF-16 offset in the text, between two characters. */
  readonly offset: number;
  readonly source: Source;
}

/** A line from which an AI, or somebody unseen, removed non-blank characters, or all of it. */
export interface Cut {
  /** {@link lineKey} of the line as it was before. */
  readonly line: string;
  readonly source: Source;
}

/**
 * A text and what is known about each of its characters.
 *
 * Laws: `runs` covers exactly `text`; `nicks` and `cuts` speak of what happened since the text was last committed.
 */
export interface Attributed {
  readonly text: string;
  readonly runs: Runs;
  readonly nicks: readonly Nick[];
  readonly cuts: readonly Cut[];
}

/** A short name for a line's content without the white space around it, equal for equal content. */
export function lineKey(line: string): string {
  return createHash('sha1').update(line.trim()).digest('base64url').slice(0, 12);
}

/** A text that one source made whole. */
export function attributedBy(source: Source, text: string): Attributed {
  return {
    text,
    runs: text === '' ? [] : [{ kind: 'made', length: text.length, source }],
    nicks: [],
    cuts: [],
  };
}

/** A text that stands as in the text of id `base` (the same text: offsets are equal). */
export function attributedAsBase(base: TextId, text: string): Attributed {
  return {
    text,
    runs: text === '' ? [] : [{ kind: 'base', length: text.length, text: base, offset: 0 }],
    nicks: [],
    cuts: [],
  };
}

/**
 * A text of id `base` once a commit has it: nothing has been removed since, and the lines that an AI removed something from
 * are from now on what the commit's record says of them, which their characters alone do not tell.
 */
export function attributedAsCommitted(known: Attributed, base: TextId): Attributed {
  const starts = lineStarts(known.text);
  let { runs } = known;
  for (const line of new Set(known.nicks.map(({ offset }) => lineAt(starts, offset)))) {
    const [from = 0, to = known.text.length] = starts.slice(line, line + 2);
    // An AI's own characters tell by themselves, but blanks.
    let at = from;
    const tells = sliceRuns(runs, from, to).some((run) => {
      at += run.length;
      const isAi = run.kind === 'made' && run.source.origin.kind === 'ai';
      return isAi && known.text.slice(at - run.length, at).trim() !== '';
    });
    if (tells) continue;
    runs = spliceRuns(runs, from, to, [{ kind: 'base', length: to - from, text: base, offset: from }]);
  }
  return { text: known.text, runs, nicks: [], cuts: [] };
}

/** The part of an attributed text from `start` up to `end`; its cuts stay behind. */
export function sliceAttributed(whole: Attributed, start: number, end: number): Attributed {
  return {
    text: whole.text.slice(start, end),
    runs: sliceRuns(whole.runs, start, end),
    nicks: whole.nicks
      .filter((nick) => nick.offset >= start && nick.offset <= end)
      .map((nick) => ({ ...nick, offset: nick.offset - start })),
    cuts: [],
  };
}

/**
 * The parts of an attributed text between neighbouring offsets of `starts`, ascending, in one pass; a nick between two parts
 * is in the first of them. Cuts stay behind.
 */
export function splitAttributed(whole: Attributed, starts: readonly number[]): readonly Attributed[] {
  const nicks = [...whole.nicks].sort((a, b) => a.offset - b.offset);
  let nick = 0;
  let index = 0;
  let at = 0;
  return starts.slice(0, -1).map((from, part) => {
    const to = starts[part + 1] ?? whole.text.length;
    const runs: Run[] = [];
    for (let run = whole.runs[index]; run !== undefined; run = whole.runs[index]) {
      for (const piece of sliceRuns([run], from - at, to - at)) pushRun(runs, piece);
      if (at + run.length > to) break;
      at += run.length;
      index++;
    }
    const own: Nick[] = [];
    for (let next = nicks[nick]; next !== undefined && next.offset < to; next = nicks[++nick]) {
      own.push({ ...next, offset: Math.max(0, next.offset - from) });
    }
    return { text: whole.text.slice(from, to), runs, nicks: own, cuts: [] };
  });
}

/** The text that parts make in their order; the inverse of {@link splitAttributed}, with these cuts. */
export function joinAttributed(parts: readonly Attributed[], cuts: readonly Cut[]): Attributed {
  const runs: Run[] = [];
  const nicks: Nick[] = [];
  let at = 0;
  for (const part of parts) {
    for (const run of part.runs) pushRun(runs, run);
    for (const nick of part.nicks) nicks.push({ ...nick, offset: nick.offset + at });
    at += part.text.length;
  }
  return { text: parts.map(({ text }) => text).join(''), runs, nicks, cuts };
}

/** Whether runs and text agree in length; what a decoder asks before it believes a stored text. */
export function isConsistent(attributed: Attributed): boolean {
  return (
    runsLength(attributed.runs) === attributed.text.length &&
    attributed.runs.every((run) => Number.isInteger(run.length) && run.length > 0) &&
    attributed.nicks.every((nick) => nick.offset >= 0 && nick.offset <= attributed.text.length)
  );
}

/** Whether the characters are known by somebody's claim or sight, not merely unexplained. */
function isUnexplained(run: Run): boolean {
  return run.kind === 'made' && run.source.origin.kind === 'unknown';
}

/** Whether any character is unexplained. */
export function hasUnexplained(attributed: Attributed): boolean {
  return attributed.runs.some(isUnexplained);
}

/**
 * `first`, with its unexplained characters taken from `second` where that explains them, or where it knows better than
 * `placeholder` why nobody does; both speak of the same text. Cuts and nicks of `second` join where it explained something.
 */
export function fillUnexplained(first: Attributed, second: Attributed, placeholder?: Source): Attributed {
  const runs: Run[] = [];
  let filled = false;
  let at = 0;
  const isPlaceholder = (run: Run): boolean =>
    placeholder !== undefined && run.kind === 'made' && sameSource(run.source, placeholder);
  for (const run of first.runs) {
    if (isUnexplained(run)) {
      let inner = at;
      for (const other of sliceRuns(second.runs, at, at + run.length)) {
        if (!isUnexplained(other)) {
          pushRun(runs, other);
          filled = true;
        } else if (isPlaceholder(run)) pushRun(runs, other);
        else for (const own of sliceRuns(first.runs, inner, inner + other.length)) pushRun(runs, own);
        inner += other.length;
      }
    } else pushRun(runs, run);
    at += run.length;
  }
  if (!filled) return { ...first, runs };
  return { text: first.text, runs, nicks: [...first.nicks, ...second.nicks], cuts: mergeCuts(first.cuts, second.cuts) };
}

/** Cuts of both, each line as often as the one that has it more often. */
export function mergeCuts(a: readonly Cut[], b: readonly Cut[]): readonly Cut[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const left = new Map<string, number>();
  for (const cut of a) left.set(cut.line, (left.get(cut.line) ?? 0) + 1);
  const result = [...a];
  for (const cut of b) {
    const count = left.get(cut.line) ?? 0;
    if (count > 0) left.set(cut.line, count - 1);
    else result.push(cut);
  }
  return result;
}
