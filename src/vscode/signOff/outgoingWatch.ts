import * as vscode from 'vscode';
import type { Outgoing } from '../../app/gate/outgoing';
import { ToolError } from '../../core/errors';
import { type SignOffView, signOffView } from '../../core/views/signOffView';
import type { Repositories } from '../capture/repositories';
import type { WatchedRepository } from '../capture/watchedRepository';
import { guarded, type Log } from '../log';
import { gitApi } from '../push/gitApi';

/** What is known of the outgoing work of one repository. */
export type OutgoingState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'ready'; readonly outgoing: Outgoing; readonly view: SignOffView }
  /** There is nowhere that the work could go to, or nothing to go there. */
  | { readonly kind: 'no-remote' | 'no-commits' }
  | { readonly kind: 'failed'; readonly message: string; readonly next: string | undefined };

/** One repository with its state. */
export interface OutgoingEntry {
  readonly repository: WatchedRepository;
  readonly state: OutgoingState;
}

interface Check {
  state: OutgoingState;
  /** What the state was made from; absent until there is one. */
  madeFrom: string | undefined;
  wanted: 'no' | 'if-changed' | 'always';
}

const settleMs = 300;

/** Keeps what is outgoing checked, one repository at a time, after whatever may have changed it has settled. */
export class OutgoingWatch implements vscode.Disposable {
  readonly #repositories: Repositories;
  readonly #log: Log;
  readonly #checks = new Map<WatchedRepository, Check>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #checking = new vscode.EventEmitter<Promise<void>>();
  /** Fires when checks begin, with their end. */
  readonly onDidBegin = this.#checking.event;
  readonly #subscriptions: vscode.Disposable[];
  #shown: ReadonlySet<WatchedRepository> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #disposed = false;

  constructor(repositories: Repositories, log: Log) {
    this.#repositories = repositories;
    this.#log = log;
    this.#subscriptions = [
      this.#changed,
      this.#checking,
      repositories.onNews(({ repository, change }) => {
        if (change !== 'ledger') this.#want(repository, 'if-changed');
      }),
      repositories.onDidChangeWindow(() => this.#followWindow()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.lookAgain();
      }),
    ];
    for (const repository of repositories.all) this.#want(repository, 'always');
    guarded(log, 'following the Git extension', () => this.#followGit());
  }

  /** Those of the window that are set up. */
  get entries(): readonly OutgoingEntry[] {
    return this.#repositories.inWindow.flatMap((repository) => {
      const state = this.#checks.get(repository)?.state;
      return repository.isSetUp && state !== undefined ? [{ repository, state }] : [];
    });
  }

  /** What the view says of a repository; nothing until it is checked, or where there is nothing to say. */
  viewOf(repository: WatchedRepository): SignOffView | undefined {
    const state = this.#checks.get(repository)?.state;
    return state?.kind === 'ready' ? state.view : undefined;
  }

  /** Checks those that came into the window, and tells of those that left it. */
  #followWindow(): void {
    const { inWindow } = this.#repositories;
    const shown = new Set(inWindow);
    if (shown.size === this.#shown.size && inWindow.every((one) => this.#shown.has(one))) return;
    for (const repository of inWindow) if (!this.#shown.has(repository)) this.#want(repository, 'if-changed');
    this.#shown = shown;
    this.#changed.fire();
  }

  /** Checks again where something has changed since. */
  lookAgain(): void {
    for (const repository of this.#repositories.inWindow) this.#want(repository, 'if-changed');
  }

  /** Checks everything again and resolves when that is done. */
  async refresh(): Promise<void> {
    for (const repository of this.#repositories.inWindow) this.#want(repository, 'always');
    clearTimeout(this.#timer);
    do await this.#run();
    while (this.#nextWanted() !== undefined && !this.#disposed);
  }

  async #followGit(): Promise<void> {
    const api = await gitApi();
    if (api === undefined || this.#disposed) return;
    const follow = ({ state }: (typeof api.repositories)[number]): void => {
      this.#subscriptions.push(state.onDidChange(() => this.lookAgain()));
    };
    api.repositories.forEach(follow);
    this.#subscriptions.push(api.onDidOpenRepository(follow));
  }

  #want(repository: WatchedRepository, wanted: 'if-changed' | 'always'): void {
    if (this.#disposed || !vscode.workspace.isTrusted) return;
    const check = this.#checks.get(repository);
    if (check === undefined) this.#checks.set(repository, { state: { kind: 'checking' }, madeFrom: undefined, wanted });
    else if (check.wanted !== 'always') check.wanted = wanted;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => guarded(this.#log, 'checking what is outgoing', () => this.#run()), settleMs);
  }

  /** One run at a time: whoever comes while one runs gets that one's end, and it takes in what was wanted meanwhile. */
  #run(): Promise<void> {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #runAll(): Promise<void> {
    for (let found = this.#nextWanted(); found !== undefined && !this.#disposed; found = this.#nextWanted()) {
      const [repository, check] = found;
      const { wanted } = check;
      check.wanted = 'no';
      if (!repository.isSetUp) {
        check.madeFrom = undefined;
        this.#changed.fire();
        continue;
      }
      await this.#check(repository, check, wanted === 'always');
    }
  }

  #nextWanted(): readonly [WatchedRepository, Check] | undefined {
    return [...this.#checks].find(([, { wanted }]) => wanted !== 'no');
  }

  async #check(repository: WatchedRepository, check: Check, always: boolean): Promise<void> {
    const { app } = await import('./app');
    const { repo } = repository;
    try {
      if (!always && check.madeFrom !== undefined && check.madeFrom === (await app.outgoingState(repo))) return;
      const { value: outgoing, madeFrom } = await app.untilSettled(
        () => app.outgoingState(repo),
        () => {
          const work = app.outgoingWork(repo, app.recordsOf(repo));
          this.#checking.fire(work.then(nothing, nothing));
          return work;
        },
      );
      check.madeFrom = madeFrom;
      check.state = outgoing === undefined ? { kind: 'no-remote' } : ready(outgoing);
    } catch (problem) {
      if (this.#disposed) return;
      check.madeFrom = undefined;
      check.state = failed(problem);
      if (check.state.kind === 'failed') this.#log.fault('checking what is outgoing', problem);
    }
    this.#changed.fire();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}

function nothing(): void {}

function ready(outgoing: Outgoing): OutgoingState {
  const { judgement, commits, pushRef, branch } = outgoing;
  return { kind: 'ready', outgoing, view: signOffView({ result: judgement.result, commits, pushRef, branch }) };
}

function failed(problem: unknown): OutgoingState {
  if (problem instanceof ToolError && (problem.code === 'no-remote' || problem.code === 'no-commits'))
    return { kind: problem.code };
  const next = problem instanceof ToolError ? problem.next : undefined;
  return { kind: 'failed', message: problem instanceof Error ? problem.message : String(problem), next };
}
