import { diffLines } from '../text/lineDiff';
import { isBlank, lineStarts, splitLines, withoutSpace } from '../text/lines';
import { remembersRemoval } from './applyEdit';
import { type Attributed, attributedBy, type Cut, lineKey, mergeCuts, type Nick, sliceAttributed } from './attributed';
import { healed } from './healed';
import { findHunkLayouts, findSpaceLayouts, type LaidOutHunk, type LinePair } from './hunkLayouts';
import { layOut } from './layout';
import { pairLines } from './pairLines';
import { sharesMostLines } from './resolve';
import { madeBy, pushRun, type Runs, runAt, sliceRuns } from './runs';
import type { Run, Source } from './source';
import { commonTokens, tokensOf } from './tokens';

/** One file of a step: what was known before, and the whole text after. */
export interface Rewrite {
  readonly before: Attributed;
  readonly after: string;
}

interface Side extends LinePair {
  readonly before: Attributed;
  readonly after: string;
  readonly oldStarts: readonly number[];
  readonly hunks: readonly LaidOutHunk[];
}

interface OldLine {
  readonly file: number;
  readonly line: number;
}

/** What became of a line of a hunk: it came from another place, was made of an old line, or is new. */
type Fate =
  | { readonly kind: 'moved'; readonly from: OldLine }
  | { readonly kind: 'changed'; readonly from: number }
  | { readonly kind: 'new' };

/**
 * What of a replaced block is known by what stood there: whole lines; those too that were only laid out anew; and those too
 * that are made of the ones they replace.
 */
type Likeness = 'lines' | 'layout' | 'tokens';

const leastMovedLines = 2;

function sideOf(rewrite: Rewrite, likeness: Likeness): Side {
  const texts = { oldLines: splitLines(rewrite.before.text), newLines: splitLines(rewrite.after) };
  const hunks = rewrite.before.text === rewrite.after ? [] : diffLines(texts.oldLines, texts.newLines);
  return {
    ...rewrite,
    ...texts,
    oldStarts: lineStarts(rewrite.before.text),
    hunks: likeness === 'lines' ? findSpaceLayouts(texts, hunks) : findHunkLayouts(texts, hunks),
  };
}

function departedLines(sides: readonly Side[]): Map<string, OldLine[]> {
  const departed = new Map<string, OldLine[]>();
  sides.forEach((side, file) => {
    for (const hunk of side.hunks) {
      for (let line = hunk.aStart; line < hunk.aEnd; line++) {
        const text = side.oldLines[line] ?? '';
        if (isBlank(text) || hunk.stay.has(line)) continue;
        const places = departed.get(text);
        if (places === undefined) departed.set(text, [{ file, line }]);
        else if (places.length < 64) places.push({ file, line });
      }
    }
  });
  return departed;
}

/** Finds blocks of departed lines among the new lines of a hunk; marks what it takes in `taken`. */
function findMoves(
  side: Side,
  hunk: LaidOutHunk,
  sides: readonly Side[],
  departed: ReadonlyMap<string, readonly OldLine[]>,
  taken: Set<string>,
  mover: Source,
  likeness: Likeness,
): Map<number, OldLine> {
  const moves = new Map<number, OldLine>();
  let line = hunk.bStart;
  while (line < hunk.bEnd) {
    if (isExplained(hunk, line)) {
      line++;
      continue;
    }
    let best: { readonly from: OldLine; readonly length: number } | undefined;
    for (const from of departed.get(side.newLines[line] ?? '') ?? []) {
      const source = sides[from.file];
      if (source === undefined) continue;
      let length = 0;
      let { solid, characters } = source === side ? nothingBefore : departedBefore(side, line, source, from.line);
      while (
        line + length < hunk.bEnd &&
        !isExplained(hunk, line + length) &&
        from.line + length < source.oldLines.length &&
        source.oldLines[from.line + length] === side.newLines[line + length] &&
        isDeparted(source, from.line + length) &&
        !taken.has(`${from.file}:${from.line + length}`)
      ) {
        const solidText = withoutSpace(side.newLines[line + length] ?? '');
        if (solidText !== '') solid++;
        characters += solidText.length;
        length++;
      }
      // Nobody saw them move: from another file it has to be more than what ends any block.
      const seen = source === side || mover.origin.kind !== 'unknown' || characters >= leastUnseen;
      const enough =
        (solid >= leastMovedLines && seen) || (solid > 0 && keepsSingleLine(source, from.line, mover, likeness));
      if (enough && length > (best?.length ?? 0)) best = { from, length };
    }
    if (best === undefined) {
      line++;
      continue;
    }
    for (let index = 0; index < best.length; index++) {
      const from = { file: best.from.file, line: best.from.line + index };
      moves.set(line + index, from);
      taken.add(`${from.file}:${from.line}`);
    }
    line += best.length;
  }
  return moves;
}

