import type { LineHunk } from '../text/lineDiff';
import { isBlank, withoutSpace } from '../text/lines';
import { findLayouts, haveAlike, type Layout } from './layout';

/** A replaced block, and what of it was only laid out anew; all lines counted in the whole texts. */
export interface LaidOutHunk extends LineHunk {
  /** By new line the part that it is in. */
  readonly layouts: ReadonlyMap<number, Layout>;
  /** By new line the old one: lines within that were not replaced at all. */
  readonly kept: ReadonlyMap<number, number>;
  /** The old lines that are still there, laid out anew or kept. */
  readonly stay: ReadonlySet<number>;
}

/** Both texts of a step. */
export interface LinePair {
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
}

/** A line that stays between two replaced blocks is no proof that they are two where it has fewer characters. */
const leastAnchor = 8;

/** Blocks of more characters are compared by their white space alone. */
const mostCharacters = 4_000_000;

/** The blocks in which two texts differ, each as a whole, where white space alone makes the difference. */
export function findSpaceLayouts(texts: LinePair, hunks: readonly LineHunk[]): readonly LaidOutHunk[] {
  return hunks.map((hunk) => {
    const was = withoutSpace(texts.oldLines.slice(hunk.aStart, hunk.aEnd).join(''));
    const is = withoutSpace(texts.newLines.slice(hunk.bStart, hunk.bEnd).join(''));
    const whole = { oldStart: hunk.aStart, oldEnd: hunk.aEnd, newStart: hunk.bStart, newEnd: hunk.bEnd };
    return laidOut(hunk, is !== '' && is === was ? [whole] : [], []);
  });
}

/**
 * What formatters did to the blocks in which two texts differ.
 *
 * A formatter leaves lines that are alike by chance: a brace, or at another depth the line that stood elsewhere. So blocks with
 * nothing but short lines between them, and in the end all of them, are looked at as one where that explains more.
 */
export function findHunkLayouts(texts: LinePair, hunks: readonly LineHunk[]): readonly LaidOutHunk[] {
  const sizes = [...texts.oldLines, ...texts.newLines].reduce((sum, { length }) => sum + length, 0);
  if (sizes > mostCharacters) return findSpaceLayouts(texts, hunks);
  const groups: LineHunk[][] = [];
  for (const hunk of hunks) {
    const group = groups.at(-1);
    const isNear = texts.newLines
      .slice(group?.at(-1)?.bEnd, hunk.bStart)
      .every((line) => withoutSpace(line).length < leastAnchor);
    if (group !== undefined && isNear) group.push(hunk);
    else groups.push([hunk]);
  }
  const found = groups.flatMap((group) => {
    const apart = group.map((hunk) => explain(texts, [hunk]));
    return group.length > 1 && apart.some((hunk) => openLines(texts, hunk).length > 0)
      ? fewestOpen(texts, apart, group)
      : apart;
  });
  const open = found.flatMap((hunk) => openLines(texts, hunk));
  const gone = found.flatMap((hunk) =>
    texts.oldLines.slice(hunk.aStart, hunk.aEnd).filter((_, line) => !hunk.stay.has(hunk.aStart + line)),
  );
  return groups.length > 1 && haveAlike(open, gone) ? fewestOpen(texts, found, hunks) : found;
}

/** `apart`, or all blocks as one where less stays open so. */
function fewestOpen(
  texts: LinePair,
  apart: readonly LaidOutHunk[],
  group: readonly LineHunk[],
): readonly LaidOutHunk[] {
  const together = explain(texts, group);
  const openApart = apart.reduce((sum, hunk) => sum + openLines(texts, hunk).length, 0);
  return openLines(texts, together).length < openApart ? [together] : apart;
}

/** Looks at blocks, and the lines between them, as one. */
function explain({ oldLines, newLines }: LinePair, group: readonly LineHunk[]): LaidOutHunk {
  const [first, last] = [group[0], group.at(-1)];
  const whole = {
    aStart: first?.aStart ?? 0,
    aEnd: last?.aEnd ?? 0,
    bStart: first?.bStart ?? 0,
    bEnd: last?.bEnd ?? 0,
  };
  const layouts = findLayouts(oldLines.slice(whole.aStart, whole.aEnd), newLines.slice(whole.bStart, whole.bEnd)).map(
    (layout) => ({
      oldStart: layout.oldStart + whole.aStart,
      oldEnd: layout.oldEnd + whole.aStart,
      newStart: layout.newStart + whole.bStart,
      newEnd: layout.newEnd + whole.bStart,
    }),
  );
  return laidOut(whole, layouts, group);
}

/** The lines between blocks of `group` that no layout took still stand for each other. */
function laidOut(whole: LineHunk, parts: readonly Layout[], group: readonly LineHunk[]): LaidOutHunk {
  const layouts = new Map<number, Layout>();
  const stay = new Set<number>();
  for (const part of parts) {
    for (let line = part.newStart; line < part.newEnd; line++) layouts.set(line, part);
    for (let line = part.oldStart; line < part.oldEnd; line++) stay.add(line);
  }
  const kept = new Map<number, number>();
  group.forEach((hunk, index) => {
    const next = group[index + 1]?.bStart ?? 0;
    for (let line = hunk.bEnd, old = hunk.aEnd; line < next; line++, old++) {
      if (layouts.has(line) || stay.has(old)) continue;
      kept.set(line, old);
      stay.add(old);
    }
  });
  return { ...whole, layouts, kept, stay };
}

/** The lines of a block, blank ones left out, that neither stayed nor were only laid out anew. */
function openLines({ newLines }: LinePair, { bStart, bEnd, layouts, kept }: LaidOutHunk): readonly string[] {
  return newLines
    .slice(bStart, bEnd)
    .filter((text, line) => !layouts.has(bStart + line) && !kept.has(bStart + line) && !isBlank(text));
}
