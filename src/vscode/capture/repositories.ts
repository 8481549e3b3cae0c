import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { guarded, type Log } from '../log';
import { realFolder } from './realFolder';
import { type RepositoryChange, WatchedRepository } from './watchedRepository';
import { WindowFolders } from './windowFolders';

/** What happened to which repository; none is named when another one was found. */
export interface RepositoryNews {
  readonly repository: WatchedRepository;
  readonly change: RepositoryChange | 'opened';
}

/** The repositories that files of this window are in, each opened when the first file of it is met. */
export class Repositories implements vscode.Disposable {
  readonly #log: Log;
  readonly #byRoot = new Map<string, Promise<WatchedRepository | undefined>>();
  readonly #open = new Set<WatchedRepository>();
  readonly #news = new vscode.EventEmitter<RepositoryNews>();
  readonly onNews = this.#news.event;
  readonly #folders = new WindowFolders();
  /** Told when others may be in the window than before. */
  readonly onDidChangeWindow = this.#folders.onDidChange;
  readonly #subscriptions: vscode.Disposable[] = [this.#folders];
  #followsGit = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Those that were met, also where the folder they were met by has left the window. */
  get all(): readonly WatchedRepository[] {
    return [...this.#open];
  }

  /** Those of which a folder or an open file is in the window at this moment. */
  get inWindow(): readonly WatchedRepository[] {
    return this.#folders.of(this.#open, ({ repo }) => repo.worktree);
  }

  /**
   * The repository of a file; nothing where it is in none, or where git may not be run because the workspace is not
   * trusted. Never throws: what goes wrong is told in the output channel.
   */
  async find(uri: vscode.Uri): Promise<WatchedRepository | undefined> {
    if (uri.scheme !== 'file' || !vscode.workspace.isTrusted) return undefined;
    const root = rootOf(uri.fsPath);
    if (root === undefined) return undefined;
    const known = this.#byRoot.get(root);
    if (known !== undefined) return known;
    const opening = this.#openAt(root);
    this.#byRoot.set(root, opening);
    return opening;
  }

  async #openAt(root: string): Promise<WatchedRepository | undefined> {
    try {
      const repository = await WatchedRepository.open(root, this.#log);
      this.#open.add(repository);
      this.#subscriptions.push(repository.onDidChange((change) => this.#news.fire({ repository, change })));
      this.#news.fire({ repository, change: 'opened' });
      if (!this.#followsGit) {
        this.#followsGit = true;
        guarded(this.#log, 'following the Git extension', () => this.#followGit());
      }
      return repository;
    } catch (problem) {
      this.#log.fault(`opening the repository at ${root}`, problem);
      return undefined;
    }
  }

  /** The Git extension notices pushes and fetches, which the files we watch do not show. */
  async #followGit(): Promise<void> {
    const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
    if (extension === undefined) return;
    const api = (await extension.activate()).getAPI(1);
    const follow = (repository: GitRepository): void => {
      this.#subscriptions.push(
        repository.state.onDidChange(() => {
          for (const own of this.#open) own.checkHead();
        }),
      );
    };
    for (const repository of api.repositories) follow(repository);
    this.#subscriptions.push(api.onDidOpenRepository(follow));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    for (const repository of this.#open) repository.dispose();
    this.#open.clear();
    this.#byRoot.clear();
    this.#news.dispose();
  }
}

/** The folder above a file that holds a `.git`, found without running anything. */
function rootOf(file: string): string | undefined {
  for (let folder = realFolder(dirname(file)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The part of the Git extension's interface that is used; see `extensions/git/src/api/git.d.ts` of VS Code. */
interface GitExtension {
  getAPI(version: 1): {
    readonly repositories: readonly GitRepository[];
    readonly onDidOpenRepository: vscode.Event<GitRepository>;
  };
}

interface GitRepository {
  readonly state: { readonly onDidChange: vscode.Event<void> };
}
