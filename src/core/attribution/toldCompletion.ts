import { lineStarts } from '../text/lines';
import { applyEdit, trimEdit } from './applyEdit';
import type { Attributed } from './attributed';
import { unexplainedSource } from './explainText';
import { madeBy, pushRun, type Runs, sliceRuns } from './runs';
import type { Run, Source } from './source';

/** A completion that was accepted in an editor, as its editor tells of it; all texts with line feeds. */
export interface ToldCompletion {
  readonly removed: string;
  readonly text: string;
  /** Where `removed` began, from 0; the character in UTF-16. */
  readonly line: number;
  readonly character: number;
  /** The line that it began in, before and after; absent where that is not told. */
  readonly lineBefore?: string;
  readonly lineAfter?: string;
}

/** What {@link placeCompletion} found. */
export type Placed =
  | { readonly kind: 'placed'; readonly attributed: Attributed }
  /** It is in, and who wrote it is known already. */
  | { readonly kind: 'known' }
  /** The text is neither that before nor that after. */
  | { readonly kind: 'elsewhere' };

/**
 * A text of the file with the completion: where it is in already, the characters of it that nobody knew are `source`'s;
 * where it is not yet, it is put in.
 */
export function placeCompletion(known: Attributed, told: ToldCompletion, source: Source): Placed {
  const start = startIn(known.text, told);
  if (start === undefined) return { kind: 'elsewhere' };
  const at = start + told.character;
  const isIn = known.text.startsWith(told.text, at) && known.text.startsWith(told.lineAfter ?? '', start);
  if (isIn && told.text !== '') {
    const core = trimEdit(told.removed, { start: 0, end: told.removed.length, text: told.text });
    const from = at + core.start;
    const runs = explained(known.runs, from, from + core.text.length, source);
    if (runs !== undefined) return { kind: 'placed', attributed: { ...known, runs } };
  }
  const isBefore =
    known.text.startsWith(told.removed, at) &&
    (told.lineBefore === undefined || lineAt(known.text, start) === told.lineBefore);
  if (!isBefore) return { kind: isIn ? 'known' : 'elsewhere' };
  const edit = trimEdit(known.text, { start: at, end: at + told.removed.length, text: told.text });
  return { kind: 'placed', attributed: applyEdit(known, edit, source) };
}

/**
 * A text of the file into which the lines of a completion are put beside those that are there, since what they replaced
 * is not known: what surrounds it in its lines is nobody's.
 */
export function insertCompletion(known: Attributed, told: ToldCompletion, source: Source): Attributed {
  const { removed, text, lineBefore = '' } = told;
  const core = trimEdit(removed, { start: 0, end: removed.length, text });
  const before = lineBefore.slice(0, told.character) + text.slice(0, core.start);
  const behind = text.slice(core.start + core.text.length) + lineBefore.slice(told.character + removed.length);
  const starts = lineStarts(known.text);
  const at = starts[Math.min(told.line, starts.length - 1)] ?? 0;
  const nobody = unexplainedSource('not-watched');
  let result = known;
  for (const [piece, by] of [
    [`${behind}\n`, nobody],
    [core.text, source],
    [before, nobody],
  ] as const) {
    result = applyEdit(result, { start: at, end: at, text: piece }, by);
  }
  return result;
}

/** Where the line of the completion begins; nothing where the text has no such place. */
function startIn(text: string, { line, character }: ToldCompletion): number | undefined {
  const start = lineStarts(text)[line];
  return start === undefined || lineAt(text, start).length < character ? undefined : start;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end);
}

/** `runs` in which what nobody knows from `from` up to `to` is `source`'s; nothing where all of it is known. */
function explained(runs: Runs, from: number, to: number, source: Source): Runs | undefined {
  const result: Run[] = [...sliceRuns(runs, 0, from)];
  let isNew = false;
  for (const run of sliceRuns(runs, from, to)) {
    const isOpen = run.kind === 'made' && run.source.origin.kind === 'unknown';
    isNew ||= isOpen;
    for (const piece of isOpen ? madeBy(source, run.length) : [run]) pushRun(result, piece);
  }
  if (!isNew) return undefined;
  for (const run of sliceRuns(runs, to, Number.MAX_SAFE_INTEGER)) pushRun(result, run);
  return result;
}
