import type * as vscode from 'vscode';
import { normaliseText } from '../../core/text/textId';
import type { Log } from '../log';
import { shownText } from './changeEvents';
import type { TrackedDocument } from './trackedDocument';

/** The ledger is written so many milliseconds after the first change that it does not have. */
const writeAfter = 400;

/** Writes to the ledgers what is known of documents, soon after it changes or at once. */
export class LedgerPen implements vscode.Disposable {
  readonly #log: Log;
  readonly #mayVerify: (tracked: TrackedDocument) => boolean;
  readonly #timers = new Map<TrackedDocument, NodeJS.Timeout>();

  /** `mayVerify` says whether the editor's text of a document must be the one that is known right now. */
  constructor(mayVerify: (tracked: TrackedDocument) => boolean, log: Log) {
    this.#mayVerify = mayVerify;
    this.#log = log;
  }

  /** Writes after a moment, in which more may be typed. */
  soon(tracked: TrackedDocument): void {
    const waiting = this.#timers.get(tracked);
    if (waiting !== undefined) {
      waiting.refresh();
      return;
    }
    this.#timers.set(
      tracked,
      setTimeout(() => {
        this.#timers.delete(tracked);
        if (!tracked.saving) this.now(tracked);
      }, writeAfter),
    );
  }

  /** Writes before it returns what the ledger does not have. */
  now(tracked: TrackedDocument): void {
    try {
      if (this.#mayVerify(tracked)) this.#verify(tracked);
      tracked.write();
    } catch (problem) {
      this.#log.fault(`recording ${tracked.uri.fsPath}`, problem);
    }
  }

  /** The text that is recorded is the editor's, whatever was missed. */
  #verify(tracked: TrackedDocument): void {
    if (tracked.tracker.text === normaliseText(tracked.document.getText())) return;
    this.#log.warn(`${tracked.uri.fsPath}: an edit was missed; what it changed is of unknown source`);
    tracked.tracker.resync(shownText(tracked.document));
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
