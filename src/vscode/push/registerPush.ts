import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { lastPushFile, readLastPush } from '../../app/gate/lastPush';
import { type PushRefusal, pushRefusal } from '../../core/views/pushRefusal';
import type { Repositories } from '../capture/repositories';
import type { WatchedRepository } from '../capture/watchedRepository';
import { guarded, type Log } from '../log';
import { isQuiet } from '../settings';
import type { OutgoingWatch } from '../signOff/outgoingWatch';
import { gitApi } from './gitApi';

/** A push from the UI tells us itself, shortly after its hook has left word. */
const ownPushMs = 2500;

/**
 * Says what happened when the gate refuses a push: instead of the Git extension's advice to pull first, and for a push
 * from a terminal, of which nobody else tells the editor.
 */
export function registerPush(outgoing: OutgoingWatch, repositories: Repositories, log: Log): vscode.Disposable {
  const told = { at: 0 };
  const terminal = new TerminalPushes(repositories, log, (refusal) => {
    outgoing.lookAgain();
    if (Date.now() - told.at < 2 * ownPushMs || isQuiet()) return;
    show(refusal, log);
  });
  const subscriptions: vscode.Disposable[] = [terminal];
  let disposed = false;
  guarded(log, 'offering to explain refused pushes', async () => {
    const api = await gitApi();
    if (api === undefined || disposed) return;
    subscriptions.push(
      api.registerPushErrorHandler({
        async handlePushError(_repository, _remote, _refspec, error) {
          try {
            const refusal = typeof error.stderr === 'string' ? pushRefusal(error.stderr) : undefined;
            if (refusal === undefined) return false;
            told.at = Date.now();
            await vscode.commands.executeCommand('countersign.signOff.focus', { preserveFocus: true });
            show(refusal, log);
            outgoing.lookAgain();
            return true;
          } catch (problem) {
            // Whatever goes wrong here, the person still hears of the refused push, from the Git extension.
            log.fault('explaining a refused push', problem);
            return false;
          }
        },
      }),
    );
  });
  return new vscode.Disposable(() => {
    disposed = true;
    for (const subscription of subscriptions.splice(0)) subscription.dispose();
  });
}

/** One message, which may stay as long as the person likes. */
function show({ reason, next }: PushRefusal, log: Log): void {
  const open = vscode.l10n.t('Show What Is Missing');
  const sign = vscode.l10n.t('Sign Off…');
  const words = next === undefined ? reason : `${reason} ${next}`;
  guarded(log, 'telling of a refused push', async () => {
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('The push was refused: {0}', words),
      open,
      sign,
    );
    if (answer === open) await vscode.commands.executeCommand('countersign.signOff.focus');
    if (answer === sign) await vscode.commands.executeCommand('countersign.sign');
  });
}

/** Watches for the word that the hook leaves of each push that it judged. */
class TerminalPushes implements vscode.Disposable {
  readonly #log: Log;
  readonly #refused: (refusal: PushRefusal) => void;
  readonly #watched = new Map<WatchedRepository, FSWatcher>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #news: vscode.Disposable;
  /** What was left before this window looked, or was told already. */
  readonly #known = new Map<WatchedRepository, number>();

  constructor(repositories: Repositories, log: Log, refused: (refusal: PushRefusal) => void) {
    this.#log = log;
    this.#refused = refused;
    for (const repository of repositories.all) this.#follow(repository);
    this.#news = repositories.onNews(({ repository }) => this.#follow(repository));
  }

  #follow(repository: WatchedRepository): void {
    if (this.#watched.has(repository) || !repository.isSetUp) return;
    const { commonDir } = repository.repo.git;
    const file = join(commonDir, lastPushFile);
    this.#known.set(repository, readLastPush(commonDir)?.time ?? 0);
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const watcher = watch(dirname(file), (_, name) => {
        if (name === basename(file)) this.#later(() => this.#read(repository));
      });
      watcher.on('error', (problem) => this.#log.fault('watching for refused pushes', problem));
      this.#watched.set(repository, watcher);
    } catch (problem) {
      this.#log.fault('watching for refused pushes', problem);
    }
  }

  #later(work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ownPushMs);
    this.#timers.add(timer);
  }

  #read(repository: WatchedRepository): void {
    const last = readLastPush(repository.repo.git.commonDir);
    if (last === undefined || last.time === this.#known.get(repository)) return;
    this.#known.set(repository, last.time);
    const refusal = last.verdict === 'blocked' ? pushRefusal(last.lines.join('\n')) : undefined;
    if (refusal !== undefined) this.#refused(refusal);
  }

  dispose(): void {
    this.#news.dispose();
    for (const watcher of this.#watched.values()) watcher.close();
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
