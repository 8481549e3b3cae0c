import { splitLines } from './lines';

/**
 * Lines `[aStart, aEnd)` of the old text were replaced by lines `[bStart, bEnd)` of the new one; 0-based, half-open,
 * at least one of the two is not empty.
 */
export interface LineHunk {
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

/** The number in `before` of the line that has the number `line` in `after`, both 0-based; nothing for one that is not there. */
export function lineBefore(before: string, after: string, line: number): number | undefined {
  let shift = 0;
  for (const { aStart, aEnd, bStart, bEnd } of diffLines(splitLines(before), splitLines(after))) {
    if (line < bStart) break;
    if (line < bEnd) return undefined;
    shift += aEnd - aStart - (bEnd - bStart);
  }
  return line + shift;
}

/** Up to so many edits the answer is a shortest one; above, unique lines are matched first. */
const exactEdits = 1000;

/** Between two anchors the search looks so many edits ahead before it settles for what it has. */
const windowEdits = 128;

/**
 * The hunks that turn `a` into `b`, in order, with at least one equal line between two of them.
 *
 * Law: what lies outside the hunks is equal on both sides, line by line; applying them to `a` gives `b`. The answer is a
 * shortest one up to {@link exactEdits} edits, and depends on the two arguments alone. Above, lines that occur once on
 * each side anchor it (patience diff), and the gaps are searched in windows, so that time is linear in the number of
 * lines whatever they are. Equal texts give no hunks. Signatures bind what is rendered of it: for the same texts it never
 * changes.
 *
 * Source of the search: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986.
 */
export function shortestDiff(a: readonly string[], b: readonly string[]): readonly LineHunk[] {
  const shorter = Math.min(a.length, b.length);
  let prefix = 0;
  while (prefix < shorter && a[prefix] === b[prefix]) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && a[a.length - 1 - suffix] === b[b.length - 1 - suffix]) suffix++;
  const aEnd = a.length - suffix;
  const bEnd = b.length - suffix;
  if (prefix === aEnd && prefix === bEnd) return [];
  if (prefix === aEnd || prefix === bEnd) return [{ aStart: prefix, aEnd, bStart: prefix, bEnd }];

  const common = commonLines(a, b, prefix, aEnd, bEnd);
  return hunksBetween(matchLines(common), common, { aStart: prefix, aEnd, bStart: prefix, bEnd });
}

/**
 * {@link shortestDiff}, but that among equal lines, where it is open which of them went or came, those are taken that make one
 * hunk of a removal and of what was added near by, as git does: one stands for the other.
 */
export function diffLines(a: readonly string[], b: readonly string[]): readonly LineHunk[] {
  const result: LineHunk[] = [];
  for (const hunk of shortestDiff(a, b)) {
    const last = result.at(-1);
    const joined = last && (joinedUp(a, b, last, hunk) ?? joinedDown(a, b, last, hunk));
    if (joined !== undefined) result.pop();
    result.push(joined ?? hunk);
  }
  return result;
}

/** Both as one hunk, where the second only removes or only adds lines and can as well do so right behind the first. */
function joinedUp(
  a: readonly string[],
  b: readonly string[],
  first: LineHunk,
  { aStart, aEnd, bStart, bEnd }: LineHunk,
): LineHunk | undefined {
  const gap = aStart - first.aEnd;
  const removes = bStart === bEnd && first.bStart < first.bEnd;
  const adds = aStart === aEnd && first.aStart < first.aEnd;
  if (!(removes && areSame(a, first.aEnd, aEnd - gap, gap)) && !(adds && areSame(b, first.bEnd, bEnd - gap, gap)))
    return undefined;
  return { aStart: first.aStart, aEnd: aEnd - gap, bStart: first.bStart, bEnd: bEnd - gap };
}

/** The same, where the first can do so right before the second. */
function joinedDown(
  a: readonly string[],
  b: readonly string[],
  { aStart, aEnd, bStart, bEnd }: LineHunk,
  second: LineHunk,
): LineHunk | undefined {
  const gap = second.aStart - aEnd;
  const removes = bStart === bEnd && second.bStart < second.bEnd;
  const adds = aStart === aEnd && second.aStart < second.aEnd;
  if (!(removes && areSame(a, aStart, aEnd, gap)) && !(adds && areSame(b, bStart, bEnd, gap))) return undefined;
  return { aStart: aStart + gap, aEnd: second.aEnd, bStart: bStart + gap, bEnd: second.bEnd };
}

