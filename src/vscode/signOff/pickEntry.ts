import * as vscode from 'vscode';
import type { OutgoingEntry, OutgoingWatch } from './outgoingWatch';
import { gestureWords, summaryWords } from './words';

/** The repository that a command is about: the only one with outgoing commits, else one that the person chooses. */
export async function pickEntry(watch: OutgoingWatch, title: string): Promise<OutgoingEntry | undefined> {
  const entries = watch.entries.filter(({ state }) => state.kind === 'ready' && state.view.commits.length > 0);
  const [only] = entries;
  if (only === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing is outgoing from a repository that is set up.'));
    return undefined;
  }
  if (entries.length === 1) return only;
  const items = entries.map((entry) => ({
    label: entry.repository.repo.worktree,
    description:
      entry.state.kind === 'ready'
        ? `${gestureWords(entry.state.view.summary)}: ${summaryWords(entry.state.view.summary)}`
        : '',
    entry,
  }));
  return (await vscode.window.showQuickPick(items, { title }))?.entry;
}
