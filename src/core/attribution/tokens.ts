import { diffArrays } from 'diff';

/** A token of a line of code: a word or number, or one other character; white space is none. */
export interface Token {
  readonly text: string;
  /** Offset in the line. */
  readonly at: number;
}

const tokenPattern = /[\p{L}\p{N}_$]+|[^\s]/gu;

/** The tokens of a line, in order. */
export function tokensOf(line: string): readonly Token[] {
  return Array.from(line.matchAll(tokenPattern), (match) => ({ text: match[0], at: match.index }));
}

/**
 * Beyond this many differences two lines have nothing in common that is worth looking for: one long minified line must
 * not cost what a file costs.
 */
const mostDifferences = 600;

/**
 * Pairs of indices of a longest common subsequence of two token lists, in order; of lines that differ too much only the
 * common start and end.
 */
export function commonTokens(a: readonly Token[], b: readonly Token[]): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  let start = 0;
  while (start < a.length && start < b.length && a[start]?.text === b[start]?.text) {
    pairs.push([start, start]);
    start++;
  }
  let endA = a.length;
  let endB = b.length;
  const tail: [number, number][] = [];
  while (endA > start && endB > start && a[endA - 1]?.text === b[endB - 1]?.text) {
    endA--;
    endB--;
    tail.push([endA, endB]);
  }
  if (start < endA && start < endB) {
    const textOf = ({ text }: Token): string => text;
    const changes = diffArrays(a.slice(start, endA).map(textOf), b.slice(start, endB).map(textOf), {
      maxEditLength: mostDifferences,
    });
    let atA = start;
    let atB = start;
    for (const { added, removed, value } of changes ?? []) {
      if (added) atB += value.length;
      else if (removed) atA += value.length;
      else for (const _ of value) pairs.push([atA++, atB++]);
    }
  }
  return [...pairs, ...tail.reverse()];
}
