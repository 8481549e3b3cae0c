import { commonTokens, type Token, tokensOf } from './tokens';

/** A new line is made of an old one if at least this share of its tokens stood there, in order. */
const leastShare = 0.5;

/** Up to this many pairs of a hunk all are compared; in a larger one each line is compared with its neighbours only. */
const mostCompared = 900;
const neighbours = 2;

function score(oldTokens: readonly Token[], newTokens: readonly Token[]): number {
  if (newTokens.length === 0 || oldTokens.length === 0) return 0;
  const common = commonTokens(oldTokens, newTokens).length;
  return common >= newTokens.length * leastShare ? common : 0;
}

/**
 * Which new lines of a replaced block are made of which old ones: pairs of indices, increasing on both sides, with
 * the most tokens in common.
 */
export function pairLines(
  oldLines: readonly string[],
  newLines: readonly string[],
): readonly (readonly [number, number])[] {
  const rows = oldLines.length;
  const columns = newLines.length;
  if (rows === 0 || columns === 0) return [];
  const oldTokens = oldLines.map(tokensOf);
  const newTokens = newLines.map(tokensOf);
  const dense = rows * columns <= mostCompared;
  if (!dense) return pairInOrder(oldTokens, newTokens);
  const width = columns + 1;
  const scores = new Float64Array(rows * columns);
  const best = new Float64Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const own = score(oldTokens[i] ?? [], newTokens[j] ?? []);
      scores[i * columns + j] = own;
      const skip = Math.max(best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0);
      best[i * width + j] = own > 0 ? Math.max(skip, own + (best[(i + 1) * width + j + 1] ?? 0)) : skip;
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < rows && j < columns) {
    const own = scores[i * columns + j] ?? 0;
    const here = best[i * width + j] ?? 0;
    if (own > 0 && here === own + (best[(i + 1) * width + j + 1] ?? 0)) {
      pairs.push([i, j]);
      i++;
      j++;
    } else if (here === (best[(i + 1) * width + j] ?? 0)) i++;
    else j++;
  }
  return pairs;
}

function pairInOrder(
  oldTokens: readonly (readonly Token[])[],
  newTokens: readonly (readonly Token[])[],
): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  let next = 0;
  newTokens.forEach((tokens, index) => {
    const expected = Math.floor((index * oldTokens.length) / newTokens.length);
    let best = -1;
    let most = 0;
    for (
      let i = Math.max(next, expected - neighbours);
      i <= Math.min(oldTokens.length - 1, expected + neighbours);
      i++
    ) {
      const own = score(oldTokens[i] ?? [], tokens);
      if (own > most) {
        most = own;
        best = i;
      }
    }
    if (best < 0) return;
    pairs.push([best, index]);
    next = best + 1;
  });
  return pairs;
}
