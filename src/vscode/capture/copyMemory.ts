import type * as vscode from 'vscode';
import { type Attributed, sliceAttributed } from '../../core/attribution/attributed';
import { madeBy, pushRun } from '../../core/attribution/runs';
import type { Run } from '../../core/attribution/source';
import { answerBase } from '../../core/capture/answerBase';
import { humanSource } from '../../core/capture/namedSource';
import type { TextMemory } from '../../core/capture/textMemory';
import { guarded, type Log } from '../log';
import { offsetIn } from './offsetIn';
import type { TrackedDocument } from './trackedDocument';

/** Remembers what is copied with its origins, so that it carries them to wherever it is put down in the workspace. */
export function rememberCopy(
  memory: TextMemory,
  tracked: TrackedDocument,
  ranges: readonly vscode.Range[],
  log: Log,
): void {
  if (!tracked.tracker.isSettled) return;
  const { document } = tracked;
  const whole = tracked.tracker.attributed();
  const copied = [...ranges]
    .sort((a, b) => a.start.compareTo(b.start))
    .map((selected) => {
      // An empty selection copies its whole line.
      const range = selected.isEmpty ? document.lineAt(selected.start.line).rangeIncludingLineBreak : selected;
      const piece = sliceAttributed(whole, offsetIn(document, range.start), offsetIn(document, range.end));
      return { range, piece };
    });
  const remember = (pieces: readonly Attributed[]): void => {
    for (const piece of pieces) memory.remember(piece, 'copied', tracked.tracker);
    // Where there are not as many cursors they are put down together.
    if (pieces.length > 1) memory.remember(joined(pieces), 'copied', tracked.tracker);
  };
  remember(copied.map(({ piece }) => piece));
  guarded(log, 'looking up what was copied', async () => {
    const found = copied.map(({ range, piece }) => committedRuns(tracked, whole, range, piece));
    const runs = await Promise.all(found);
    if (runs.every((known) => known === undefined)) return;
    remember(copied.map(({ piece }, index) => ({ ...piece, runs: runs[index] ?? piece.runs })));
  });
}

/** Pieces as lines of one text. */
function joined(pieces: readonly Attributed[]): Attributed {
  const runs: Run[] = [];
  pieces.forEach((piece, index) => {
    for (const run of index === 0 ? piece.runs : [...madeBy(lineEnd, 1), ...piece.runs]) pushRun(runs, run);
  });
  return { text: pieces.map(({ text }) => text).join('\n'), runs, nicks: [], cuts: [] };
}

const lineEnd = humanSource('editor.paste-short');

/** What the records say of the committed text in a piece; nothing where there is none in it. */
async function committedRuns(
  { home }: TrackedDocument,
  whole: Attributed,
  range: vscode.Range,
  piece: Attributed,
): Promise<Attributed['runs'] | undefined> {
  if (home === undefined || !piece.runs.some((run) => run.kind === 'base')) return undefined;
  const lines = new Set(
    Array.from({ length: range.end.line - range.start.line + 1 }, (_, index) => range.start.line + index),
  );
  return answerBase(piece, await home.repository.lookup(whole, home.path, lines));
}
