import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import * as vscode from 'vscode';
import type { LineOrigins } from '../../app/lineOrigins';
import type { RecordBook } from '../../app/recordBook';
import type { Repository } from '../../app/repository';
import type { Attributed } from '../../core/attribution/attributed';
import type { BaseLookup } from '../../core/attribution/lineClass';
import { resolveExact } from '../../core/attribution/resolve';
import type { Runs } from '../../core/attribution/runs';
import type { RepoPath, Sha } from '../../core/brand';
import { answerBase } from '../../core/capture/answerBase';
import { keptFor, withoutBase } from '../../core/capture/textMemory';
import type { Session } from '../../core/origin';
import { lineBefore } from '../../core/text/lineDiff';
import { splitLines } from '../../core/text/lines';
import { type TextId, textIdOf } from '../../core/text/textId';
import { guarded, type Log } from '../log';

/** What changed about a repository. */
export type RepositoryChange = 'ledger' | 'head' | 'setup';

/** The modules of the application layer, loaded when the first repository is opened: a window without one needs none. */
type App = typeof import('./app').app;

/** A file that is there with a text, or gone, with what was removed from it by others than the person who deleted it. */
export type NotedState =
  | { readonly kind: 'there'; readonly attributed: Attributed }
  | { readonly kind: 'gone'; readonly cuts: Attributed['cuts'] };

/** What can happen to the commits that a repository stands on. */
interface Position {
  readonly head: Sha | undefined;
  /** Newest commit that is both in `HEAD` and where a push goes; `head` where there is no such place. */
  readonly published: Sha | undefined;
}

/** A hook tells of a completion within this, and later the text has gone on (milliseconds). */
const completionsCount = 10_000;

const settle = { ledger: 120, head: 200 } as const;

/** One repository that documents of the window are in: what it knows, and news of it. */
export class WatchedRepository implements vscode.Disposable {
  readonly repo: Repository;
  readonly #app: App;
  readonly #log: Log;
  #book: RecordBook;
  #origins: LineOrigins;
  readonly #changed = new vscode.EventEmitter<RepositoryChange>();
  readonly onDidChange = this.#changed.event;
  readonly #watchers: FSWatcher[] = [];
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #committed = new Map<string, Promise<string | undefined>>();
  #position: Position = { head: undefined, published: undefined };
  #outgoingAi: { readonly key: string; readonly counts: Promise<ReadonlyMap<string, number>> } | undefined;
  #isSetUp = false;
  #watchesLedger = false;
  #disposed = false;

  private constructor(repo: Repository, app: App, log: Log) {
    this.repo = repo;
    this.#app = app;
    this.#log = log;
    this.#book = new app.RecordBook(repo);
    this.#origins = new app.LineOrigins(repo, this.#book);
  }

  /** Opens the repository at `root`. @throws ToolError `no-repository`, `missing-program`, `timeout` */
  static async open(root: string, log: Log): Promise<WatchedRepository> {
    const { app } = await import('./app');
    const repo = await app.openRepository(root, { warn: (line) => log.warn(line) });
    const watched = new WatchedRepository(repo, app, log);
    await watched.#readState();
    watched.#watch(repo.git.gitDir);
    if (repo.git.commonDir !== repo.git.gitDir) watched.#watch(repo.git.commonDir);
    watched.#watchLedger();
    return watched;
  }

  /** Whether recording was agreed to here: until then nothing is written. */
  get isSetUp(): boolean {
    return this.#isSetUp;
  }

  get head(): Sha | undefined {
    return this.#position.head;
  }

  /** The file's path in the repository; nothing for what is outside its work tree or inside its git directory. */
  pathOf(file: string): RepoPath | undefined {
    return this.#app.repoPathOf(this.repo, file, this.repo.worktree);
  }

  /** Who commits here, as people read it; nothing where git was told no name. */
  person(): Promise<string | undefined> {
    return this.#app.person(this.repo);
  }

  /** The conversation of an agent that produced a text, as the hooks told of it; nothing where none did. */
  transcriptAuthor(text: string): Session | undefined {
    return this.#app.transcriptAuthor(this.repo, text);
  }

  /** What ledger and `HEAD` say of a text of a file. */
  known(path: RepoPath, text: string): Promise<Attributed> {
    this.repo.ledger.refresh();
    return this.#app.knownText(this.repo, path, text);
  }

