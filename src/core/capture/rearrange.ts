import { type Attributed, joinAttributed, sliceAttributed } from '../attribution/attributed';
import { rewriteText } from '../attribution/rewrite';
import { placeholder } from '../attribution/rules';
import { madeBy, pushRun, type Runs, sliceRuns } from '../attribution/runs';
import type { Run, Source } from '../attribution/source';
import { leastFavourableFirst } from '../origin';
import { isBlank, lineStarts, splitLines } from '../text/lines';
import { likeOne } from './layoutRuns';
import { solidText } from './madeSize';

/** Marks what a command makes, until it takes the source of what it replaces. */
const madeByCommand = placeholder();

/**
 * Runs of the text that a person's command puts in place of `piece`.
 *
 * Lines that the command took out, here or at another place (`removed`), keep their sources wherever it puts them, also
 * indented or written in another case. Of other lines the tokens that they share with the line they replace keep theirs.
 * What is made beyond that takes the least favourable source of what it replaces; `source` where that is nothing.
 */
export function rearrangedRuns(piece: Attributed, removed: readonly Attributed[], text: string, source: Source): Runs {
  for (const whole of [piece, ...removed]) {
    const runs = laidOutAs(whole, text, source) ?? swappedRuns(whole, text);
    if (runs !== undefined) return runs;
  }
  const replaced = leastFavourableRun(piece);
  const result: Run[] = [];
  const lines = new Map<string, Attributed[]>();
  for (const whole of [piece, ...removed]) for (const line of linesOf(whole)) push(lines, line.text.trim(), line);
  const made = rewriteText(piece, text, madeByCommand).runs;
  const starts = lineStarts(text);
  splitLines(text).forEach((line, index) => {
    const start = starts[index] ?? 0;
    const end = starts[index + 1] ?? text.length;
    const known = isBlank(line) ? undefined : lines.get(line.trim())?.shift();
    const kept = known === undefined ? undefined : laidOutAs(known, line, source);
    if (kept !== undefined) {
      for (const run of kept) pushRun(result, run);
      for (const run of madeBy(source, end - start - line.length)) pushRun(result, run);
      return;
    }
    let at = start;
    for (const run of sliceRuns(made, start, end)) {
      const isMade = run.kind === 'made' && run.source === madeByCommand;
      const own = isBlank(text.slice(at, at + run.length)) ? undefined : replaced;
      for (const other of isMade ? likeOne(own, 'first', run.length, source) : [run]) pushRun(result, other);
      at += run.length;
    }
  });
  return result;
}

/**
 * A block of lines in which each line of `lines`, as they were before a command, has the sources it had; the block as it
 * is where it has a line, blank ones aside, that is none of them.
 */
export function reorderedLines(block: Attributed, lines: readonly Attributed[]): Attributed {
  const left = new Map<string, Attributed[]>();
  for (const line of lines) push(left, line.text, line);
  const runs: Run[] = [];
  let at = 0;
  for (const text of splitLines(block.text)) {
    const known = isBlank(text) ? undefined : left.get(text)?.shift();
    if (known === undefined && !isBlank(text)) return block;
    for (const run of known?.runs ?? sliceRuns(block.runs, at, at + text.length)) pushRun(runs, run);
    for (const run of sliceRuns(block.runs, at + text.length, at + text.length + 1)) pushRun(runs, run);
    at += text.length + 1;
  }
  return { ...block, runs };
}

/**
 * The runs of `text` where it has the letters and digits of `whole`, in another layout, case or punctuation: what both
 * have keeps its source, other punctuation takes the one beside it, and white space is `source`'s. Nothing for other texts.
 */
export function laidOutAs(whole: Attributed, text: string, source: Source): Runs | undefined {
  if (wordsOf(whole.text) !== wordsOf(text)) return undefined;
  const runs: Run[] = [];
  let from = 0;
  let beside: Run | undefined;
  for (const character of text.split('')) {
    const at = placeOf(whole.text, from, character);
    const own = at === undefined ? undefined : sliceRuns(whole.runs, at, at + 1)[0];
    if (at !== undefined && own !== undefined) {
      from = at + 1;
      pushRun(runs, own);
    } else for (const run of likeOne(isBlank(character) ? undefined : beside, 'last', 1, source)) pushRun(runs, run);
    if (!isBlank(character)) beside = own ?? beside;
  }
  return runs;
}

/** Where a character of a text that was made over stood in the old one, from `from` on; nothing for one that was added. */
function placeOf(before: string, from: number, character: string): number | undefined {
  if (isBlank(character)) return before[from] === character ? from : undefined;
  for (let at = from; at < before.length; at++) {
    const old = before[at] ?? '';
    if (isWord(character) ? isWord(old) : old === character) return at;
    if (isWord(old)) return undefined;
  }
  return undefined;
}

const isWord = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);

/** What makes a text out but for layout, case and punctuation; of one without letters and digits all that is no white space. */
function wordsOf(text: string): string {
  const words = text.replace(/[^\p{L}\p{N}]+/gu, '').toLowerCase();
  return words === '' ? solidText(text) : words;
}

/** The runs of `text` where it is `whole` with its two parts in the other order, as when characters are swapped. */
function swappedRuns({ text: before, runs }: Attributed, text: string): Runs | undefined {
  if (before.length !== text.length || before.length > mostSwapped) return undefined;
  const at = `${before}${before}`.indexOf(text);
  if (at <= 0) return undefined;
  const swapped: Run[] = [];
  for (const run of [...sliceRuns(runs, at, before.length), ...sliceRuns(runs, 0, at)]) pushRun(swapped, run);
  return swapped;
}

const mostSwapped = 1000;

/** Lines as one text, their ends being of `source`. */
export function joinLines(lines: readonly Attributed[], source: Source): Attributed {
  const ended = lines.map((line) => ({ ...line, text: `${line.text}\n`, runs: [...line.runs, ...madeBy(source, 1)] }));
  return joinAttributed(ended, []);
}

function linesOf(whole: Attributed): readonly Attributed[] {
  const starts = lineStarts(whole.text);
  return splitLines(whole.text).map((line, index) => {
    const start = starts[index] ?? 0;
    return sliceAttributed(whole, start, start + line.length);
  });
}

function push(map: Map<string, Attributed[]>, key: string, line: Attributed): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [line]);
  else known.push(line);
}

/** Of the characters that are no white space the run that is worst for whoever wants to avoid a review; committed text before what a person made. */
function leastFavourableRun(piece: Attributed): Run | undefined {
  let worst: Run | undefined;
  let rank = Number.POSITIVE_INFINITY;
  let at = 0;
  for (const run of piece.runs) {
    const own = isBlank(piece.text.slice(at, at + run.length)) ? Number.POSITIVE_INFINITY : rankOf(run);
    if (own < rank) [worst, rank] = [run, own];
    at += run.length;
  }
  return worst;
}

function rankOf(run: Run): number {
  if (run.kind === 'base') return leastFavourableFirst.length - 1.5;
  return leastFavourableFirst.indexOf(run.source.origin.kind);
}
