import type { Attributed } from '../attribution/attributed';
import { rewriteText } from '../attribution/rewrite';
import { placeholder } from '../attribution/rules';
import { madeBy, pushRun, type Runs, sliceRuns } from '../attribution/runs';
import type { Run, Source } from '../attribution/source';
import { isBlank } from '../text/lines';
import { solidText } from './madeSize';

/** Marks what a change of layout adds, until it takes the source of what stands beside it. */
const addedByLayout = placeholder();

/** Runs of `length` characters that are of whoever made one character of `run`. */
export function likeOne(run: Run | undefined, which: 'first' | 'last', length: number, otherwise: Source): Runs {
  if (run === undefined) return madeBy(otherwise, length);
  if (run.kind === 'made') return madeBy(run.source, length);
  const offset = which === 'first' ? run.offset : run.offset + run.length - 1;
  return Array.from({ length }, () => ({ kind: 'base', length: 1, text: run.text, offset }));
}

/**
 * Runs of `text`, which has the characters of `piece` but for white space: each is whose it was, and white space that is
 * added is `source`'s. Nothing for other texts.
 */
export function spacedRuns(piece: Attributed, text: string, source: Source): Runs | undefined {
  if (solidText(piece.text) !== solidText(text)) return undefined;
  const result: Run[] = [];
  const ahead = [...piece.runs];
  let [index, done, from] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const isWhite = /\s/u.test(text[at] ?? '');
    // White space that is gone is passed over.
    if (!isWhite) while (piece.text[from] !== text[at]) from++;
    if (piece.text[from] !== text[at]) {
      for (const run of madeBy(source, 1)) pushRun(result, run);
      continue;
    }
    for (let run = ahead[index]; run !== undefined && done + run.length <= from; run = ahead[++index])
      done += run.length;
    for (const run of sliceRuns(ahead.slice(index, index + 1), from - done, from - done + 1)) pushRun(result, run);
    from++;
  }
  return result;
}

/** Runs of a block whose layout was changed: what it adds takes the source of the character before it, else behind it. */
export function layoutRuns(block: Attributed, start: number, piece: Attributed, text: string, source: Source): Runs {
  const made = rewriteText(piece, text, addedByLayout).runs;
  const result: Run[] = [];
  let beside: Run | undefined = start === 0 ? undefined : sliceRuns(block.runs, start - 1, start)[0];
  let at = 0;
  for (const [index, run] of made.entries()) {
    if (run.kind === 'made' && run.source === addedByLayout) {
      const next =
        made[index + 1] ?? sliceRuns(block.runs, start + piece.text.length, start + piece.text.length + 1)[0];
      const own = isBlank(text.slice(at, at + run.length)) ? undefined : (beside ?? next);
      for (const added of likeOne(own, own === beside ? 'last' : 'first', run.length, source)) pushRun(result, added);
    } else {
      pushRun(result, run);
      beside = run;
    }
    at += run.length;
  }
  return result;
}
