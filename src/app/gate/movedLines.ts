import { isBlank } from '../../core/text/lines';
import { decodeBytes } from '../../core/text/textId';
import type { FileChange } from '../../git/diff';

/** A block counts as moved from this many letters and digits on, as git's own `--color-moved=blocks` has it. */
const leastLetters = 20;
const leastLines = 2;

/** How many removed lines of one text are tried as the place that a block came from. */
const mostPlaces = 64;

/**
 * How many pairs of lines are compared for one file: texts of a few lines again and again would otherwise take time that
 * grows with the third power. What is beyond is not moved, hence counts.
 */
const mostComparisons = 2_000_000;

/** Lines that a change moves within its file unchanged: numbers of the new text, and of the old one. */
export interface MovedLines {
  readonly added: ReadonlySet<number>;
  readonly removed: ReadonlySet<number>;
}

interface Numbered {
  readonly line: number;
  readonly text: string;
  readonly isBlank: boolean;
  readonly letters: number;
}

/** Makes lines of bytes; a text that was seen before is looked at once. */
class Lines {
  readonly #known = new Map<string, Omit<Numbered, 'line'>>();

  numbered(lines: readonly Buffer[], start: number): Numbered[] {
    return lines.map((bytes, index) => ({ line: start + index, ...this.#factsOf(decodeBytes(bytes)) }));
  }

  #factsOf(text: string): Omit<Numbered, 'line'> {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const facts = { text, isBlank: isBlank(text), letters: text.replace(/[^\p{L}\p{N}]/gu, '').length };
    this.#known.set(text, facts);
    return facts;
  }
}

/** Finds blocks of two lines and 20 letters or more that left one place of the file and stand at another. */
export function movedLines(change: FileChange): MovedLines {
  const added = new Set<number>();
  const removed = new Set<number>();
  const lines = new Lines();
  const gone = change.hunks.flatMap((hunk) => lines.numbered(hunk.removed, hunk.oldStart));
  const places = new Map<string, number[]>();
  gone.forEach(({ text, isBlank: blank }, index) => {
    if (blank) return;
    const known = places.get(text);
    if (known === undefined) places.set(text, [index]);
    else if (known.length < mostPlaces) known.push(index);
  });
  if (places.size === 0) return { added, removed };
  const search: Search = { gone, places, taken: removed, left: mostComparisons };
  for (const hunk of change.hunks) {
    const fresh = lines.numbered(hunk.added, hunk.newStart);
    for (let at = 0; at < fresh.length && search.left > 0; ) {
      const block = longestBlock(search, fresh, at);
      if (block.count === 0) {
        at++;
        continue;
      }
      for (let index = 0; index < block.count; index++) {
        added.add(fresh[at + index]?.line ?? 0);
        removed.add(gone[block.from + index]?.line ?? 0);
      }
      at += block.count;
    }
  }
  return { added, removed };
}

interface Search {
  readonly gone: readonly Numbered[];
  readonly places: ReadonlyMap<string, readonly number[]>;
  readonly taken: ReadonlySet<number>;
  /** Comparisons that may still be made. */
  left: number;
}

function longestBlock(
  search: Search,
  fresh: readonly Numbered[],
  at: number,
): { readonly from: number; readonly count: number } {
  const { gone, places, taken } = search;
  let best = { from: 0, count: 0 };
  for (const from of places.get(fresh[at]?.text ?? '') ?? []) {
    const first = gone[from];
    let count = 0;
    let letters = 0;
    let solid = 0;
    for (; search.left > 0; count++) {
      search.left--;
      const line = fresh[at + count];
      const old = gone[from + count];
      if (line === undefined || old === undefined || line.text !== old.text) break;
      if (old.line !== (first?.line ?? 0) + count || taken.has(old.line)) break;
      if (!line.isBlank) solid++;
      letters += line.letters;
    }
    if (solid >= leastLines && letters >= leastLetters && count > best.count) best = { from, count };
  }
  return best;
}