function areSame(lines: readonly string[], one: number, other: number, count: number): boolean {
  for (let index = 0; index < count; index++) if (lines[one + index] !== lines[other + index]) return false;
  return true;
}

/** The lines that occur on both sides, as numbers, with their places in the whole text; the others match nothing. */
interface CommonLines {
  readonly a: Int32Array;
  readonly aPlace: Int32Array;
  readonly b: Int32Array;
  readonly bPlace: Int32Array;
  /** How many different lines there are: every number is below it. */
  readonly different: number;
}

function commonLines(a: readonly string[], b: readonly string[], start: number, aEnd: number, bEnd: number) {
  const numbers = new Map<string, number>();
  const inA = numbered(a, start, aEnd, (line) => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    numbers.set(line, numbers.size);
    return numbers.size - 1;
  });
  const inB = numbered(b, start, bEnd, (line) => numbers.get(line));
  const wanted = new Uint8Array(numbers.size);
  for (const line of inB.lines) wanted[line] = 1;
  const keep = inA.lines.map((line, index) => (wanted[line] === 1 ? index : -1)).filter((index) => index >= 0);
  return {
    a: keep.map((index) => inA.lines[index] as number),
    aPlace: keep.map((index) => inA.places[index] as number),
    b: inB.lines,
    bPlace: inB.places,
    different: numbers.size,
  } satisfies CommonLines;
}

function numbered(text: readonly string[], start: number, end: number, number: (line: string) => number | undefined) {
  const lines = new Int32Array(end - start);
  const places = new Int32Array(end - start);
  let count = 0;
  for (let place = start; place < end; place++) {
    const line = number(text[place] as string);
    if (line === undefined) continue;
    lines[count] = line;
    places[count] = place;
    count++;
  }
  return { lines: lines.subarray(0, count), places: places.subarray(0, count) };
}

/** For each common line of `a` the index of its partner in `b`, or -1; partners rise. */
function matchLines(common: CommonLines): Int32Array {
  const { a, b } = common;
  const partner = new Int32Array(a.length).fill(-1);
  if (search(a, b, { x: 0, y: 0, xEnd: a.length, yEnd: b.length }, exactEdits, partner).done) return partner;

  partner.fill(-1);
  let x = 0;
  let y = 0;
  for (const anchor of [...uniqueAnchors(common), { x: a.length, y: b.length }]) {
    matchWindows(a, b, { x, y, xEnd: anchor.x, yEnd: anchor.y }, partner);
    if (anchor.x < a.length) partner[anchor.x] = anchor.y;
    x = anchor.x + 1;
    y = anchor.y + 1;
  }
  return partner;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly xEnd: number;
  readonly yEnd: number;
}

function matchWindows(a: Int32Array, b: Int32Array, box: Box, partner: Int32Array): void {
  let rest = box;
  while (rest.x < rest.xEnd && rest.y < rest.yEnd) {
    const reached = search(a, b, rest, windowEdits, partner);
    if (reached.done) return;
    rest = { ...box, x: reached.x, y: reached.y };
  }
}

/**
 * Walks from the upper left of the box towards the lower right with at most `edits` edits and writes the equal lines of
 * its way to `partner`. When the budget is short, the way goes to the furthest point seen; it is beyond the start.
 */
function search(a: Int32Array, b: Int32Array, box: Box, edits: number, partner: Int32Array) {
  const width = box.xEnd - box.x;
  const height = box.yEnd - box.y;
  const limit = Math.min(edits, width + height);
  /** Entry k + limit + 1: how far right diagonal k (x - y) was reached, or -1. */
  const furthest = new Int32Array(2 * limit + 3).fill(-1);
  const rows: Int32Array[] = [];
  for (let d = 0; d <= limit; d++) {
    for (let k = -d; k <= d; k += 2) {
      const at = k + limit + 1;
      const right = stepRight(furthest[at - 1] as number, width);
      const down = stepDown(furthest[at + 1] as number, k, height);
      let x = d === 0 ? 0 : Math.max(right, down);
      if (x >= 0) while (x < width && x - k < height && a[box.x + x] === b[box.y + x - k]) x++;
      furthest[at] = x;
      if (x === width && x - k === height) {
        rows.push(furthest.slice(limit + 1 - d, limit + 2 + d));
        walkBack(rows, k, box, partner);
        return { done: true, x: box.xEnd, y: box.yEnd };
      }
    }
    rows.push(furthest.slice(limit + 1 - d, limit + 2 + d));
  }
  const best = furthestPoint(rows[limit] as Int32Array, limit);
  walkBack(rows, best.k, box, partner);
  return { done: false, x: box.x + best.x, y: box.y + best.x - best.k };
}