  /** Appends to the ledger what is known of a file without a document. @throws ToolError `not-writable` */
  note(path: RepoPath, chain: string, state: NotedState): void {
    const attributed = state.kind === 'there' ? state.attributed : { text: '', runs: [], nicks: [], cuts: state.cuts };
    this.repo.ledger.append([
      {
        chain,
        worktree: this.repo.worktree,
        path,
        textId: textIdOf(attributed.text, this.repo.git.objectFormat),
        existence: state.kind,
        role: 'state',
        adopted: [],
        attributed,
      },
    ]);
  }

  /** What other chains than `chain` say of exactly this text; nothing if none does. */
  saidByOthers(textId: TextId, path: RepoPath, chain: string): Attributed | undefined {
    const states = this.repo.ledger.statesOf(textId).filter((state) => state.chain !== chain && state.role === 'state');
    return resolveExact(states, { worktree: this.repo.worktree, path });
  }

  /** Texts of a file for which a hook told of a completion a moment ago. */
  toldCompletions(path: RepoPath): readonly Attributed[] {
    const since = this.repo.now() - completionsCount;
    return this.repo.ledger
      .lastStates(path)
      .filter(({ time, worktree }) => time >= since && worktree === this.repo.worktree)
      .map(({ attributed }) => attributed)
      .filter(({ runs }) => runs.some((run) => run.kind === 'made' && run.source.rule === 'hook.completion'));
  }

  /** The committed text that lines are marked against; nothing where the file is in neither. */
  baseline(path: RepoPath, scope: 'uncommitted' | 'outgoing'): Promise<string | undefined> {
    return this.#textAt(scope === 'uncommitted' ? this.#position.head : this.#position.published, path);
  }

  /** The file's text in `HEAD`; nothing where there is none. */
  headText(path: RepoPath): Promise<string | undefined> {
    return this.#textAt(this.#position.head, path);
  }

  #textAt(commit: Sha | undefined, path: RepoPath): Promise<string | undefined> {
    if (commit === undefined) return Promise.resolve(undefined);
    const key = `${commit}:${path}`;
    const known = this.#committed.get(key);
    if (known !== undefined) return known;
    const text = this.#app.readFileText(this.repo, commit, path).then((file) => file?.text);
    if (this.#committed.size > 200) this.#committed.clear();
    this.#committed.set(key, text);
    return text;
  }

  /** A look-up for text that stands as in commits, prepared for some lines (0-based). */
  lookup(attributed: Attributed, path: RepoPath, lines: ReadonlySet<number>): Promise<BaseLookup> {
    const { head } = this.#position;
    return this.#origins.baseLookup(attributed, path, head === undefined ? [] : [head], lines);
  }

