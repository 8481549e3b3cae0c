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

/** Lines with more tokens than this are compared as wholes: a longest common subsequence costs the product of both. */
const mostTokens = 1500;

/**
 * Pairs of indices of a longest common subsequence of two token lists, in order; none where a line is too long.
 * Common ends are matched first, so that the quadratic part is small.
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
  const rows = endA - start;
  const columns = endB - start;
  if (rows > 0 && columns > 0 && rows * columns <= mostTokens * mostTokens) {
    const width = columns + 1;
    const table = new Uint16Array((rows + 1) * width);
    for (let i = rows - 1; i >= 0; i--) {
      for (let j = columns - 1; j >= 0; j--) {
        const equal = a[start + i]?.text === b[start + j]?.text;
        const skip = Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
        table[i * width + j] = equal ? Math.max(skip, 1 + (table[(i + 1) * width + j + 1] ?? 0)) : skip;
      }
    }
    let i = 0;
    let j = 0;
    while (i < rows && j < columns) {
      const here = table[i * width + j] ?? 0;
      if (a[start + i]?.text === b[start + j]?.text && here === 1 + (table[(i + 1) * width + j + 1] ?? 0)) {
        pairs.push([start + i, start + j]);
        i++;
        j++;
      } else if (here === (table[(i + 1) * width + j] ?? 0)) i++;
      else j++;
    }
  }
  return [...pairs, ...tail.reverse()];
}