const nothingBefore = { solid: 0, characters: 0 };

/**
 * How many lines, and characters without white space, that left `source` just before its line `from` stand just before
 * `line` of another file. They may have been there before too, so that only the rest of a block is new.
 */
function departedBefore(side: Side, line: number, source: Side, from: number): typeof nothingBefore {
  let { solid, characters } = nothingBefore;
  for (let back = 1; back <= Math.min(line, from); back++) {
    const text = side.newLines[line - back] ?? '';
    if (source.oldLines[from - back] !== text || !isDeparted(source, from - back)) break;
    const solidText = withoutSpace(text);
    if (solidText !== '') solid++;
    characters += solidText.length;
  }
  return { solid, characters };
}

/** Fewer characters, white space not counted, are found anywhere by chance. */
const leastSingleLine = 8;

/** So many of a block that nobody saw going from one file to another. */
const leastUnseen = 16;

/**
 * Whether a line that moved alone keeps its source. Two lines or more always do; one alone is new text of whoever moved
 * it, unless that would make a person's of what is not known to be one. Where lines are looked for as a whole nobody moved it: it
 * stands at another place in a text that somebody put together, as from both sides of a conflict.
 */
function keepsSingleLine(side: Side, line: number, mover: Source, likeness: Likeness): boolean {
  if (withoutSpace(side.oldLines[line] ?? '').length < leastSingleLine) return false;
  if (likeness !== 'tokens') return true;
  const kind = mover.origin.kind;
  if (kind === 'human' || kind === 'pasted') return true;
  return (
    kind === 'unknown' &&
    oldLineOf(side, line).runs.every((run) => run.kind === 'made' && run.source.origin.kind === 'ai')
  );
}

function isDeparted(side: Side, line: number): boolean {
  return side.hunks.some((hunk) => line >= hunk.aStart && line < hunk.aEnd && !hunk.stay.has(line));
}

/** A line made of an old one: the tokens both have, in order, keep their sources. */
function changeLine(before: Attributed, after: string, source: Source): Attributed {
  const oldTokens = tokensOf(before.text);
  const newTokens = tokensOf(after);
  const runs: Run[] = [];
  let at = 0;
  const kept = new Set<number>();
  for (const [oldIndex, newIndex] of commonTokens(oldTokens, newTokens)) {
    const oldToken = oldTokens[oldIndex];
    const newToken = newTokens[newIndex];
    if (oldToken === undefined || newToken === undefined) continue;
    kept.add(oldIndex);
    for (const run of madeBy(source, newToken.at - at)) pushRun(runs, run);
    for (const run of sliceRuns(before.runs, oldToken.at, oldToken.at + oldToken.text.length)) pushRun(runs, run);
    at = newToken.at + newToken.text.length;
  }
  for (const run of madeBy(source, after.length - at)) pushRun(runs, run);
  const lost = oldTokens.filter((_, index) => !kept.has(index));
  const foreign = lost.some((token) => {
    const run = runAt(before.runs, token.at);
    return run !== undefined && !(run.kind === 'made' && run.source.origin.kind === 'ai');
  });
  const nicks: Nick[] = before.nicks.map((nick) => ({ ...nick, offset: Math.min(nick.offset, after.length) }));
  if (foreign && source.origin.kind === 'ai') nicks.push({ offset: 0, source });
  const cuts: Cut[] = lost.length > 0 && remembersRemoval(source) ? [{ line: lineKey(before.text), source }] : [];
  return { text: after, runs, nicks, cuts };
}

function oldLineOf(side: Side, line: number): Attributed {
  const start = side.oldStarts[line] ?? 0;
  return sliceAttributed(side.before, start, start + (side.oldLines[line]?.length ?? 0));
}

class Builder {
  readonly #runs: Run[] = [];
  readonly #nicks: Nick[] = [];
  readonly #cuts: Cut[];
  #length = 0;

  constructor(cuts: readonly Cut[]) {
    this.#cuts = [...cuts];
  }