  /** Reads again whether recording was agreed to, and where the repository stands. */
  async readAgain(): Promise<void> {
    const wasSetUp = this.#isSetUp;
    await this.#readState();
    if (this.#isSetUp === wasSetUp || this.#disposed) return;
    this.#watchLedger();
    this.#changed.fire('setup');
  }

  /** How many AI lines files on disk have beyond `HEAD`, by path; empty without reading anything where the ledger knows of none. */
  async uncommittedAi(): Promise<ReadonlyMap<string, number>> {
    const result = new Map<string, number>();
    if (!this.#isSetUp || this.repo.ledger.pathsWithAi().length === 0) return result;
    const files = await this.#app.uncommittedLines(this.repo, { book: this.#book, origins: this.#origins });
    for (const [path, counts] of Object.entries(files)) {
      if (counts.ai + counts['ai-edited'] > 0) result.set(path, counts.ai + counts['ai-edited']);
    }
    return result;
  }

  /** How many AI lines files of `HEAD` have from outgoing commits other than `signed`, by path. */
  outgoingAi(signed: ReadonlySet<Sha>): Promise<ReadonlyMap<string, number>> {
    const { head, published } = this.#position;
    if (!this.#isSetUp || head === undefined || head === published) return Promise.resolve(new Map());
    const key = [head, published, ...signed].join(' ');
    if (this.#outgoingAi?.key !== key) {
      const range = { base: published, head, signed };
      const counts = this.#app.outgoingAi(this.repo, { book: this.#book, origins: this.#origins }, range);
      this.#outgoingAi = { key, counts };
    }
    return this.#outgoingAi.counts;
  }

  /** The commit that added a line (0-based) of a text of a file; nothing for one that is not committed. */
  async commitOfLine(path: RepoPath, text: string, line: number): Promise<Sha | undefined> {
    const { head } = this.#position;
    const committed = await this.headText(path);
    const number = committed === undefined ? undefined : lineBefore(committed, text, line);
    if (head === undefined || number === undefined) return undefined;
    return (await this.#origins.linesAt(head, path, [number + 1, number + 1])).get(number + 1)?.commit;
  }

  /** What is known of a text of a file here, for a place outside this repository: nothing of it refers to commits. */
  async detached(path: RepoPath, attributed: Attributed): Promise<Attributed> {
    const lines = new Set(splitLines(attributed.text).keys());
    const runs = withoutBase(answerBase(attributed, await this.lookup(attributed, path, lines)));
    return { text: attributed.text, runs, nicks: [], cuts: [] };
  }

  /** Who wrote a text that stands, or stood lately, in a file here other than `except`; nothing where none has it. */
  async workspaceText(text: string, except: RepoPath | undefined): Promise<Runs | undefined> {
    if (!this.#isSetUp) return undefined;
    const since = this.repo.now() - keptFor;
    return this.#app.workspaceText(this.repo, this.#origins, text, { head: this.#position.head, since, except });
  }

  /** Says that something may have happened to `HEAD` or its upstream. */
  checkHead(): void {
    this.#later('head', () =>
      guarded(this.#log, 'reading the state of a repository', async () => {
        const [before, wasSetUp] = [this.#position, this.#isSetUp];
        await this.#readState();
        if (this.#disposed) return;
        if (this.#isSetUp !== wasSetUp) {
          this.#watchLedger();
          this.#changed.fire('setup');
        }
        if (before.head !== this.#position.head || before.published !== this.#position.published) {
          this.repo.ledger.refresh();
          // Records come with commits: what was not known a moment ago may be known now.
          this.#book = new this.#app.RecordBook(this.repo);
          this.#origins = new this.#app.LineOrigins(this.repo, this.#book);
          this.#changed.fire('head');
        }
      }),
    );
  }

  async #readState(): Promise<void> {
    this.#isSetUp = await this.#app.isSetUp(this.repo);
    const head = await this.#app.resolve(this.repo.git, 'HEAD', 'commit');
    this.#position = {
      head,
      published: head === undefined ? undefined : await this.#app.publishedPart(this.repo, head),
    };
  }

  #watchLedger(): void {
    if (this.#watchesLedger || !this.#isSetUp) return;
    this.#watchesLedger = true;
    const { ledger } = this.repo;
    try {
      mkdirSync(ledger.directory, { recursive: true, mode: 0o700 });
      const own = ledger.journal;
      const watcher = watch(ledger.directory, (_, name) => {
        if (name === own) return;
        this.#later('ledger', () => {
          ledger.refresh();
          this.#changed.fire('ledger');
        });
      });
      this.#keep(watcher);
    } catch (problem) {
      this.#log.fault('watching the ledger', problem);
    }
  }

  #watch(folder: string): void {
    try {
      // Refs live deeper; the reflog of HEAD, the index or a lock file beside them always moves too.
      this.#keep(
        watch(
          folder,
          (_, name) =>
            void (
              name !== null &&
              /^(?:HEAD|ORIG_HEAD|FETCH_HEAD|config|index|packed-refs|COMMIT_EDITMSG)/.test(name) &&
              this.checkHead()
            ),
        ),
      );
    } catch (problem) {
      this.#log.fault('watching the repository', problem);
    }
  }

  #keep(watcher: FSWatcher): void {
    watcher.on('error', (problem) => this.#log.fault('watching the repository', problem));
    this.#watchers.push(watcher);
  }

  #later(what: 'ledger' | 'head', work: () => void): void {
    if (this.#disposed) return;
    clearTimeout(this.#timers.get(what));
    this.#timers.set(what, setTimeout(work, settle[what]));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const watcher of this.#watchers) watcher.close();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#changed.dispose();
    this.repo.dispose();
  }
}
