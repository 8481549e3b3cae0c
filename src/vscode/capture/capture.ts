import * as vscode from 'vscode';
import { type Attributed, attributedBy, sliceAttributed } from '../../core/attribution/attributed';
import { type BaseLookup, originOfLine } from '../../core/attribution/lineClass';
import { pushRun, sliceRuns } from '../../core/attribution/runs';
import type { Run, Source } from '../../core/attribution/source';
import { decodeReason } from '../../core/capture/changeReason';
import { type ChangeFacts, classifyChange } from '../../core/capture/classifyChange';
import type { ShownText } from '../../core/capture/documentTracker';
import type { LiveChange } from '../../core/capture/liveAttributed';
import { findWithin, TextMemory, withoutBase } from '../../core/capture/textMemory';
import { normaliseText } from '../../core/text/textId';
import { guarded, type Log } from '../log';
import { factsOfChanges, isAtCursor, liveChanges, shownAs, shownText } from './changeEvents';
import { PasteWatch } from './pasteWatch';
import type { Repositories, RepositoryNews } from './repositories';
import { TrackedDocument } from './trackedDocument';

/** The ledger is written so many milliseconds after the last change. */
const writeAfter = 400;

/** A change to a clean document waits so long for the event that says it is dirty now; a file read again never becomes so. */
const companionTakes = 100;

/** Closed documents whose history is kept, since an editor keeps it too. */
const mostClosed = 50;

const nobodySaw: Source = {
  origin: { kind: 'unknown', reason: 'not-watched' },
  rule: 'editor.opened',
  sure: 'certain',
};

/** A change that waits for its companion. */
interface Held {
  readonly changes: readonly LiveChange[];
  readonly facts: Omit<ChangeFacts, 'staysClean'>;
  readonly shown: ShownText;
  readonly timer: NodeJS.Timeout;
}

/** Follows every open document, says what is known of it, and writes that to the ledgers. */
export class Capture implements vscode.Disposable {
  readonly #log: Log;
  readonly #repositories: Repositories;
  readonly #memory = new TextMemory(Date.now);
  readonly #tracked = new Map<string, TrackedDocument>();
  readonly #closed = new Map<string, TrackedDocument>();
  readonly #held = new Map<TrackedDocument, Held>();
  readonly #timers = new Map<TrackedDocument, NodeJS.Timeout>();
  readonly #changed = new vscode.EventEmitter<TrackedDocument>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #pastes: PasteWatch;

  /** Told after each change of a document's text or of what is known of it; the listener should do little. */
  readonly onDidChange = this.#changed.event;

