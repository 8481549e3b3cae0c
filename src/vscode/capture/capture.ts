import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Attributed } from '../../core/attribution/attributed';
import type { Runs } from '../../core/attribution/runs';
import type { Spoken } from '../../core/capture/claimRange';
import type { Decision } from '../../core/capture/decision';
import { findWithin, TextMemory, withoutBase } from '../../core/capture/textMemory';
import { normaliseText } from '../../core/text/textId';
import { guarded, type Log } from '../log';
import { Acceptance } from './acceptance';
import { rememberCopy } from './copyMemory';
import { DiffWatch } from './diffWatch';
import { EditFollower } from './editFollower';
import {
  explainByHead,
  explainBySame,
  explainMoved,
  explainPasted,
  explainUnseen,
  findHome,
  type LeftText,
  settleOpened,
} from './explainDocument';
import { FileMoves } from './fileMoves';
import { cellScheme, refusal } from './followed';
import { LedgerPen } from './ledgerPen';
import { followNotebooks } from './notebooks';
import { offsetIn } from './offsetIn';
import { PasteWatch } from './pasteWatch';
import type { Repositories, RepositoryNews } from './repositories';
import { TrackedDocument } from './trackedDocument';

/** Text that nobody saw come is looked up so many milliseconds after the last of it. */
const explainAfter = 100;

/** Text that a refactoring moves stands in its next file so many milliseconds after it left the other, at most. */
const moveTakes = 2000;

/** Closed documents whose history is kept, since an editor keeps it too. */
const mostClosed = 50;

/** What a person says of the characters of a text from `start` up to `end`. */
export type Saying = (before: Attributed, start: number, end: number) => Spoken;

/** Follows every open document, says what is known of it, and has that written to the ledgers. */
export class Capture implements vscode.Disposable {
  readonly #log: Log;
  readonly #repositories: Repositories;
  readonly #memory = new TextMemory(Date.now);
  readonly #tracked = new Map<string, TrackedDocument>();
  readonly #closed = new Map<string, TrackedDocument>();
  readonly #changed = new vscode.EventEmitter<TrackedDocument>();
  readonly #explaining = new Map<TrackedDocument, NodeJS.Timeout>();
  readonly #edits: EditFollower;
  readonly #pen: LedgerPen;
  readonly #subscriptions: vscode.Disposable[];

  /** Told by whoever runs around the command that accepts a completion. */
  readonly acceptance = new Acceptance();

  /** Told after each change of a document's text or of what is known of it; the listener should do little. */
  readonly onDidChange = this.#changed.event;

