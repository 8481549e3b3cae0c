import { randomUUID } from 'node:crypto';
import type * as vscode from 'vscode';
import { hasUnexplained } from '../../core/attribution/attributed';
import { rewriteText } from '../../core/attribution/rewrite';
import type { RepoPath } from '../../core/brand';
import { DocumentTracker, type Origins } from '../../core/capture/documentTracker';
import { unknownSource } from '../../core/capture/namedSource';
import { normaliseText, type TextId, textIdOf } from '../../core/text/textId';
import type { WatchedRepository } from './watchedRepository';

/** Where the file of a document lies. */
export interface Home {
  readonly repository: WatchedRepository;
  readonly path: RepoPath;
}

/** A text that was read from disk and that nobody has explained yet. */
interface OutsideText {
  readonly text: string;
  readonly textId: TextId;
}

const mostOutside = 5;

/** Milliseconds that everything that runs at a save may take. */
const longestSave = 10_000;

/** One open document with what is known of its text, and how much of that is in the ledger. */
export class TrackedDocument {
  readonly uri: vscode.Uri;
  readonly tracker: DocumentTracker;
  /** The text that was there when the document was opened, for files of which nothing else is known. */
  readonly openedText: string;
  readonly chain = randomUUID();
  document: vscode.TextDocument;
  lineEnds: vscode.EndOfLine;
  home: Home | undefined;
  /** Ends when what the document was opened with is looked up. */
  settling: Promise<void> = Promise.resolve();
  /** The last event said that the document is dirty, without a change: the change it speaks of is next. */
  announced = false;
  #changed = false;
  #isGone = false;
  #savingSince: number | undefined;
  #written: { readonly revision: number } | undefined;
  #outside: OutsideText[] = [];
  #adopted: { readonly textId: TextId; readonly time: number }[] = [];

  constructor(document: vscode.TextDocument, origins: Origins) {
    this.document = document;
    this.uri = document.uri;
    this.lineEnds = document.eol;
    this.openedText = normaliseText(document.getText());
    this.tracker = new DocumentTracker(this.openedText, origins);
  }

  /** Between the start and the end of a save; a save that fails never ends, so that it is taken for over after a while. */
  get saving(): boolean {
    return this.#savingSince !== undefined && Date.now() - this.#savingSince < longestSave;
  }

  set saving(value: boolean) {
    this.#savingSince = value ? Date.now() : undefined;
  }

  /** Notes that there is something that the ledger may not have. */
  noteChange(): void {
    this.#changed = true;
  }

  /** Notes that the ledger says of the file that it is gone: nothing is written until it is back. */
  noteGone(): void {
    this.#isGone = true;
  }

  /** Notes that the file is there; if it was gone, its text is written again. */
  noteThere(): void {
    if (!this.#isGone) return;
    this.#isGone = false;
    this.#changed = true;
    this.#written = undefined;
  }

  /** Notes a text that was read from disk, whose writer may still tell of it. */
  noteOutside(text: string): void {
    this.#outside = [{ text, textId: this.#idOf(text) }, ...this.#outside].slice(0, mostOutside);
  }

  #idOf(text: string): TextId {
    return textIdOf(text, this.home?.repository.repo.git.objectFormat ?? 'sha1');
  }

  /**
   * Writes what is known to the ledger, if it may be written and does not have it yet. Throws `not-writable`.
   */
  write(): void {
    const { home, tracker } = this;
    if (home === undefined || !home.repository.isSetUp || !tracker.isSettled || !this.#changed || this.#isGone) return;
    if (this.#written?.revision === tracker.revision) return;
    const attributed = tracker.attributed();
    home.repository.repo.ledger.append([
      {
        chain: this.chain,
        worktree: home.repository.repo.worktree,
        path: home.path,
        textId: this.#idOf(attributed.text),
        existence: 'there',
        role: 'state',
        adopted: this.#adopted,
        attributed,
      },
    ]);
    this.#adopted = [];
    this.#written = { revision: tracker.revision };
  }

  /** Takes over what others have said of texts that came from disk. Says whether that explained anything. */
  adoptFromOthers(): boolean {
    const { home, tracker } = this;
    if (home === undefined || !tracker.isSettled) return false;
    const current = tracker.attributed();
    if (!hasUnexplained(current)) return false;
    const texts = [{ text: current.text, textId: this.#idOf(current.text) }, ...this.#outside];
    let explained = false;
    for (const { text, textId } of texts) {
      const said = home.repository.saidByOthers(textId, home.path, this.chain);
      if (said === undefined || said.text !== text) continue;
      const carried =
        text === tracker.text ? said : rewriteText(said, tracker.text, unknownSource('outside-write', 'disk.later'));
      if (!tracker.adopt(carried)) continue;
      explained = true;
      this.#adopted.push({ textId, time: home.repository.repo.now() });
    }
    // What a hook told of a completion speaks of a text that was, or that would be without what is not saved yet.
    for (const said of home.repository.toldCompletions(home.path)) {
      const carried = rewriteText(said, tracker.text, unknownSource('outside-write', 'disk.later'));
      explained = tracker.adopt({ ...carried, nicks: [], cuts: [] }) || explained;
    }
    if (explained) this.#changed = true;
    return explained;
  }
}
