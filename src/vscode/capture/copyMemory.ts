import type * as vscode from 'vscode';
import { type Attributed, sliceAttributed } from '../../core/attribution/attributed';
import { answerBase } from '../../core/capture/answerBase';
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
  for (const selected of ranges) {
    // An empty selection copies its whole line.
    const range = selected.isEmpty ? document.lineAt(selected.start.line).rangeIncludingLineBreak : selected;
    const piece = sliceAttributed(whole, offsetIn(document, range.start), offsetIn(document, range.end));
    memory.remember(piece, 'copied', tracked.tracker);
    guarded(log, 'looking up what was copied', async () => {
      const runs = await committedRuns(tracked, whole, range, piece);
      if (runs !== undefined) memory.remember({ ...piece, runs }, 'copied', tracked.tracker);
    });
  }
}

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
