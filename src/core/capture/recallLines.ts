import type { Attributed } from '../attribution/attributed';
import { pushRun, type Runs, sliceRuns } from '../attribution/runs';
import { type Run, type Source, sameSource } from '../attribution/source';
import { lineAt, lineStarts, splitLines } from '../text/lines';
import { solidText } from './madeSize';

/** What is known of lines that stood in a document before; those that it never had are left out. */
export type KnownLines = (wanted: ReadonlySet<string>) => ReadonlyMap<string, Runs>;

/** Lines with fewer characters, white space not counted, stand anywhere. */
const leastSolid = 8;

/**
 * A text in which lines that `source` touched, where that is nobody known, have the origins that the same lines had
 * before: what comes back, by a hunk that is discarded or an edit that is taken back, is no new text.
 */
export function recallLines(made: Attributed, source: Source, known: KnownLines): Attributed {
  if (source.origin.kind !== 'unknown') return made;
  const lines = splitLines(made.text);
  const starts = lineStarts(made.text);
  const touched = touchedLines(made.runs, source, starts).filter(
    (line) => solidText(lines[line] ?? '').length >= leastSolid,
  );
  if (touched.length === 0) return made;
  const found = known(new Set(touched.map((line) => lines[line] ?? '')));
  if (found.size === 0) return made;
  const runs: Run[] = [];
  let at = 0;
  for (const line of touched) {
    const text = lines[line] ?? '';
    const start = starts[line] ?? 0;
    const own = found.get(text);
    if (own === undefined) continue;
    for (const run of [...sliceRuns(made.runs, at, start), ...own]) pushRun(runs, run);
    at = start + text.length;
  }
  for (const run of sliceRuns(made.runs, at, made.text.length)) pushRun(runs, run);
  return { ...made, runs };
}

/** The lines (0-based, ascending) that hold characters of `source`. */
function touchedLines(runs: Runs, source: Source, starts: readonly number[]): readonly number[] {
  const touched: number[] = [];
  let at = 0;
  for (const run of runs) {
    const end = at + run.length;
    if (run.kind === 'made' && sameSource(run.source, source)) {
      const first = Math.max(lineAt(starts, at), (touched[touched.length - 1] ?? -1) + 1);
      for (let line = first; line <= lineAt(starts, end - 1); line++) touched.push(line);
    }
    at = end;
  }
  return touched;
}
