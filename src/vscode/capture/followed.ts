import type * as vscode from 'vscode';

/** The scheme of the documents that are cells of notebooks. */
export const cellScheme = 'vscode-notebook-cell';

/** Longer texts are no code that anybody reads, and would be kept in memory as often as they change. */
const mostCharacters = 10_000_000;

/** As much of a text as git looks at to tell binary files. */
const lookedAt = 8000;

/**
 * Why a document is not followed; nothing for one that is. Followed are files, documents that will be files and cells of
 * notebooks, but not git's own, such as a commit message that is being written.
 */
export function refusal(document: vscode.TextDocument): 'scheme' | 'too long' | 'binary' | undefined {
  const { uri } = document;
  const isFile = uri.scheme === 'file' && !/[\\/]\.git[\\/]/.test(uri.fsPath);
  if (!isFile && uri.scheme !== 'untitled' && uri.scheme !== cellScheme) return 'scheme';
  const text = document.getText();
  if (text.length > mostCharacters) return 'too long';
  return text.slice(0, lookedAt).includes('\0') ? 'binary' : undefined;
}
