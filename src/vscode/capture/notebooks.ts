import * as vscode from 'vscode';
import { fillUnexplained } from '../../core/attribution/attributed';
import { notebookText } from '../../core/capture/notebookText';
import { guarded, type Log } from '../log';
import { findFile } from './findFile';
import type { Repositories } from './repositories';
import type { TrackedDocument } from './trackedDocument';

/** What following notebooks needs. */
export interface NotebooksFollowing {
  readonly repositories: Repositories;
  readonly log: Log;
  /** What is known of the document of a cell. */
  readonly find: (uri: vscode.Uri) => TrackedDocument | undefined;
}

/** Records, when a notebook was saved, what its cells know of the file; cells themselves are no files and are followed in memory. */
export function followNotebooks(following: NotebooksFollowing): vscode.Disposable {
  return vscode.workspace.onDidSaveNotebookDocument((notebook) => {
    guarded(following.log, `recording ${notebook.uri.fsPath}`, () => recordNotebook(notebook, following));
  });
}

async function recordNotebook(
  notebook: vscode.NotebookDocument,
  { repositories, find }: NotebooksFollowing,
): Promise<void> {
  const cells = notebook.getCells().flatMap((cell) => find(cell.document.uri)?.tracker.attributed() ?? []);
  const repository = await repositories.find(notebook.uri);
  const path = repository?.pathOf(notebook.uri.fsPath);
  const text = findFile(notebook.uri.fsPath);
  if (repository === undefined || path === undefined || text === undefined || !repository.isSetUp) return;
  const known = await repository.known(path, text);
  const attributed = fillUnexplained(known, notebookText(text, cells));
  repository.note(path, `notebook:${notebook.uri.toString()}`, { kind: 'there', attributed });
}
