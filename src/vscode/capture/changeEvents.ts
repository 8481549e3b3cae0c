import * as vscode from 'vscode';
import type { ReasonTier } from '../../core/capture/changeReason';
import type { FactOfChange, Place } from '../../core/capture/decision';
import type { DocumentTracker } from '../../core/capture/documentTracker';
import type { LiveChange } from '../../core/capture/liveAttributed';
import type { ShownText } from '../../core/capture/shownText';
import { normaliseText } from '../../core/text/textId';

/** The changes of an event, in its order, with LF as line ends; `lineEnds` is what the document had before. */
export function liveChanges(event: vscode.TextDocumentChangeEvent, lineEnds: vscode.EndOfLine): readonly LiveChange[] {
  return event.contentChanges.map(({ range, rangeOffset, text }) => ({
    startLine: range.start.line,
    startCharacter: range.start.character,
    endLine: range.end.line,
    endCharacter: range.end.character,
    // Each line before the range ends in two characters there and in one here.
    offset: lineEnds === vscode.EndOfLine.CRLF ? rangeOffset - range.start.line : rangeOffset,
    text: normaliseText(text),
  }));
}

/** What a classification asks about changes; what stood there is told only where it may decide. */
export function factsOfChanges(
  changes: readonly LiveChange[],
  reason: ReasonTier,
  tracker: DocumentTracker,
): readonly FactOfChange[] {
  // Most keys are told by their reason alone.
  const asks = reason.tier === 'stable' || reason.reason?.source !== 'cursor';
  return changes.map((change) => {
    const oneLine = change.startLine === change.endLine;
    const removed = asks || !oneLine ? tracker.textIn(change) : undefined;
    return {
      text: change.text,
      removedLength: removed?.length ?? change.endCharacter - change.startCharacter,
      ...(asks && removed !== undefined ? { removed } : {}),
    };
  });
}

/** A document as a tracker asks for it. */
export function shownText(document: vscode.TextDocument): ShownText {
  return {
    lineCount: document.lineCount,
    lineAt: (line) => document.lineAt(line).text,
    text: () => normaliseText(document.getText()),
  };
}

/** A text that a document had at some moment, as a tracker asks for it. */
export function shownAs(text: string): ShownText {
  const lines = text.split('\n');
  return { lineCount: lines.length, lineAt: (line) => lines[line] ?? '', text: () => text };
}

/** Where what is selected in the active editor begins, if that shows the document. */
export function selectedIn(document: vscode.TextDocument): readonly Place[] {
  const editor = vscode.window.activeTextEditor;
  return editor?.document === document ? editor.selections.map(({ start }) => start) : [];
}

/**
 * Whether a cursor of the active editor is at every change, give or take the line that a key may open, and what is selected
 * goes as keys have it: they put their text in its place or on both sides of it, commands that copy it beside it.
 */
export function isAtCursor(document: vscode.TextDocument, changes: readonly LiveChange[]): boolean {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document !== document) return false;
  const insertions = changes.filter(isInsertion).map(startOf);
  return (
    changes.every(({ startLine, endLine }) =>
      editor.selections.some(({ start, end }) => start.line <= endLine + 1 && end.line >= startLine - 1),
    ) && editor.selections.every((selection) => selection.isEmpty || isUntouched(selection, insertions))
  );
}

/** Whether text was put in at both ends of what is selected, or neither at them nor between. */
function isUntouched({ start, end }: vscode.Selection, insertions: readonly vscode.Position[]): boolean {
  const [atStart, atEnd] = [start, end].map((place) => insertions.some((insertion) => insertion.isEqual(place)));
  const between = insertions.some((insertion) => insertion.isAfter(start) && insertion.isBefore(end));
  return atStart === atEnd && !between;
}

function isInsertion({ startLine, startCharacter, endLine, endCharacter }: LiveChange): boolean {
  return startLine === endLine && startCharacter === endCharacter;
}

function startOf({ startLine, startCharacter }: LiveChange): vscode.Position {
  return new vscode.Position(startLine, startCharacter);
}
