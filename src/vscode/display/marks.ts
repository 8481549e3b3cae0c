import * as vscode from 'vscode';
import { type BaseLookup, classifyLines, type LineOrigin } from '../../core/attribution/lineClass';
import { type FileMarks, type MarkedRegion, marksOf, sameMarks } from '../../core/capture/marks';
import type { Capture } from '../capture/capture';
import type { Repositories } from '../capture/repositories';
import type { TrackedDocument } from '../capture/trackedDocument';
import { guarded, type Log } from '../log';
import { markSettings } from '../settings';

/** Marks follow a change after so many milliseconds; in a large file after more, so that typing stays as quick. */
const followAfter = 40;
const linesPerMillisecond = 400;

/** Committed text that nobody was asked about. */
const nothing: BaseLookup = () => undefined;

/** What one document shows, and what it was made from. */
interface Shown {
  readonly marks: FileMarks;
  readonly revision: number;
}

/** The marks of every open document, kept up to date while people type; who draws them asks here. */
export class Marks implements vscode.Disposable {
  readonly #capture: Capture;
  readonly #log: Log;
  readonly #shown = new Map<TrackedDocument, Shown>();
  readonly #lookups = new WeakMap<TrackedDocument, { readonly lookup: BaseLookup; readonly asked: string }>();
  readonly #timers = new Map<TrackedDocument, NodeJS.Timeout>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];

  constructor(capture: Capture, repositories: Repositories, log: Log) {
    this.#capture = capture;
    this.#log = log;
    this.#subscriptions = [
      this.#changed,
      capture.onDidChange((tracked) => this.#soon(tracked)),
      repositories.onNews(({ repository, change }) => {
        if (change !== 'head') return;
        for (const tracked of capture.all) {
          if (tracked.home?.repository !== repository) continue;
          this.#lookups.delete(tracked);
          this.#soon(tracked);
        }
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        for (const tracked of this.#shown.keys())
          if (tracked.uri.toString() === uri.toString()) this.#shown.delete(tracked);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('countersign.marks')) for (const tracked of capture.all) this.#soon(tracked);
      }),
    ];
    for (const tracked of capture.all) this.#soon(tracked);
  }

  /** What a document shows; nothing until it is known. */
  get(uri: vscode.Uri): FileMarks | undefined {
    const tracked = this.#capture.get(uri);
    return tracked === undefined ? undefined : this.#shown.get(tracked)?.marks;
  }

  /** The marked region that a line (0-based) is in. */
  regionAt(uri: vscode.Uri, line: number): MarkedRegion | undefined {
    return this.get(uri)?.regions.find((region) => region.firstLine <= line && line <= region.lastLine);
  }

  /** What a line (0-based) counts as right now, also between two drawings; nothing where it is not known. */
  lineOrigin(uri: vscode.Uri, line: number): LineOrigin | undefined {
    const tracked = this.#capture.get(uri);
    if (tracked === undefined || !tracked.tracker.isSettled) return undefined;
    const lookup = this.#lookups.get(tracked)?.lookup ?? nothing;
    return classifyLines(tracked.tracker.attributed(), tracked.uri.path, lookup)[line];
  }

  #soon(tracked: TrackedDocument): void {
    if (this.#timers.has(tracked)) return;
    const delay = followAfter + tracked.document.lineCount / linesPerMillisecond;
    this.#timers.set(
      tracked,
      setTimeout(() => {
        this.#timers.delete(tracked);
        guarded(this.#log, `marking ${tracked.uri.fsPath}`, () => this.#compute(tracked));
      }, delay),
    );
  }

  async #compute(tracked: TrackedDocument): Promise<void> {
    const { home, tracker } = tracked;
    if (!tracker.isSettled) return;
    const isWatched = home?.repository.isSetUp === true;
    const committed = isWatched ? await home.repository.headText(home.path) : tracked.openedText;
    const baseline = isWatched ? await home.repository.baseline(home.path, markSettings().scope) : committed;
    const path = home?.path ?? tracked.uri.path;
    const { revision } = tracker;
    const attributed = tracker.attributed();
    const known = this.#lookups.get(tracked);
    const marks = marksOf({ attributed, path, baseline, committed, lookup: known?.lookup ?? nothing });
    this.#show(tracked, { marks, revision });
    if (marks.unanswered.size === 0 || home === undefined) return;
    // Lines that the records say nothing about stay unanswered; asking again for as many would not help.
    const asked = String(marks.unanswered.size);
    if (known?.asked === asked) return;
    const lookup = await home.repository.lookup(attributed, home.path, marks.unanswered);
    const both: BaseLookup = (text, offset) => lookup(text, offset) ?? known?.lookup(text, offset);
    this.#lookups.set(tracked, { lookup: both, asked });
    this.#soon(tracked);
  }

  #show(tracked: TrackedDocument, shown: Shown): void {
    const before = this.#shown.get(tracked);
    this.#shown.set(tracked, shown);
    const { counts, uncommittedAi } = before?.marks ?? {};
    const isCounted = counts?.human === shown.marks.counts.human && uncommittedAi === shown.marks.uncommittedAi;
    if (!sameMarks(before?.marks, shown.marks) || !isCounted) this.#changed.fire(tracked.uri);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}
