import * as vscode from 'vscode';
import type { Repositories } from '../capture/repositories';
import type { WatchedRepository } from '../capture/watchedRepository';
import { guarded, type Log } from '../log';
import { showsBadges } from '../settings';
import type { Marks } from './marks';

/** Files on disk are looked through so many milliseconds after something happened to them. */
const lookAfter = 1500;

/** A badge in the explorer on files that add AI lines nobody has signed off: open ones as they are, others as they are on disk. */
export function registerFileBadges(marks: Marks, repositories: Repositories, log: Log): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  const onDisk = new Map<WatchedRepository, ReadonlyMap<string, number>>();
  const timers = new Map<WatchedRepository, NodeJS.Timeout>();
  const look = (repository: WatchedRepository): void => {
    clearTimeout(timers.get(repository));
    const work = async (): Promise<void> => {
      const before = onDisk.get(repository);
      const found = showsBadges() ? await repository.uncommittedAi() : new Map<string, number>();
      if (sameCounts(before, found)) return;
      onDisk.set(repository, found);
      changed.fire(undefined);
    };
    timers.set(
      repository,
      setTimeout(() => guarded(log, 'looking for AI lines on disk', work), lookAfter),
    );
  };
  const countOf = (uri: vscode.Uri): number => {
    const counts = marks.get(uri)?.counts;
    if (counts !== undefined) return counts.ai + counts['ai-edited'];
    for (const [repository, files] of onDisk) {
      const path = files.size === 0 ? undefined : repository.pathOf(uri.fsPath);
      const count = path === undefined ? undefined : files.get(path);
      if (count !== undefined) return count;
    }
    return 0;
  };
  return vscode.Disposable.from(
    changed,
    new vscode.Disposable(() => {
      for (const timer of timers.values()) clearTimeout(timer);
    }),
    marks.onDidChange((uri) => changed.fire([uri])),
    repositories.onNews(({ repository }) => look(repository)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('countersign')) return;
      changed.fire(undefined);
      for (const repository of repositories.all) look(repository);
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

function sameCounts(before: ReadonlyMap<string, number> | undefined, now: ReadonlyMap<string, number>): boolean {
  if (before === undefined) return now.size === 0;
  return before.size === now.size && [...now].every(([path, count]) => before.get(path) === count);
}