  /** `changes` tells of edits; the workspace's own event when absent. */
  constructor(repositories: Repositories, log: Log, changes = vscode.workspace.onDidChangeTextDocument) {
    this.#repositories = repositories;
    this.#log = log;
    const pastes = new PasteWatch((document, ranges) => {
      const tracked = this.get(document.uri);
      if (tracked !== undefined) rememberCopy(this.#memory, tracked, ranges, log);
    });
    const diffs = new DiffWatch();
    this.#edits = new EditFollower({
      find: (uri) => this.get(uri),
      pastes,
      diffs,
      acceptance: this.acceptance,
      log,
      onEdited: (tracked, decision, texts) => this.#onEdited(tracked, decision, texts),
    });
    this.#pen = new LedgerPen((tracked) => this.#isOpen(tracked) && !this.#edits.isWaiting(tracked), log);
    this.#subscriptions = [
      pastes,
      diffs,
      this.#changed,
      repositories.onNews((news) => this.#onNews(news)),
      vscode.workspace.onDidOpenTextDocument((document) => this.#open(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#close(document)),
      changes((event) => this.#edits.follow(event)),
      vscode.workspace.onWillSaveTextDocument(({ document }) => this.#willSave(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#didSave(document)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#findHomes()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (!focused) this.writeAll();
      }),
      followNotebooks({ repositories, log, find: (uri) => this.get(uri) }),
      new FileMoves({
        repositories,
        log,
        find: (uri) => this.get(uri) ?? this.#closed.get(uri.toString()),
        flush: () => this.writeAll(),
      }),
      this.#edits,
      this.#pen,
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

  #isOpen(tracked: TrackedDocument): boolean {
    return !tracked.document.isClosed && this.get(tracked.uri) === tracked;
  }

  #open(document: vscode.TextDocument): void {
    const refused = refusal(document);
    if (refused !== undefined) {
      if (refused !== 'scheme') this.#log.info(`${document.uri.fsPath} is not followed: ${refused}`);
      return;
    }
    const key = document.uri.toString();
    const known = this.#tracked.get(key) ?? this.#closed.get(key);
    this.#closed.delete(key);
    // An editor that closes and opens a file again keeps what can be undone, if the text is the same.
    if (known !== undefined && known.tracker.text === normaliseText(document.getText())) {
      known.document = document;
      known.lineEnds = document.eol;
      known.noteThere();
      this.#pen.soon(known);
      this.#tracked.set(key, known);
      this.#changed.fire(known);
      return;
    }
    const tracked: TrackedDocument = new TrackedDocument(document, {
      memory: this.#memory,
      findOpen: (text) => this.#findOpen(text, tracked),
      linesBeside: (wanted) => this.#linesBeside(wanted, tracked),
    });
    this.#tracked.set(key, tracked);
    tracked.settling = this.#settle(tracked);
    guarded(this.#log, `looking up ${document.uri.fsPath}`, () => tracked.settling);
  }

  async #settle(tracked: TrackedDocument): Promise<void> {
    await findHome(tracked, this.#repositories);
    const transferred = await this.#transferred(tracked);
    if (transferred === undefined) await settleOpened(tracked, (wanted) => this.#linesBeside(wanted, tracked));
    else {
      tracked.tracker.settle(transferred);
      tracked.noteChange();
    }
    // A text that came from disk meanwhile could not be explained before.
    tracked.adoptFromOthers();
    this.#changed.fire(tracked);
    this.#pen.soon(tracked);
  }

  /** What is known of the document that became this one: an untitled one that was saved, a file that was moved, a cell that was split or copied. */
  async #transferred(tracked: TrackedDocument): Promise<Attributed | undefined> {
    if (tracked.openedText === '' || tracked.uri.scheme === 'untitled') return undefined;
    for (const { tracker } of this.#cellsBeside(tracked)) {
      const part = tracker.partKnown(tracked.openedText);
      if (part !== undefined) return part;
    }
    for (const other of [...this.#tracked.values(), ...this.#closed.values()]) {
      if (other === tracked || !other.tracker.isSettled || other.tracker.text !== tracked.openedText) continue;
      if (other.uri.scheme !== 'untitled' && existsSync(other.uri.fsPath)) continue;
      const known = other.tracker.attributed();
      const { home } = other;
      const isSame = home === undefined || home.repository === tracked.home?.repository;
      return isSame ? known : home.repository.detached(home.path, known);
    }
    return undefined;
  }

  #close(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const tracked = this.#tracked.get(key);
    if (tracked === undefined) return;
    this.#edits.settle(tracked, 'reload');
    this.#pen.now(tracked);
    this.#tracked.delete(key);
    this.#closed.set(key, tracked);
    const [oldest] = this.#closed.keys();
    if (this.#closed.size > mostClosed && oldest !== undefined) this.#closed.delete(oldest);
  }

  #onEdited(tracked: TrackedDocument, decision: Decision | undefined, texts: readonly string[]): void {
    if (decision?.source.origin.kind === 'pasted')
      guarded(this.#log, 'looking up what was pasted', async () => {
        await tracked.settling;
        if (await explainPasted(tracked, texts, this.#repositories)) this.#afterChange(tracked);
      });
    if (decision?.kind === 'reload') tracked.noteOutside(tracked.tracker.text);
    const isBack = decision?.kind === 'undo' || decision?.kind === 'redo';
    if (decision?.source.origin.kind === 'unknown' && !isBack) {
      explainBySame(tracked, this.all);
      this.#explainSoon(tracked);
    }
    this.#afterChange(tracked);
  }

  /** Looks unseen text up once it came to rest; an extension may write it key by key. */
  #explainSoon(tracked: TrackedDocument): void {
    clearTimeout(this.#explaining.get(tracked));
    const timer = setTimeout(() => {
      this.#explaining.delete(tracked);
      guarded(this.#log, `looking up ${tracked.uri.fsPath}`, async () => {
        const found = await explainUnseen(tracked);
        if ((await explainMoved(tracked, this.#leftLately())) || found) this.#afterChange(tracked);
      });
    }, explainAfter);
    this.#explaining.set(tracked, timer);
  }

  #afterChange(tracked: TrackedDocument): void {
    tracked.noteChange();
    this.#changed.fire(tracked);
    // What a formatter does during a save is on disk a moment later.
    if (tracked.saving) this.#pen.now(tracked);
    else this.#pen.soon(tracked);
  }

  #onNews({ repository, change }: RepositoryNews): void {
    if (change === 'opened') return;
    for (const tracked of this.#tracked.values()) {
      if (tracked.home?.repository !== repository) continue;
      if (change === 'ledger' && tracked.adoptFromOthers()) this.#afterChange(tracked);
      if (change === 'setup') this.#pen.soon(tracked);
      if (change === 'head')
        guarded(this.#log, `looking up ${tracked.uri.fsPath}`, async () => {
          if (await explainByHead(tracked)) this.#afterChange(tracked);
          else this.#changed.fire(tracked);
        });
    }
  }

  #findHomes(): void {
    for (const tracked of this.#tracked.values()) {
      if (tracked.home !== undefined) continue;
      guarded(this.#log, `looking up ${tracked.uri.fsPath}`, async () => {
        await findHome(tracked, this.#repositories);
        const { home, tracker } = tracked;
        if (home === undefined || !tracker.isSettled) return;
        tracker.adopt(await home.repository.known(home.path, tracker.text));
        this.#changed.fire(tracked);
        this.#pen.soon(tracked);
      });
    }
  }

