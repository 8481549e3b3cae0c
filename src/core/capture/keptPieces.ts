import type { Attributed } from '../attribution/attributed';
import { madeBy, pushRun, type Runs, sliceRuns } from '../attribution/runs';
import type { Run, Source } from '../attribution/source';
import { commonTokens, type Token, tokensOf } from '../attribution/tokens';

/**
 * The runs of a text that is put in place of a piece of one line: what both begin and end with keeps its sources, and so
 * do the words of the piece, whatever is put around them and in whatever order, with the signs beside them that stood
 * there too. The rest is `source`'s.
 */
export function keptPieces(piece: Attributed, text: string, source: Source): Runs {
  const stood = placesBefore(piece.text, text);
  const runs: Run[] = [];
  stood.forEach((from) => {
    for (const run of from === undefined ? madeBy(source, 1) : sliceRuns(piece.runs, from, from + 1))
      pushRun(runs, run);
  });
  return runs;
}

/** For each character of `text` where it stood in `before`, nothing for one that is new; no place is named twice. */
function placesBefore(before: string, text: string): readonly (number | undefined)[] {
  const stood = new Array<number | undefined>(text.length).fill(undefined);
  const used = new Set<number>();
  const keep = (from: number, at: number): boolean => {
    if (from < 0 || at < 0 || from >= before.length || at >= text.length) return false;
    if (used.has(from) || stood[at] !== undefined || before[from] !== text[at]) return false;
    stood[at] = from;
    used.add(from);
    return true;
  };
  const words = keptWords(before, text);
  for (const [from, at, length] of words) for (let index = 0; index < length; index++) keep(from + index, at + index);
  const keepSigns = (from: number, at: number, step: 1 | -1): void => {
    for (let [old, now] = [from, at]; !isWord(text[now]) && keep(old, now); old += step, now += step);
  };
  for (const [from, at, length] of words) {
    keepSigns(from + length, at + length, 1);
    keepSigns(from - 1, at - 1, -1);
  }
  for (let index = 0; keep(index, index); index++);
  for (let back = 1; keep(before.length - back, text.length - back); back++);
  return stood;
}

/** The words that both texts have, as place in the one, place in the other and length: first those in order, then the others. */
function keptWords(before: string, text: string): readonly (readonly [from: number, at: number, length: number])[] {
  const [old, made] = [before, text].map((whole) => tokensOf(whole).filter((token) => isWord(token.text)));
  if (old === undefined || made === undefined) return [];
  const pairs = commonTokens(old, made);
  const [stayed, kept] = [new Set(pairs.map(([from]) => from)), new Set(pairs.map(([, at]) => at))];
  const left = new Map<string, Token[]>();
  old.forEach((token, index) => {
    if (!stayed.has(index)) left.set(token.text, [...(left.get(token.text) ?? []), token]);
  });
  const others = made.flatMap((token, index) => {
    const from = kept.has(index) ? undefined : left.get(token.text)?.shift();
    return from === undefined ? [] : [[from.at, token.at, token.text.length] as const];
  });
  const inOrder = pairs.map(
    ([from, at]) => [old[from]?.at ?? 0, made[at]?.at ?? 0, old[from]?.text.length ?? 0] as const,
  );
  return [...inOrder, ...others];
}

function isWord(text: string | undefined): boolean {
  return text !== undefined && /^[\p{L}\p{N}_$]/u.test(text);
}
