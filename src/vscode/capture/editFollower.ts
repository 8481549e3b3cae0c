import type * as vscode from 'vscode';
import { decodeReason } from '../../core/capture/changeReason';
import { classifyChange } from '../../core/capture/classifyChange';
import type { ChangeFacts, Decision } from '../../core/capture/decision';
import type { LiveChange } from '../../core/capture/liveAttributed';
import type { ShownText } from '../../core/capture/shownText';
import { normaliseText } from '../../core/text/textId';
import type { Log } from '../log';
import type { Acceptance } from './acceptance';
import { factsOfChanges, isAtCursor, liveChanges, selectedIn, shownAs, shownText } from './changeEvents';
import type { DiffWatch } from './diffWatch';
import type { PasteWatch } from './pasteWatch';
import type { TrackedDocument } from './trackedDocument';

/** A change to a clean document waits so long for the event that says it is dirty now; a file read again never becomes so. */
const companionTakes = 100;

/** What a suggestion adds elsewhere comes within so many milliseconds. */
const suggestionTakes = 2000;

/** Whom a follower of edits asks and tells. */
export interface EditFollowing {
  readonly find: (uri: vscode.Uri) => TrackedDocument | undefined;
  readonly pastes: PasteWatch;
  readonly diffs: DiffWatch;
  readonly acceptance: Acceptance;
  readonly log: Log;
  /** A document changed, and what is known of it follows; the decision is missing where that went wrong. `texts` were put in. */
  readonly onEdited: (tracked: TrackedDocument, decision: Decision | undefined, texts: readonly string[]) => void;
}

/** A change that waits for its companion. */
interface Held {
  readonly changes: readonly LiveChange[];
  readonly facts: Omit<ChangeFacts, 'staysClean'>;
  readonly shown: ShownText;
  readonly timer: NodeJS.Timeout;
}

/** Takes change events, decides who made each, and has the trackers follow. */
export class EditFollower implements vscode.Disposable {
  readonly #with: EditFollowing;
  readonly #held = new Map<TrackedDocument, Held>();
  #picked: { readonly tracked: TrackedDocument; readonly text: string; readonly time: number } | undefined;

  constructor(following: EditFollowing) {
    this.#with = following;
  }

  /** Takes one event of any document. */
  follow(event: vscode.TextDocumentChangeEvent): void {
    const tracked = this.#with.find(event.document.uri);
    if (tracked === undefined) return;
    try {
      if (event.contentChanges.length === 0) this.#onEmpty(tracked, event.document);
      else this.#onContent(tracked, event);
    } catch (problem) {
      // Whatever went wrong, the text is the editor's: what is known starts again from there.
      this.#with.log.fault(`following ${event.document.uri.fsPath}`, problem);
      tracked.tracker.resync(shownText(event.document));
      this.#with.onEdited(tracked, undefined, []);
    }
    tracked.lineEnds = event.document.eol;
  }

  /** Whether a change of the document is not applied yet. */
  isWaiting(tracked: TrackedDocument): boolean {
    return this.#held.has(tracked);
  }

  #onEmpty(tracked: TrackedDocument, document: vscode.TextDocument): void {
    if (document.isDirty && this.settle(tracked, 'edit')) return;
    tracked.announced = document.isDirty;
  }

  #onContent(tracked: TrackedDocument, event: vscode.TextDocumentChangeEvent): void {
    const { document } = event;
    this.settle(tracked, 'reload');
    const reason = decodeReason(event);
    const changes = liveChanges(event, tracked.lineEnds);
    const history = event.reason === 1 ? 'undo' : event.reason === 2 ? 'redo' : undefined;
    const stable = reason.tier === 'stable';
    const facts = {
      reason,
      history,
      changes: factsOfChanges(changes, reason, tracked.tracker),
      saving: tracked.saving,
      atCursor: stable && isAtCursor(document, changes),
      selected: selectedIn(document),
      picked: this.#pickedIn(tracked),
      diffOf: this.#with.diffs.toolOf(document.uri),
      accepting: this.#with.acceptance.isIn(document.uri),
      ...this.#with.pastes.offeredTo(document),
    } as const;
    const announced = tracked.announced;
    tracked.announced = false;
    if (stable && history === undefined && !document.isDirty && !announced && document.uri.scheme === 'file') {
      const timer = setTimeout(() => this.settle(tracked, 'reload'), companionTakes);
      this.#held.set(tracked, { changes, facts, shown: shownAs(normaliseText(document.getText())), timer });
      return;
    }
    this.#apply(tracked, changes, { ...facts, staysClean: false }, shownText(document));
  }

  #pickedIn(tracked: TrackedDocument): string | undefined {
    const picked = this.#picked;
    return picked?.tracked === tracked && Date.now() - picked.time < suggestionTakes ? picked.text : undefined;
  }

  /** Decides about a change that waits; `false` if there is none. */
  settle(tracked: TrackedDocument, as: 'edit' | 'reload'): boolean {
    const held = this.#held.get(tracked);
    if (held === undefined) return false;
    clearTimeout(held.timer);
    this.#held.delete(tracked);
    this.#apply(tracked, held.changes, { ...held.facts, staysClean: as === 'reload' }, held.shown);
    return true;
  }

  #apply(tracked: TrackedDocument, changes: readonly LiveChange[], facts: ChangeFacts, shown: ShownText): void {
    const decision = classifyChange(facts);
    if (!tracked.tracker.apply(changes, decision, shown)) {
      this.#with.log.warn(`${tracked.uri.fsPath}: an edit could not be followed; what it changed is of unknown source`);
      tracked.tracker.resync(shown);
    }
    const texts = changes.map((change) => change.text);
    const isPick = facts.reason.tier === 'precise' && facts.reason.reason?.source === 'suggest';
    if (isPick && decision.source.rule === 'editor.suggest')
      this.#picked = { tracked, text: texts[0] ?? '', time: Date.now() };
    this.#with.onEdited(tracked, decision, texts);
  }

  dispose(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
  }
}
