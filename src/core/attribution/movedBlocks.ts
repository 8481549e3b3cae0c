import { isBlank, withoutSpace } from '../text/lines';
import type { LaidOutHunk } from './hunkLayouts';
import { isExplained, type Likeness, type OldLine, oldLineOf, type Side } from './rewriteSide';
import type { Source } from './source';

const leastMovedLines = 2;

/** By their content the lines that left their places; of lines that many places lost, the first. */
export function departedLines(sides: readonly Side[]): Map<string, OldLine[]> {
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
export function findMoves(
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
