import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Attributed } from '../../core/attribution/attributed';
import { guarded, type Log } from '../log';
import { findFile } from './findFile';
import type { Repositories } from './repositories';
import type { Home, TrackedDocument } from './trackedDocument';

/** Of a folder that is deleted or moved so many files are looked at; of the others nothing is known. */
const mostFiles = 500;

/** A deletion that an agent's hook told of within so many milliseconds is the agent's. */
const hookTold = 60_000;

/** What following files needs. */
export interface MovesFollowing {
  readonly repositories: Repositories;
  readonly log: Log;
  /** What is known of an open document, or of one that was closed lately. */
  readonly find: (uri: vscode.Uri) => TrackedDocument | undefined;
  /** Writes to the ledgers what they do not have. */
  readonly flush: () => void;
}

/** A file that goes, with what was removed from it before. */
interface Going {
  readonly uri: vscode.Uri;
  readonly home: Home;
  readonly cuts: Attributed['cuts'];
}

/** Records which files a person deletes or moves in the explorer, and carries what is known of them to their next place. */
export class FileMoves implements vscode.Disposable {
  readonly #with: MovesFollowing;
  readonly #subscriptions: vscode.Disposable[];
  readonly #going = new Map<string, Promise<readonly Going[]>>();

  constructor(following: MovesFollowing) {
    this.#with = following;
    this.#subscriptions = [
      vscode.workspace.onWillDeleteFiles(({ files }) => {
        following.flush();
        for (const uri of files) this.#going.set(uri.toString(), this.#lookUp(uri));
      }),
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        for (const uri of files) guarded(following.log, `recording that ${uri.fsPath} is gone`, () => this.#gone(uri));
      }),
      vscode.workspace.onWillRenameFiles(() => following.flush()),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files)
          guarded(following.log, `recording where ${oldUri.fsPath} is`, () => this.#moved(oldUri, newUri));
      }),
    ];
  }

  /** What is known of files that are about to be deleted: afterwards their text is gone. */
  async #lookUp(uri: vscode.Uri): Promise<readonly Going[]> {
    const files = filesUnder(uri).map((file) => ({ file, text: findFile(file.fsPath) }));
    const going: Going[] = [];
    for (const { file, text } of files) {
      const home = await this.#homeOf(file);
      if (home === undefined || text === undefined) continue;
      const tracked = this.#with.find(file);
      const known = tracked?.tracker.isSettled
        ? tracked.tracker.attributed()
        : await home.repository.known(home.path, text);
      going.push({ uri: file, home, cuts: known.cuts });
    }
    return going;
  }

  async #gone(uri: vscode.Uri): Promise<void> {
    const going = await this.#going.get(uri.toString());
    this.#going.delete(uri.toString());
    for (const { uri: file, home, cuts } of going ?? []) {
      if (!home.repository.isSetUp || wasToldByHook(home)) continue;
      const tracked = this.#with.find(file);
      home.repository.note(home.path, tracked?.chain ?? randomUUID(), { kind: 'gone', cuts });
      tracked?.noteGone();
    }
  }

  async #moved(from: vscode.Uri, to: vscode.Uri): Promise<void> {
    for (const file of filesUnder(to)) {
      const former = vscode.Uri.file(from.fsPath + file.fsPath.slice(to.fsPath.length));
      const [oldHome, home, text] = [await this.#homeOf(former), await this.#homeOf(file), findFile(file.fsPath)];
      if (oldHome === undefined || text === undefined || !oldHome.repository.isSetUp) continue;
      const tracked = this.#with.find(former);
      const known = tracked?.tracker.isSettled
        ? tracked.tracker.attributed()
        : await oldHome.repository.known(oldHome.path, text);
      oldHome.repository.note(oldHome.path, tracked?.chain ?? randomUUID(), { kind: 'gone', cuts: known.cuts });
      tracked?.noteGone();
      // An open document takes what is known along by itself.
      if (home === undefined || !home.repository.isSetUp || known.text !== text || this.#with.find(file) !== undefined)
        continue;
      const isSame = home.repository === oldHome.repository;
      const attributed = isSame ? { ...known, cuts: [] } : await oldHome.repository.detached(oldHome.path, known);
      home.repository.note(home.path, randomUUID(), { kind: 'there', attributed });
    }
  }

  async #homeOf(uri: vscode.Uri): Promise<Home | undefined> {
    const repository = await this.#with.repositories.find(uri);
    const path = repository?.pathOf(uri.fsPath);
    return repository === undefined || path === undefined ? undefined : { repository, path };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
  }
}

/** Whether an agent's hook said lately that it would work on the file or that it deleted it. */
function wasToldByHook({ repository, path }: Home): boolean {
  const { ledger, now, worktree } = repository.repo;
  ledger.refresh();
  return ledger
    .lastStates(path)
    .some(
      (state) =>
        state.worktree === worktree &&
        state.writer !== ledger.writer &&
        (state.role === 'before' || state.existence === 'gone') &&
        now() - state.time < hookTold,
    );
}

/** The file, or the files in a folder; bounded, without git's own. */
function filesUnder(uri: vscode.Uri): readonly vscode.Uri[] {
  const found: vscode.Uri[] = [];
  const walk = (path: string, isFolder: boolean): void => {
    if (found.length >= mostFiles) return;
    if (!isFolder) found.push(vscode.Uri.file(path));
    else
      for (const entry of readdirSync(path, { withFileTypes: true }))
        if (entry.name !== '.git' && (entry.isFile() || entry.isDirectory()))
          walk(join(path, entry.name), entry.isDirectory());
  };
  const stat = statSync(uri.fsPath, { throwIfNoEntry: false });
  if (uri.scheme === 'file' && stat !== undefined) walk(uri.fsPath, stat.isDirectory());
  return found;
}
