import { dirname, isAbsolute, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { realFolder } from './realFolder';

/** What is open in a window is looked through so many milliseconds after it changed. */
const lookAfter = 300;

/** The folders of a window, and those of the files that are open in it. */
export class WindowFolders implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Told when there may be others, a moment later. */
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: readonly vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    const soon = (): void => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#changed.fire();
      }, lookAfter);
    };
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidChangeWorkspaceFolders(soon),
      vscode.workspace.onDidOpenTextDocument(soon),
      vscode.workspace.onDidCloseTextDocument(soon),
    ];
  }

  /** Those of some folders on disk that a folder of the window or an open file lies in, or that lie in a folder of the window. */
  of<T>(things: Iterable<T>, folderOf: (thing: T) => string): readonly T[] {
    const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => realFolder(uri.fsPath));
    const files = new Set(
      vscode.workspace.textDocuments.flatMap(({ uri, isClosed }) =>
        uri.scheme === 'file' && !isClosed ? [dirname(uri.fsPath)] : [],
      ),
    );
    const open = [...roots, ...[...files].map(realFolder)];
    return [...things].filter((thing) => {
      const folder = realFolder(folderOf(thing));
      return open.some((one) => isIn(one, folder)) || roots.some((one) => isIn(folder, one));
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

function isIn(folder: string, other: string): boolean {
  const way = relative(other, folder);
  // From one drive to another there is no relative way.
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
