import type * as vscode from 'vscode';

/** Knows in which document a completion is being accepted right now, where a command of ours runs around the editor's. */
export class Acceptance {
  readonly #documents: string[] = [];

  /** Whether a completion is being accepted in the document. */
  isIn(uri: vscode.Uri): boolean {
    return this.#documents.includes(uri.toString());
  }

  /** Runs what accepts a completion in the document; changes of it until that ends are the completion's. */
  async around<T>(uri: vscode.Uri, accept: () => Thenable<T>): Promise<T> {
    const document = uri.toString();
    this.#documents.push(document);
    try {
      return await accept();
    } finally {
      this.#documents.splice(this.#documents.indexOf(document), 1);
    }
  }
}