  /** What left documents a moment ago, with where these lie. */
  #leftLately(): readonly LeftText[] {
    const documents = [...this.#tracked.values(), ...this.#closed.values()];
    return this.#memory.removedWithin(moveTakes).map(({ attributed, owner }) => {
      return { attributed, home: documents.find(({ tracker }) => tracker === owner)?.home };
    });
  }

  #findOpen(text: string, asking: TrackedDocument): Attributed['runs'] | undefined {
    for (const tracked of [asking, ...this.#tracked.values()]) {
      if (!tracked.tracker.isSettled) continue;
      const runs = findWithin(tracked.tracker.attributed(), text);
      if (runs !== undefined) return tracked === asking ? runs : withoutBase(runs);
    }
    return undefined;
  }

  /** What is known of lines that the other cells of the same notebook have, or had before. */
  #linesBeside(wanted: ReadonlySet<string>, asking: TrackedDocument): ReadonlyMap<string, Runs> {
    return new Map(this.#cellsBeside(asking).flatMap(({ tracker }) => [...tracker.knownLines(wanted)]));
  }

  /** The other cells of the same notebook, those too that it had before; none for what is no cell. */
  #cellsBeside(asking: TrackedDocument): readonly TrackedDocument[] {
    if (asking.uri.scheme !== cellScheme) return [];
    return [...this.#closed.values(), ...this.#tracked.values()].filter(
      ({ uri }) => uri.scheme === cellScheme && uri.path === asking.uri.path && uri.fragment !== asking.uri.fragment,
    );
  }

  #willSave(document: vscode.TextDocument): void {
    const tracked = this.get(document.uri);
    if (tracked === undefined) return;
    this.#edits.settle(tracked, 'reload');
    this.#pen.now(tracked);
    tracked.saving = true;
  }

  #didSave(document: vscode.TextDocument): void {
    const tracked = this.get(document.uri);
    if (tracked === undefined) return;
    tracked.saving = false;
    tracked.tracker.noteSaved();
    tracked.noteThere();
    this.#pen.now(tracked);
    tracked.home?.repository.checkHead();
  }

  /** Writes whatever the ledgers do not have yet, before it returns. */
  writeAll(): void {
    for (const tracked of this.#tracked.values()) {
      this.#edits.settle(tracked, 'reload');
      this.#pen.now(tracked);
    }
  }

  /** Records what a person says of a range of an open document; returns of how many characters another thing is known now. */
  take(tracked: TrackedDocument, range: vscode.Range, say: Saying): number {
    const { document, tracker } = tracked;
    const [start, end] = [offsetIn(document, range.start), offsetIn(document, range.end)];
    const changed = tracker.take((before) => say(before, start, end));
    if (changed > 0) this.#afterChange(tracked);
    return changed;
  }

  dispose(): void {
    if (this.#subscriptions.length === 0) return;
    this.writeAll();
    for (const timer of this.#explaining.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}