/** The column after removing a line of the old text; -1 where that is not possible. */
function stepRight(x: number, width: number): number {
  return x >= 0 && x < width ? x + 1 : -1;
}

/** The column, on diagonal `k`, after adding a line of the new text; -1 where that is not possible. */
function stepDown(x: number, k: number, height: number): number {
  return x >= 0 && x - k <= height ? x : -1;
}

function furthestPoint(row: Int32Array, d: number): { readonly x: number; readonly k: number } {
  let best = { x: 0, k: 0 };
  for (let k = -d; k <= d; k += 2) {
    const x = row[k + d] as number;
    if (x >= 0 && 2 * x - k > 2 * best.x - best.k) best = { x, k };
  }
  return best;
}

/** `rows[d]` holds for the diagonals -d..d how far d edits reach. */
function walkBack(rows: readonly Int32Array[], diagonal: number, box: Box, partner: Int32Array): void {
  const height = box.yEnd - box.y;
  const width = box.xEnd - box.x;
  let k = diagonal;
  for (let d = rows.length - 1; d >= 0; d--) {
    const x = (rows[d] as Int32Array)[k + d] as number;
    const before = rows[d - 1];
    // Row d - 1 begins at diagonal 1 - d; entries of the other parity are those of the row before it and not asked for.
    const right = stepRight(before?.[k + d - 2] ?? -1, width);
    const down = stepDown(before?.[k + d] ?? -1, k, height);
    for (let at = d === 0 ? 0 : Math.max(right, down); at < x; at++) partner[box.x + at] = box.y + at - k;
    k += down >= right ? 1 : -1;
  }
}

/** The longest rising run of lines that occur once on each side. */
function uniqueAnchors({ a, b, different }: CommonLines): readonly { readonly x: number; readonly y: number }[] {
  const once = 1;
  const inA = new Int32Array(different);
  const inB = new Int32Array(different);
  for (const line of a) inA[line] = (inA[line] as number) + 1;
  const placeInB = new Int32Array(different);
  for (let y = 0; y < b.length; y++) {
    const line = b[y] as number;
    inB[line] = (inB[line] as number) + 1;
    placeInB[line] = y;
  }
  const pairs: { x: number; y: number; before: number }[] = [];
  const tops: number[] = [];
  for (let x = 0; x < a.length; x++) {
    const line = a[x] as number;
    if (inA[line] !== once || inB[line] !== once) continue;
    const y = placeInB[line] as number;
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tops[middle] as number] as { y: number }).y < y) low = middle + 1;
      else high = middle;
    }
    pairs.push({ x, y, before: low === 0 ? -1 : (tops[low - 1] as number) });
    tops[low] = pairs.length - 1;
  }
  const run: { x: number; y: number }[] = [];
  for (let at = tops[tops.length - 1] ?? -1; at >= 0; ) {
    const pair = pairs[at] as { x: number; y: number; before: number };
    run.push(pair);
    at = pair.before;
  }
  return run.reverse();
}

function hunksBetween(partner: Int32Array, common: CommonLines, whole: LineHunk): readonly LineHunk[] {
  const hunks: LineHunk[] = [];
  let aStart = whole.aStart;
  let bStart = whole.bStart;
  for (let x = 0; x <= partner.length; x++) {
    const last = x === partner.length;
    const y = last ? -1 : (partner[x] as number);
    if (!last && y < 0) continue;
    const aEnd = last ? whole.aEnd : (common.aPlace[x] as number);
    const bEnd = last ? whole.bEnd : (common.bPlace[y] as number);
    if (aEnd > aStart || bEnd > bStart) hunks.push({ aStart, aEnd, bStart, bEnd });
    aStart = aEnd + 1;
    bStart = bEnd + 1;
  }
  return hunks;
}