  /** `changes` tells of edits; the workspace's own event when absent. */
  constructor(repositories: Repositories, log: Log, changes = vscode.workspace.onDidChangeTextDocument) {
    this.#repositories = repositories;
    this.#log = log;
    this.#pastes = new PasteWatch((document, ranges) => this.#noteCopy(document, ranges));
    this.#subscriptions = [
      this.#pastes,
      this.#changed,
      repositories.onNews((news) => this.#onNews(news)),
      vscode.workspace.onDidOpenTextDocument((document) => this.#open(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#close(document)),
      changes((event) => this.#onChange(event)),
      vscode.workspace.onWillSaveTextDocument(({ document }) => this.#willSave(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#didSave(document)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#findHomes()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (!focused) this.writeAll();
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.#open(document);
  }

  /** The open documents that are followed. */
  get all(): readonly TrackedDocument[] {
    return [...this.#tracked.values()];
  }

  /** What is known of an open document; nothing for one that is not followed. */
  get(uri: vscode.Uri): TrackedDocument | undefined {
    return this.#tracked.get(uri.toString());
  }

  #open(document: vscode.TextDocument): void {
    if (!isFollowed(document.uri)) return;
    const key = document.uri.toString();
    const known = this.#tracked.get(key) ?? this.#closed.get(key);
    this.#closed.delete(key);
    // An editor that closes and opens a file again keeps what can be undone, if the text is the same.
    if (known !== undefined && known.tracker.text === normaliseText(document.getText())) {
      known.document = document;
      known.lineEnds = document.eol;
      this.#tracked.set(key, known);
      this.#changed.fire(known);
      return;
    }
    const tracked: TrackedDocument = new TrackedDocument(document, {
      memory: this.#memory,
      findOpen: (text) => this.#findOpen(text, tracked),
    });
    this.#tracked.set(key, tracked);
    guarded(this.#log, `looking up ${document.uri.fsPath}`, () => this.#settle(tracked));
  }

  async #settle(tracked: TrackedDocument): Promise<void> {
    await this.#findHome(tracked);
    const { home, openedText } = tracked;
    const transferred = this.#transferred(tracked);
    if (transferred !== undefined) {
      tracked.tracker.settle(transferred);
      tracked.noteChange();
    } else if (home === undefined) tracked.tracker.settle(attributedBy(nobodySaw, openedText));
    else tracked.tracker.settle(await home.repository.known(home.path, openedText));
    // A text that came from disk meanwhile could not be explained before.
    tracked.adoptFromOthers();
    this.#changed.fire(tracked);
    this.#writeSoon(tracked);
  }

  async #findHome(tracked: TrackedDocument): Promise<void> {
    const repository = await this.#repositories.find(tracked.uri);
    const path = repository?.pathOf(tracked.uri.fsPath);
    tracked.home = repository === undefined || path === undefined ? undefined : { repository, path };
  }

  /** What is known of an untitled document that is now saved as this file. */
  #transferred(tracked: TrackedDocument): Attributed | undefined {
    if (tracked.openedText === '' || tracked.uri.scheme === 'untitled') return undefined;
    for (const other of [...this.#tracked.values(), ...this.#closed.values()]) {
      if (other.uri.scheme === 'untitled' && other.tracker.isSettled && other.tracker.text === tracked.openedText)
        return other.tracker.attributed();
    }
    return undefined;
  }

  #close(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const tracked = this.#tracked.get(key);
    if (tracked === undefined) return;
    this.#settleHeld(tracked, 'reload');
    this.#write(tracked);
    this.#tracked.delete(key);
    this.#closed.set(key, tracked);
    const [oldest] = this.#closed.keys();
    if (this.#closed.size > mostClosed && oldest !== undefined) this.#closed.delete(oldest);
  }

  #onChange(event: vscode.TextDocumentChangeEvent): void {
    const tracked = this.get(event.document.uri);
    if (tracked === undefined) return;
    try {
      if (event.contentChanges.length === 0) this.#onEmpty(tracked, event.document);
      else this.#onContent(tracked, event);
    } catch (problem) {
      // Whatever went wrong, the text is the editor's: what is known starts again from there.
      this.#log.fault(`following ${event.document.uri.fsPath}`, problem);
      tracked.tracker.resync(shownText(event.document));
      this.#afterChange(tracked);
    }
    tracked.lineEnds = event.document.eol;
  }

  #onEmpty(tracked: TrackedDocument, document: vscode.TextDocument): void {
    if (document.isDirty && this.#settleHeld(tracked, 'edit')) return;
    tracked.announced = document.isDirty;
  }

  #onContent(tracked: TrackedDocument, event: vscode.TextDocumentChangeEvent): void {
    const { document } = event;
    this.#settleHeld(tracked, 'reload');
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
      ...this.#pastes.offeredTo(document),
    } as const;
    const announced = tracked.announced;
    tracked.announced = false;
    if (stable && history === undefined && !document.isDirty && !announced && document.uri.scheme === 'file') {
      const timer = setTimeout(() => this.#settleHeld(tracked, 'reload'), companionTakes);
      this.#held.set(tracked, { changes, facts, shown: shownAs(normaliseText(document.getText())), timer });
      return;
    }
    this.#apply(tracked, changes, { ...facts, staysClean: false }, shownText(document));
  }

  /** Decides about a change that waits, if there is one. */
  #settleHeld(tracked: TrackedDocument, as: 'edit' | 'reload'): boolean {
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
      this.#log.warn(`${tracked.uri.fsPath}: an edit could not be followed; what it changed is of unknown source`);
      tracked.tracker.resync(shown);
    }
    if (decision.kind === 'reload') {
      tracked.noteOutside(tracked.tracker.text);
      guarded(this.#log, `looking up ${tracked.uri.fsPath}`, () => this.#explainReload(tracked));
    }
    this.#afterChange(tracked);
  }

