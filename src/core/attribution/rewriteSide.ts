import { diffLines } from '../text/lineDiff';
import { lineStarts, splitLines } from '../text/lines';
import { type Attributed, sliceAttributed } from './attributed';
import { findHunkLayouts, findSpaceLayouts, type LaidOutHunk, type LinePair } from './hunkLayouts';

/** One file of a step: what was known before, and the whole text after. */
export interface Rewrite {
  readonly before: Attributed;
  readonly after: string;
}

/** A file of a step by its lines, before and after. */
export interface Side extends LinePair {
  readonly before: Attributed;
  readonly after: string;
  readonly oldStarts: readonly number[];
  readonly hunks: readonly LaidOutHunk[];
}

/** A line of a file of the step, as it was before; 0-based. */
export interface OldLine {
  readonly file: number;
  readonly line: number;
}

/**
 * What of a replaced block is known by what stood there: whole lines; those too that were only laid out anew; and those too
 * that are made of the ones they replace.
 */
export type Likeness = 'lines' | 'layout' | 'tokens';

/** Compares a file of a step before and after. */
export function sideOf(rewrite: Rewrite, likeness: Likeness): Side {
  const texts = { oldLines: splitLines(rewrite.before.text), newLines: splitLines(rewrite.after) };
  const hunks = rewrite.before.text === rewrite.after ? [] : diffLines(texts.oldLines, texts.newLines);
  return {
    ...rewrite,
    ...texts,
    oldStarts: lineStarts(rewrite.before.text),
    hunks: likeness === 'lines' ? findSpaceLayouts(texts, hunks) : findHunkLayouts(texts, hunks),
  };
}

/** What is known of a line before. */
export function oldLineOf(side: Side, line: number): Attributed {
  const start = side.oldStarts[line] ?? 0;
  return sliceAttributed(side.before, start, start + (side.oldLines[line]?.length ?? 0));
}

/** Whether a new line is one that was not replaced, or only laid out anew. */
export function isExplained(hunk: LaidOutHunk, line: number): boolean {
  return hunk.layouts.has(line) || hunk.kept.has(line);
}
