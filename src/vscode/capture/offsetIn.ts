import * as vscode from 'vscode';

/** The offset of a position with each line end counted as one character. */
export function offsetIn(document: vscode.TextDocument, position: vscode.Position): number {
  const offset = document.offsetAt(position);
  return document.eol === vscode.EndOfLine.CRLF ? offset - position.line : offset;
}
