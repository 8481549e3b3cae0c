import { diffLines } from '../text/lineDiff';
import { isBlank } from '../text/lines';
import type { Attributed } from './attributed';
import { pushRun, type Runs } from './runs';
import type { Run, Source } from './source';

/** Lines of a replaced block that only their layout tells from others that they replace; all indices into the block. */
export interface Layout {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** Fewer characters that stay are found anywhere by chance; a whole block may have less. */
const leastKept = 8;

/** So many characters are looked through for the next place where lines of both texts begin. */
const mostBetween = 20_000;

/** What a blank line is known by. */
const blank = '\0';

/** So many old lines are tried for each new one. */
const mostTried = 32;

/**
 * Lines without what a formatter puts in and takes out, as one text.
 *
 * White space is left out; both quotes are one. Loose are the characters that may be there or not without anybody having
 * written anything: `;`, `,` and `)`, which say nothing of who wrote a line in any case; a `(` that a line ends in, or around
 * the only parameter of an arrow function; a `|` before the first type of several; quotes around a key that needs none; and
 * the backslash before a quote or a line end.
 */
interface Solid {
  readonly text: string;
  /** Of each character, its offset in the lines joined by LF. */
  readonly at: readonly number[];
  readonly loose: readonly boolean[];
  /** Of each line, and behind the last one, where it begins in `text`. */
  readonly starts: readonly number[];
}

const loosePatterns = [
  /\\(?=['"]|\s*$)/g,
  /\((?=\s*$)/g,
  /\((?=\s*[\w$]+\s*\)\s*=>)/g,
  /['"](?=[\w$]+['"]\s*:)/g,
  /(?<=['"][\w$]+)['"](?=\s*:)/g,
];

function looseIn(line: string): ReadonlySet<number> {
  const loose = new Set<number>();
  if (/[('"\\]/.test(line))
    for (const pattern of loosePatterns) for (const { index } of line.matchAll(pattern)) loose.add(index);
  return loose;
}

function solidOf(lines: readonly string[]): Solid {
  const text: string[] = [];
  const at: number[] = [];
  const loose: boolean[] = [];
  const starts: number[] = [];
  let offset = 0;
  let before = '';
  for (const line of lines) {
    starts.push(text.length);
    const inLine = looseIn(line);
    const bar = line.search(/(?<=^\s*)\|/);
    for (const { 0: character, index } of line.matchAll(/[^\s]/g)) {
      text.push(character === "'" ? '"' : character);
      at.push(offset + index);
      loose.push(inLine.has(index) || ';,)'.includes(character) || (index === bar && /[=:(<,]$/.test(before)));
    }
    if (!isBlank(line)) before = line.trimEnd();
    offset += line.length + 1;
  }
  starts.push(text.length);
  return { text: text.join(''), at, loose, starts };
}

/**
 * Follows two texts for as long as they are the same. `onPlace` hears of each place on the way, and whether one character
 * stands in both there; false from it ends the way.
 */
function follow(
  old: Solid,
  now: Solid,
  from: readonly [number, number],
  onPlace: (oldAt: number, newAt: number, isPair: boolean) => boolean,
): void {
  let [a, b] = from;
  while (a < old.text.length || b < now.text.length) {
    const isPair = a < old.text.length && old.text[a] === now.text[b];
    if (!onPlace(a, b, isPair)) return;
    if (!isPair && !(now.loose[b] ?? false) && !(old.loose[a] ?? false)) return;
    if (isPair) {
      a++;
      b++;
    } else if (now.loose[b] ?? false) b++;
    else a++;
  }
  onPlace(a, b, false);
}

/** How far lines from there on are the same but for their layout: whole lines on both sides, and how much stays. */
function reach(
  old: Solid,
  now: Solid,
  oldLine: number,
  newLine: number,
): (Layout & { readonly kept: number }) | undefined {
  let found: (Layout & { readonly kept: number }) | undefined;
  let kept = 0;
  let since = 0;
  let oldEnd = oldLine;
  let newEnd = newLine;
  const beginsAt = (starts: readonly number[], line: number, at: number): number => {
    let next = line;
    while ((starts[next] ?? Number.POSITIVE_INFINITY) < at) next++;
    return next;
  };
  follow(old, now, [old.starts[oldLine] ?? 0, now.starts[newLine] ?? 0], (oldAt, newAt, isPair) => {
    oldEnd = beginsAt(old.starts, oldEnd, oldAt);
    newEnd = beginsAt(now.starts, newEnd, newAt);
    if (kept > 0 && old.starts[oldEnd] === oldAt && now.starts[newEnd] === newAt) {
      found = { oldStart: oldLine, oldEnd, newStart: newLine, newEnd, kept };
      since = 0;
    }
    if (isPair) kept++;
    return ++since < mostBetween;
  });
  return found;
}

/** The parts of a replaced block that somebody only laid out anew, in order. */
export function findLayouts(oldLines: readonly string[], newLines: readonly string[]): readonly Layout[] {
  if (oldLines.length === 0 || newLines.length === 0) return [];
  const old = solidOf(oldLines);
  const now = solidOf(newLines);
  const whole = reach(old, now, 0, 0);
  if (whole !== undefined && isRest(old, whole.oldEnd) && isRest(now, whole.newEnd)) {
    return [{ ...whole, oldEnd: oldLines.length, newEnd: newLines.length }];
  }
  const { pairs, next } = pairAlike(keysOf(old, oldLines), keysOf(now, newLines));
  const layouts: Layout[] = [];
  const push = (layout: Layout): void => {
    const last = layouts.at(-1);
    // Blank lines between two parts belong to both.
    const isNext = last !== undefined && areBlank(old, last.oldEnd, layout.oldStart);
    if (isNext && areBlank(now, last.newEnd, layout.newStart)) {
      layouts[layouts.length - 1] = { ...last, oldEnd: layout.oldEnd, newEnd: layout.newEnd };
    } else layouts.push(layout);
  };
  let free = 0;
  let line = 0;
  while (line < newLines.length) {
    const pair = pairs[line] ?? -1;
    if (pair >= free) {
      push({ oldStart: pair, oldEnd: pair + 1, newStart: line, newEnd: line + 1 });
      free = pair + 1;
      line++;
      continue;
    }
    let best: (Layout & { readonly kept: number }) | undefined;
    const end = Math.min(next[line] ?? oldLines.length, free + mostTried);
    for (let from = free; from < end; from++) {
      const found = reach(old, now, from, line);
      if (found !== undefined && found.kept >= leastKept && found.kept > (best?.kept ?? 0)) best = found;
    }
    if (best !== undefined) push(best);
    free = best?.oldEnd ?? free;
    line = best?.newEnd ?? line + 1;
  }
  return layouts;
}

/** Each line without loose characters; one that has no others is known by them. */
function keysOf(solid: Solid, lines: readonly string[]): readonly string[] {
  return lines.map((text, line) => {
    let key = '';
    for (let at = solid.starts[line] ?? 0; at < (solid.starts[line + 1] ?? 0); at++) {
      if (!solid.loose[at]) key += solid.text[at] ?? '';
    }
    return key === '' ? `${blank}${text.trim()}` : key;
  });
}

/**
 * By new line the old one of the same key, or -1; and the next old line that stands for a new one from there on. Blank lines,
 * which are everywhere, are left out.
 */
function pairAlike(
  oldKeys: readonly string[],
  newKeys: readonly string[],
): { readonly pairs: readonly number[]; readonly next: readonly number[] } {
  const pairs = newKeys.map(() => -1);
  const isText = (key: string): boolean => key !== blank;
  const linesOf = (keys: readonly string[]): readonly number[] =>
    keys.flatMap((key, line) => (isText(key) ? line : []));
  const [olds, news] = [linesOf(oldKeys), linesOf(newKeys)];
  let old = 0;
  let now = 0;
  for (const hunk of [...diffLines(oldKeys.filter(isText), newKeys.filter(isText)), undefined]) {
    const stop = hunk?.bStart ?? news.length;
    while (now < stop) pairs[news[now++] ?? 0] = olds[old++] ?? -1;
    if (hunk === undefined) break;
    old = hunk.aEnd;
    now = hunk.bEnd;
  }
  const next = newKeys.map(() => oldKeys.length);
  for (let line = newKeys.length - 1; line >= 0; line--) {
    const pair = pairs[line] ?? -1;
    next[line] = pair >= 0 ? pair : (next[line + 1] ?? oldKeys.length);
  }
  return { pairs, next };
}

/** Whether any of the lines stands among others in another layout; blank ones and those of a few characters do not count. */
export function haveAlike(lines: readonly string[], others: readonly string[]): boolean {
  const keys = new Set(keysOf(solidOf(others), others));
  return keysOf(solidOf(lines), lines).some((key) => key.length >= leastKept && keys.has(key));
}

/** Whether lines, half-open, are blank, or none. */
function areBlank(solid: Solid, from: number, to: number): boolean {
  return solid.starts[from] === solid.starts[to];
}

/** Whether nothing but white space comes from that line on. */
function isRest(solid: Solid, line: number): boolean {
  return solid.starts[line] === solid.text.length;
}

/**
 * Text that only its layout tells from what it was: what stands in both keeps its source, what a formatter put in is of whom
 * it stands beside, and white space that was not there is `source`'s.
 */
export function layOut(before: Attributed, after: string, source: Source): Attributed {
  const old = solidOf(before.text.split('\n'));
  const now = solidOf(after.split('\n'));
  const former = new Map<number, number>();
  follow(old, now, [0, 0], (oldAt, newAt, isPair) => {
    if (isPair) former.set(now.at[newAt] ?? 0, old.at[oldAt] ?? 0);
    return true;
  });
  const perCharacter = expand(before.runs);
  const made: Run = { kind: 'made', length: 1, source };
  const runs: Run[] = [];
  let from = 0;
  let beside = perCharacter[former.values().next().value ?? 0] ?? made;
  for (let at = 0; at < after.length; at++) {
    const was = former.get(at);
    if (was !== undefined) {
      beside = perCharacter[was] ?? made;
      from = was + 1;
      pushRun(runs, beside);
    } else if (!/\s/.test(after[at] ?? '')) pushRun(runs, beside);
    // White space keeps its source where it stands at the same place.
    else pushRun(runs, before.text[from] === after[at] ? (perCharacter[from++] ?? made) : made);
  }
  return { text: after, runs, nicks: [], cuts: [] };
}

function expand(runs: Runs): Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    for (let index = 0; index < run.length; index++) {
      result.push(
        run.kind === 'made'
          ? { kind: 'made', length: 1, source: run.source }
          : { kind: 'base', length: 1, text: run.text, offset: run.offset + index },
      );
    }
  }
  return result;
}