  add(piece: Attributed): void {
    for (const run of piece.runs) pushRun(this.#runs, run);
    for (const nick of piece.nicks) this.#nicks.push({ ...nick, offset: nick.offset + this.#length });
    this.#cuts.push(...piece.cuts);
    this.#length += piece.text.length;
  }

  addRuns(runs: Runs): void {
    for (const run of runs) {
      pushRun(this.#runs, run);
      this.#length += run.length;
    }
  }

  cut(line: string, source: Source): void {
    this.#cuts.push({ line: lineKey(line), source });
  }

  done(text: string): Attributed {
    return { text, runs: this.#runs, nicks: this.#nicks, cuts: this.#cuts };
  }
}

/** Whether a new line is one that was not replaced, or only laid out anew. */
function isExplained(hunk: LaidOutHunk, line: number): boolean {
  return hunk.layouts.has(line) || hunk.kept.has(line);
}

/** By line what became of it; lines that were only laid out anew are not among them. */
function fatesOf(
  side: Side,
  hunk: LaidOutHunk,
  moves: ReadonlyMap<number, OldLine>,
  likeness: Likeness,
): Map<number, Fate> {
  const fates = new Map<number, Fate>();
  const open: number[] = [];
  for (let line = hunk.bStart; line < hunk.bEnd; line++) {
    if (isExplained(hunk, line)) continue;
    const from = moves.get(line);
    fates.set(line, from === undefined ? { kind: 'new' } : { kind: 'moved', from });
    if (from === undefined) open.push(line);
  }
  if (likeness !== 'tokens') return fates;
  const old: number[] = [];
  for (let line = hunk.aStart; line < hunk.aEnd; line++) if (!hunk.stay.has(line)) old.push(line);
  for (const [oldIndex, openIndex] of pairLines(
    old.map((line) => side.oldLines[line] ?? ''),
    open.map((line) => side.newLines[line] ?? ''),
  )) {
    const [from, line] = [old[oldIndex], open[openIndex]];
    if (from !== undefined && line !== undefined) fates.set(line, { kind: 'changed', from });
  }
  return fates;
}

interface SideContext {
  readonly side: Side;
  readonly file: number;
  readonly sides: readonly Side[];
  readonly departed: ReadonlyMap<string, readonly OldLine[]>;
  /** All old lines of the step that stand elsewhere after it, as `file:line`. */
  readonly moved: ReadonlySet<string>;
  readonly likeness: Likeness;
}

function rewriteSide(
  { side, file, sides, departed, moved, likeness }: SideContext,
  taken: Set<string>,
  source: Source,
): Attributed {
  if (side.hunks.length === 0 && side.before.text === side.after) return side.before;
  const builder = new Builder(side.before.cuts);
  const lineEnd = (line: number): void => {
    // A line's own LF; the last line has one only if the text ends in it.
    if (line < side.newLines.length - 1 || side.after.endsWith('\n')) builder.addRuns(madeBy(source, 1));
  };
  const keepEnd = (oldLine: number, newLine: number): void => {
    const end = (side.oldStarts[oldLine] ?? 0) + (side.oldLines[oldLine]?.length ?? 0);
    const hadEnd = end < side.before.text.length;
    if (hadEnd && (newLine < side.newLines.length - 1 || side.after.endsWith('\n')))
      builder.addRuns(sliceRuns(side.before.runs, end, end + 1));
    else lineEnd(newLine);
  };
  const keep = (oldLine: number, newLine: number): void => {
    builder.add(oldLineOf(side, oldLine));
    keepEnd(oldLine, newLine);
  };
  let oldLine = 0;
  let newLine = 0;
  for (const hunk of [...side.hunks, undefined]) {
    const stop = hunk?.bStart ?? side.newLines.length;
    while (newLine < stop) keep(oldLine++, newLine++);
    if (hunk === undefined) break;
    const fates = fatesOf(side, hunk, findMoves(side, hunk, sides, departed, taken, source, likeness), likeness);
    const changed = new Set<number>();
    for (let line = hunk.bStart; line < hunk.bEnd; line++) {
      const layout = hunk.layouts.get(line);
      if (layout !== undefined) {
        line = layout.newEnd - 1;
        const start = side.oldStarts[layout.oldStart] ?? 0;
        const oldText = side.oldLines.slice(layout.oldStart, layout.oldEnd).join('\n');
        const newText = side.newLines.slice(layout.newStart, layout.newEnd).join('\n');
        builder.add(layOut(sliceAttributed(side.before, start, start + oldText.length), newText, source));
        keepEnd(layout.oldEnd - 1, line);
        continue;
      }
      const kept = hunk.kept.get(line);
      if (kept !== undefined) {
        keep(kept, line);
        continue;
      }
      const text = side.newLines[line] ?? '';
      const fate = fates.get(line);
      switch (fate?.kind) {
        case 'moved': {
          const from = sides[fate.from.file];
          if (from !== undefined) builder.add(oldLineOf(from, fate.from.line));
          break;
        }
        case 'changed':
          changed.add(fate.from);
          builder.add(changeLine(oldLineOf(side, fate.from), text, source));
          break;
        default:
          builder.add(attributedBy(source, text));
      }
      lineEnd(line);
    }
    if (remembersRemoval(source)) {
      for (let line = hunk.aStart; line < hunk.aEnd; line++) {
        if (!hunk.stay.has(line) && !changed.has(line) && !moved.has(`${file}:${line}`))
          builder.cut(side.oldLines[line] ?? '', source);
      }
    }
    oldLine = hunk.aEnd;
    newLine = hunk.bEnd;
  }
  return healed(side.before, builder.done(side.after));
}

/**
 * What is known after a step of which only the texts before and after are known (a write on disk, a hook pair).
 *
 * Lines are matched first. A replaced line keeps the sources of the tokens that it shares, in order, with the line it
 * replaces, if these are at least half of its tokens; else it is `source`'s. A block of two lines or more that left one
 * place and stands at another, in the same file or another of the step, keeps its sources. A change of layout alone
 * ({@link findHunkLayouts}) keeps every source. What `source` removed is kept as cuts and nicks, if it is an AI or somebody
 * unseen. A file that came and is mostly one that went is that file under another name.
 *
 * Law: each result's text is its `after`.
 */
export function rewriteStep(step: readonly Rewrite[], source: Source): readonly Attributed[] {
  const formerOf = renamesOf(step);
  const went = new Map([...formerOf].map(([came, former]) => [former, came]));
  const files = step.map((rewrite, file) => {
    const former = step[formerOf.get(file) ?? -1];
    if (former !== undefined) return { before: { ...former.before, cuts: [] }, after: rewrite.after };
    return went.has(file) ? { before: attributedBy(source, ''), after: '' } : rewrite;
  });
  const results = rewriteSides(files, source, 'tokens');
  return results.map((result, file) => {
    const came = results[went.get(file) ?? -1];
    return came === undefined ? result : { ...result, cuts: mergeCuts(step[file]?.before.cuts ?? [], came.cuts) };
  });
}

/** For each file of a step that came under another name the one that it was, by index. */
function renamesOf(step: readonly Rewrite[]): ReadonlyMap<number, number> {
  const renames = new Map<number, number>();
  const went = new Set(step.flatMap(({ before, after }, file) => (before.text !== '' && after === '' ? [file] : [])));
  step.forEach(({ before, after }, file) => {
    if (before.text !== '' || after === '') return;
    for (const former of went) {
      if (!sharesMostLines(after, step[former]?.before.text ?? '')) continue;
      renames.set(file, former);
      went.delete(former);
      break;
    }
  });
  return renames;
}

function rewriteSides(step: readonly Rewrite[], source: Source, likeness: Likeness): readonly Attributed[] {
  const sides = step.map((rewrite) => sideOf(rewrite, likeness));
  const departed = departedLines(sides);
  const taken = new Set<string>();
  // Moves are found for all files before the first cut is written, so that a block that left is not counted as removed.
  for (const side of sides)
    for (const hunk of side.hunks) findMoves(side, hunk, sides, departed, taken, source, likeness);
  const again = new Set<string>();
  return sides.map((side, file) => rewriteSide({ side, file, sides, departed, moved: taken, likeness }, again, source));
}

/** {@link rewriteStep} for one file. */
export function rewriteText(before: Attributed, after: string, source: Source): Attributed {
  const [result] = rewriteStep([{ before, after }], source);
  return result ?? before;
}

/** {@link rewriteText} with less likeness: each line is known by what stood there, or is `source`'s. */
export function keepLines(before: Attributed, after: string, source: Source, likeness: 'lines' | 'layout'): Attributed {
  const [result] = rewriteSides([{ before, after }], source, likeness);
  return result ?? before;
}
