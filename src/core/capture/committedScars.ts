import { lineKey } from '../attribution/attributed';
import { diffLines } from '../text/lineDiff';
import { lineAt, lineStarts, splitLines } from '../text/lines';
import type { Scars } from './liveAttributed';

/**
 * The nicks and cuts of a text that a commit with the text `committed` leaves open: those of lines that stand there as
 * they are, and of lines that are gone from there, are told by the commit's record. Of a line there are no more cuts than
 * the text lacks.
 */
export function openScars(text: string, { nicks, cuts }: Scars, committed: string): Scars {
  if ((nicks.length === 0 && cuts.length === 0) || text === committed) return { nicks: [], cuts: [] };
  const lines = splitLines(text);
  const committedLines = splitLines(committed);
  const changed = new Set<number>();
  for (const hunk of diffLines(committedLines, lines))
    for (let line = hunk.bStart; line < hunk.bEnd; line++) changed.add(line);
  const starts = lineStarts(text);
  const lacking = new Map<string, number>();
  const count = (key: string, more: number): void => void lacking.set(key, (lacking.get(key) ?? 0) + more);
  if (cuts.length > 0) {
    for (const line of committedLines) count(lineKey(line), 1);
    for (const line of lines) count(lineKey(line), -1);
  }
  return {
    nicks: nicks.filter((nick) => changed.has(lineAt(starts, nick.offset))),
    cuts: cuts.filter(({ line }) => {
      count(line, -1);
      return (lacking.get(line) ?? 0) >= 0;
    }),
  };
}
