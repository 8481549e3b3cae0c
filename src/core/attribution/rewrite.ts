import { remembersRemoval } from './applyEdit';
import { type Attributed, attributedBy, mergeCuts, sliceAttributed } from './attributed';
import { AttributedBuilder } from './attributedBuilder';
import { changeLine } from './changedLine';
import { healed } from './healed';
import type { LaidOutHunk } from './hunkLayouts';
import { layOut } from './layout';
import { departedLines, findMoves } from './movedBlocks';
import { pairLines } from './pairLines';
import { sharesMostLines } from './resolve';
import { isExplained, type Likeness, type OldLine, oldLineOf, type Rewrite, type Side, sideOf } from './rewriteSide';
import { madeBy, sliceRuns } from './runs';
import type { Source } from './source';

/** What became of a line of a hunk: it came from another place, was made of an old line, or is new. */
type Fate =
  | { readonly kind: 'moved'; readonly from: OldLine }
  | { readonly kind: 'changed'; readonly from: number }
  | { readonly kind: 'new' };

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
  const builder = new AttributedBuilder(side.before.cuts);
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
