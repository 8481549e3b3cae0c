import { isBlank } from '../../core/text/lines';
import { decodeBytes } from '../../core/text/textId';
import type { FileChange } from '../../git/diff';

/** A block counts as moved from this many letters and digits on, as git's own `--color-moved=blocks` has it. */
const leastLetters = 20;
const leastLines = 2;

/** Lines that a change moves within its file unchanged: numbers of the new text, and of the old one. */
export interface MovedLines {
  readonly added: ReadonlySet<number>;
  readonly removed: ReadonlySet<number>;
}

interface Numbered {
  readonly line: number;
  readonly text: string;
}

function numbered(lines: readonly Buffer[], start: number): Numbered[] {
  return lines.map((bytes, index) => ({ line: start + index, text: decodeBytes(bytes) }));
}

/** Finds blocks of two lines and 20 letters or more that left one place of the file and stand at another. */
export function movedLines(change: FileChange): MovedLines {
  const added = new Set<number>();
  const removed = new Set<number>();
  const gone = change.hunks.flatMap((hunk) => numbered(hunk.removed, hunk.oldStart));
  const places = new Map<string, number[]>();
  gone.forEach(({ text }, index) => {
    if (isBlank(text)) return;
    const known = places.get(text);
    if (known === undefined) places.set(text, [index]);
    else if (known.length < 64) known.push(index);
  });
  if (places.size === 0) return { added, removed };
  for (const hunk of change.hunks) {
    const fresh = numbered(hunk.added, hunk.newStart);
    for (let at = 0; at < fresh.length; ) {
      const length = longestBlock(fresh, at, gone, places, removed);
      if (length.count === 0) {
        at++;
        continue;
      }
      for (let index = 0; index < length.count; index++) {
        added.add(fresh[at + index]?.line ?? 0);
        removed.add(gone[length.from + index]?.line ?? 0);
      }
      at += length.count;
    }
  }
  return { added, removed };
}

function longestBlock(
  fresh: readonly Numbered[],
  at: number,
  gone: readonly Numbered[],
  places: ReadonlyMap<string, readonly number[]>,
  taken: ReadonlySet<number>,
): { readonly from: number; readonly count: number } {
  let best = { from: 0, count: 0 };
  for (const from of places.get(fresh[at]?.text ?? '') ?? []) {
    let count = 0;
    let letters = 0;
    let solid = 0;
    while (
      at + count < fresh.length &&
      fresh[at + count]?.text === gone[from + count]?.text &&
      (gone[from + count]?.line ?? 0) === (gone[from]?.line ?? 0) + count &&
      !taken.has(gone[from + count]?.line ?? 0)
    ) {
      const text = fresh[at + count]?.text ?? '';
      if (!isBlank(text)) solid++;
      letters += text.replace(/[^\p{L}\p{N}]/gu, '').length;
      count++;
    }
    if (solid >= leastLines && letters >= leastLetters && count > best.count) best = { from, count };
  }
  return best;
}
