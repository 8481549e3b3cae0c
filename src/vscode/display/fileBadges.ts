import * as vscode from 'vscode';
import type { Repositories } from '../capture/repositories';
import type { WatchedRepository } from '../capture/watchedRepository';
import { guarded, type Log } from '../log';
import { showsBadges } from '../settings';
import { signedIn } from '../signOff/lineSignOff';
import type { OutgoingWatch } from '../signOff/outgoingWatch';
import type { Marks } from './marks';

/** Files on disk are looked through so many milliseconds after something happened to them. */
const lookAfter = 1500;

/** What badges are made from. */
export interface BadgeSources {
  readonly marks: Marks;
  readonly repositories: Repositories;
  readonly outgoing: OutgoingWatch;
  readonly log: Log;
}

/** AI lines that nobody signed off, by path: those on disk that are not committed, and those of outgoing commits. */
interface Unsigned {
  readonly uncommitted: ReadonlyMap<string, number>;
  readonly outgoing: ReadonlyMap<string, number>;
}

const none: Unsigned = { uncommitted: new Map(), outgoing: new Map() };

/** A badge in the explorer on files that add AI lines nobody has signed off: open ones as they are, others as they are on disk. */
export function registerFileBadges({ marks, repositories, outgoing, log }: BadgeSources): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  const found = new Map<WatchedRepository, Unsigned>();
  const timers = new Map<WatchedRepository, NodeJS.Timeout>();
  const look = (repository: WatchedRepository): void => {
    clearTimeout(timers.get(repository));
    const work = async (): Promise<void> => {
      const before = found.get(repository) ?? none;
      const now = showsBadges()
        ? {
            uncommitted: await repository.uncommittedAi(),
            outgoing: await repository.outgoingAi(signedIn(outgoing, repository)),
          }
        : none;
      if (sameCounts(before.uncommitted, now.uncommitted) && sameCounts(before.outgoing, now.outgoing)) return;
      found.set(repository, now);
      changed.fire(undefined);
    };
    timers.set(
      repository,
      setTimeout(() => guarded(log, 'looking for AI lines on disk', work), lookAfter),
    );
  };
  const lookAtAll = (): void => {
    for (const repository of repositories.all) look(repository);
  };
  const countOf = (uri: vscode.Uri): number => {
    const open = marks.get(uri)?.uncommittedAi;
    for (const [repository, counts] of found) {
      const path = repository.pathOf(uri.fsPath);
      if (path === undefined) continue;
      return (open ?? counts.uncommitted.get(path) ?? 0) + (counts.outgoing.get(path) ?? 0);
    }
    return open ?? 0;
  };
  return vscode.Disposable.from(
    changed,
    new vscode.Disposable(() => {
      for (const timer of timers.values()) clearTimeout(timer);
    }),
    marks.onDidChange((uri) => changed.fire([uri])),
    repositories.onNews(({ repository }) => look(repository)),
    outgoing.onDidChange(lookAtAll),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('countersign')) return;
      changed.fire(undefined);
      lookAtAll();
    }),
    vscode.window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      provideFileDecoration(uri) {
        const ai = showsBadges() && uri.scheme === 'file' ? countOf(uri) : 0;
        if (ai === 0) return undefined;
        const tooltip =
          ai === 1
            ? vscode.l10n.t('1 line by AI, not signed off')
            : vscode.l10n.t('{0} lines by AI, not signed off', ai);
        return new vscode.FileDecoration('AI', tooltip);
      },
    }),
  );
}

function sameCounts(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): boolean {
  return before.size === now.size && [...now].every(([path, count]) => before.get(path) === count);
}
