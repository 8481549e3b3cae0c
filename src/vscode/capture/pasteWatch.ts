import * as vscode from 'vscode';
import { normaliseText } from '../../core/text/textId';
import { cellScheme } from './followed';

/** A paste is done by so many milliseconds after it was offered. */
const pasteTakes = 1500;

/** Sees pastes and drops come, and what is copied, without taking part in them. */
export class PasteWatch implements vscode.Disposable {
  readonly #subscriptions: vscode.Disposable[];
  #offered:
    | { readonly kind: 'paste' | 'drop'; readonly uri: string; readonly text: string; readonly time: number }
    | undefined;

  /** `onCopy` is told what ranges of a document go to the clipboard. */
  constructor(onCopy: (document: vscode.TextDocument, ranges: readonly vscode.Range[]) => void) {
    const selector: vscode.DocumentSelector = [{ scheme: 'file' }, { scheme: 'untitled' }, { scheme: cellScheme }];
    this.#subscriptions = [
      vscode.languages.registerDocumentPasteEditProvider(
        selector,
        {
          prepareDocumentPaste: (document, ranges) => onCopy(document, ranges),
          provideDocumentPasteEdits: async (document, _ranges, transfer) => {
            await this.#note('paste', document, transfer);
            return undefined;
          },
        },
        {
          providedPasteEditKinds: [vscode.DocumentDropOrPasteEditKind.Empty.append('countersign')],
          pasteMimeTypes: ['text/plain'],
          copyMimeTypes: ['text/plain'],
        },
      ),
      vscode.languages.registerDocumentDropEditProvider(selector, {
        provideDocumentDropEdits: async (document, _position, transfer) => {
          await this.#note('drop', document, transfer);
          return undefined;
        },
      }),
    ];
  }

  async #note(kind: 'paste' | 'drop', document: vscode.TextDocument, transfer: vscode.DataTransfer): Promise<void> {
    const text = await transfer.get('text/plain')?.asString();
    if (text === undefined || text === '') return;
    this.#offered = { kind, uri: document.uri.toString(), text: normaliseText(text), time: Date.now() };
  }

  /** The text that is being pasted or dropped into a document right now. */
  offeredTo(document: vscode.TextDocument): { readonly pasting?: string; readonly dropping?: string } {
    const offered = this.#offered;
    if (offered === undefined || Date.now() - offered.time > pasteTakes || offered.uri !== document.uri.toString())
      return {};
    return offered.kind === 'paste' ? { pasting: offered.text } : { dropping: offered.text };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}
