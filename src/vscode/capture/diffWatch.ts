import * as vscode from 'vscode';
import { extensionsOfDiff } from '../../core/capture/aiDiffs';
import { aiToolOf } from '../../core/capture/aiExtensions';

/** Knows which documents are shown in the diff editor of an AI tool, which is how some of them write. */
export class DiffWatch implements vscode.Disposable {
  #tools: ReadonlyMap<string, string> = new Map();
  readonly #subscription: vscode.Disposable;

  constructor() {
    this.#subscription = vscode.window.tabGroups.onDidChangeTabs(() => this.#look());
    this.#look();
  }

  /** The tool in whose diff a document is shown; nothing for any other document. */
  toolOf(uri: vscode.Uri): string | undefined {
    return this.#tools.size === 0 ? undefined : this.#tools.get(uri.toString());
  }

  #look(): void {
    const tools = new Map<string, string>();
    for (const { input } of vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)) {
      if (!(input instanceof vscode.TabInputTextDiff)) continue;
      const [first, ...others] = extensionsOfDiff(input.original.scheme);
      if (first === undefined) continue;
      const installed = [first, ...others].find((id) => vscode.extensions.getExtension(id) !== undefined);
      tools.set(input.modified.toString(), aiToolOf(installed ?? first));
    }
    this.#tools = tools;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
