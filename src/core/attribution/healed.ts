import { lineStarts, splitLines } from '../text/lines';
import { type Attributed, type Cut, lineKey } from './attributed';
import { sameSource } from './source';

/**
 * What is known after a step that left `after` of `before`, to whose cuts it added its own: a line that stands more often
 * than before came back, whatever brought it, so its cut is none any more; nor is the nick that went with it.
 */
export function healed(before: Attributed, after: Attributed): Attributed {
  if (before.cuts.length === 0) return after;
  const came = linesThatCame(before.text, after.text);
  if (came.size === 0) return after;
  const starts = lineStarts(after.text);
  const lines = splitLines(after.text);
  const earlier: (Cut | undefined)[] = [...before.cuts];
  const nicks = [...after.nicks];
  for (const [line, key] of came) {
    const index = earlier.findLastIndex((cut) => cut?.line === key);
    const cut = earlier[index];
    if (cut === undefined) continue;
    earlier[index] = undefined;
    const start = starts[line] ?? 0;
    const end = start + (lines[line]?.length ?? 0);
    const nick = nicks.findLastIndex(
      ({ offset, source }) => offset >= start && offset <= end && sameSource(source, cut.source),
    );
    if (nick >= 0) nicks.splice(nick, 1);
  }
  const open = earlier.filter((cut) => cut !== undefined);
  if (open.length === earlier.length) return after;
  return { ...after, nicks, cuts: [...open, ...after.cuts.slice(before.cuts.length)] };
}

/** The lines of `after` (0-based) that are more of their kind than `before` has, with their keys. */
function linesThatCame(before: string, after: string): ReadonlyMap<number, string> {
  const [old, now] = [splitLines(before), splitLines(after)];
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start++;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const left = new Map<string, number>();
  for (const line of old.slice(start, old.length - end)) left.set(line.trim(), (left.get(line.trim()) ?? 0) + 1);
  const came = new Map<number, string>();
  now.slice(start, now.length - end).forEach((line, index) => {
    const count = left.get(line.trim()) ?? 0;
    if (count > 0) left.set(line.trim(), count - 1);
    else came.set(start + index, lineKey(line));
  });
  return came;
}