  #afterChange(tracked: TrackedDocument): void {
    tracked.noteChange();
    this.#changed.fire(tracked);
    // What a formatter does during a save is on disk a moment later.
    if (tracked.saving) this.#write(tracked);
    else this.#writeSoon(tracked);
  }

  /** A text that came from disk: another writer may have told of it, or it may stand in a commit. */
  async #explainReload(tracked: TrackedDocument): Promise<void> {
    const { home, tracker } = tracked;
    if (home === undefined || !tracker.isSettled) return;
    const { text } = tracker;
    home.repository.repo.ledger.refresh();
    let explained = tracked.adoptFromOthers();
    const head = await home.repository.headText(home.path);
    if (tracker.text === text && head === text) {
      explained = tracker.adopt(await home.repository.known(home.path, text)) || explained;
      explained = tracker.dropScars() || explained;
    }
    if (explained) this.#afterChange(tracked);
  }

  #onNews({ repository, change }: RepositoryNews): void {
    if (change === 'opened') return;
    for (const tracked of this.#tracked.values()) {
      if (tracked.home?.repository !== repository) continue;
      if (change === 'ledger' && tracked.adoptFromOthers()) this.#afterChange(tracked);
      if (change === 'setup') this.#writeSoon(tracked);
      if (change === 'head') guarded(this.#log, `looking up ${tracked.uri.fsPath}`, () => this.#onHead(tracked));
    }
  }

  async #onHead(tracked: TrackedDocument): Promise<void> {
    const { home, tracker } = tracked;
    if (home === undefined) return;
    if ((await home.repository.headText(home.path)) === tracker.text) {
      tracker.adopt(await home.repository.known(home.path, tracker.text));
      tracker.dropScars();
    }
    this.#changed.fire(tracked);
  }

  #findHomes(): void {
    for (const tracked of this.#tracked.values()) {
      if (tracked.home !== undefined) continue;
      guarded(this.#log, `looking up ${tracked.uri.fsPath}`, async () => {
        await this.#findHome(tracked);
        if (tracked.home === undefined || !tracked.tracker.isSettled) return;
        tracked.tracker.adopt(await tracked.home.repository.known(tracked.home.path, tracked.tracker.text));
        this.#changed.fire(tracked);
        this.#writeSoon(tracked);
      });
    }
  }

  #noteCopy(document: vscode.TextDocument, ranges: readonly vscode.Range[]): void {
    const tracked = this.get(document.uri);
    if (tracked === undefined || !tracked.tracker.isSettled) return;
    const whole = tracked.tracker.attributed();
    const offsetAt = (position: vscode.Position): number => offsetIn(document, position);
    const pieces = ranges.map((range) =>
      // An empty selection copies its whole line.
      range.isEmpty ? document.lineAt(range.start.line).rangeIncludingLineBreak : range,
    );
    for (const range of pieces) {
      const piece = sliceAttributed(whole, offsetAt(range.start), offsetAt(range.end));
      this.#memory.remember(piece, 'copied', tracked.tracker);
      guarded(this.#log, 'looking up what was copied', () => this.#noteCommittedCopy(tracked, whole, range, piece));
    }
  }

  /** Committed text that was copied carries what the records say of it, wherever it is put down. */
  async #noteCommittedCopy(
    tracked: TrackedDocument,
    whole: Attributed,
    range: vscode.Range,
    piece: Attributed,
  ): Promise<void> {
    const { home } = tracked;
    if (home === undefined || !piece.runs.some((run) => run.kind === 'base')) return;
    const lines = new Set(
      Array.from({ length: range.end.line - range.start.line + 1 }, (_, index) => range.start.line + index),
    );
    const lookup = await home.repository.lookup(whole, home.path, lines);
    this.#memory.remember({ ...piece, runs: answered(piece, lookup) }, 'copied', tracked.tracker);
  }

  #findOpen(text: string, asking: TrackedDocument): Attributed['runs'] | undefined {
    for (const tracked of [asking, ...this.#tracked.values()]) {
      if (!tracked.tracker.isSettled) continue;
      const runs = findWithin(tracked.tracker.attributed(), text);
      if (runs !== undefined) return tracked === asking ? runs : withoutBase(runs);
    }
    return undefined;
  }

  #willSave(document: vscode.TextDocument): void {
    const tracked = this.get(document.uri);
    if (tracked === undefined) return;
    this.#settleHeld(tracked, 'reload');
    this.#write(tracked);
    tracked.saving = true;
  }

  #didSave(document: vscode.TextDocument): void {
    const tracked = this.get(document.uri);
    if (tracked === undefined) return;
    tracked.saving = false;
    this.#write(tracked);
    tracked.home?.repository.checkHead();
  }

  #writeSoon(tracked: TrackedDocument): void {
    const waiting = this.#timers.get(tracked);
    if (waiting !== undefined) {
      waiting.refresh();
      return;
    }
    this.#timers.set(
      tracked,
      setTimeout(() => {
        this.#timers.delete(tracked);
        if (!tracked.saving) this.#write(tracked);
      }, writeAfter),
    );
  }

  #write(tracked: TrackedDocument): void {
    try {
      if (!tracked.document.isClosed && this.#tracked.get(tracked.uri.toString()) === tracked) this.#verify(tracked);
      tracked.write();
    } catch (problem) {
      this.#log.fault(`recording ${tracked.uri.fsPath}`, problem);
    }
  }

  /** The text that is recorded is the editor's, whatever was missed. */
  #verify(tracked: TrackedDocument): void {
    if (this.#held.has(tracked)) return;
    if (tracked.tracker.text === normaliseText(tracked.document.getText())) return;
    this.#log.warn(`${tracked.uri.fsPath}: an edit was missed; what it changed is of unknown source`);
    tracked.tracker.resync(shownText(tracked.document));
  }

  /** Writes whatever the ledgers do not have yet, before it returns. */
  writeAll(): void {
    for (const tracked of this.#tracked.values()) {
      this.#settleHeld(tracked, 'reload');
      this.#write(tracked);
    }
  }

  /** Records what a person says of a range of an open document; returns how many characters now say so. */
  claim(tracked: TrackedDocument, range: vscode.Range, source: Source): number {
    const claimed = tracked.tracker.claim(
      offsetIn(tracked.document, range.start),
      offsetIn(tracked.document, range.end),
      source,
    );
    if (claimed > 0) this.#afterChange(tracked);
    return claimed;
  }

  dispose(): void {
    if (this.#subscriptions.length === 0) return;
    this.writeAll();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}

/** Files and documents that will be files; not git's own, such as a commit message that is being written. */
function isFollowed(uri: vscode.Uri): boolean {
  return uri.scheme === 'untitled' || (uri.scheme === 'file' && !/[\\/]\.git[\\/]/.test(uri.fsPath));
}

/** The runs of a piece with what a look-up says of its committed lines in place of the reference to them. */
function answered(piece: Attributed, lookup: BaseLookup): Attributed['runs'] {
  const runs: Run[] = [];
  let at = 0;
  for (const run of piece.runs) {
    if (run.kind === 'made') pushRun(runs, run);
    else {
      for (let done = 0; done < run.length; ) {
        const end = piece.text.indexOf('\n', at + done);
        const stop = end < 0 ? run.length : Math.min(run.length, end + 1 - at);
        const line = lookup(run.text, run.offset + done);
        const [known] = sliceRuns([run], done, stop);
        if (line === undefined && known !== undefined) pushRun(runs, known);
        if (line !== undefined)
          pushRun(runs, {
            kind: 'made',
            length: stop - done,
            source: { origin: originOfLine(line), rule: 'editor.paste-committed', sure: 'likely' },
          });
        done = stop;
      }
    }
    at += run.length;
  }
  return runs;
}

/** The offset of a position with each line end counted as one character. */
function offsetIn(document: vscode.TextDocument, position: vscode.Position): number {
  const offset = document.offsetAt(position);
  return document.eol === 2 ? offset - position.line : offset;
}
