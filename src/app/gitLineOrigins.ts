import type { LineOrigin } from '../core/attribution/lineClass';
import { leastFavourableFirst } from '../core/origin';

/** The lines of the normalised text (0-based) that a line of git's (1-based) is, by the map between them. */
export function normalisedLines(map: readonly number[] | undefined, line: number): readonly number[] {
  if (map === undefined) return [line - 1];
  const from = map[line - 1] ?? 0;
  const to = map[line] ?? from + 1;
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** The least favourable of what several lines count as that are one line of git's. */
export function leastFavourableOf(lines: readonly (LineOrigin | undefined)[]): LineOrigin {
  let worst: LineOrigin | undefined;
  for (const line of lines) {
    if (line === undefined) continue;
    if (worst === undefined || leastFavourableFirst.indexOf(line.class) < leastFavourableFirst.indexOf(worst.class))
      worst = line;
  }
  return worst ?? { class: 'unknown', reason: 'not-watched' };
}

/** What is known of git's lines, by the normalised ones; what nobody knows is left to whoever knows more. */
export function onNormalisedLines(
  known: ReadonlyMap<number, LineOrigin>,
  map: readonly number[] | undefined,
): ReadonlyMap<number, LineOrigin> {
  const lines = new Map<number, LineOrigin>();
  for (const [line, origin] of known) for (const index of normalisedLines(map, line)) lines.set(index + 1, origin);
  return lines;
}
