import * as vscode from 'vscode';
import { isQuiet } from '../settings';
import type { OutgoingEntry, OutgoingWatch } from './outgoingWatch';
import { childNodes, isWorthShowing, rootNodes, type SignOffNode, treeItem } from './signOffItems';

const viewId = 'countersign.signOff';

/** The view of outgoing commits with what each needs, its badge, and the conditions of its empty states. */
export function registerSignOffTree(watch: OutgoingWatch): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const view = vscode.window.createTreeView<SignOffNode>(viewId, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (node) => [...(node === undefined ? rootNodes(watch.entries) : childNodes(node))],
      getTreeItem: treeItem,
    },
  });
  const update = (): void => {
    const { entries } = watch;
    view.badge = badge(entries);
    void vscode.commands.executeCommand('setContext', 'countersign.signOffState', stateWord(entries));
    changed.fire(undefined);
  };
  update();
  return vscode.Disposable.from(
    view,
    changed,
    watch.onDidChange(update),
    watch.onDidBegin((end) => void vscode.window.withProgress({ location: { viewId } }, () => end)),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) watch.lookAgain();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign.signOff.badge') || event.affectsConfiguration('countersign.quiet'))
        update();
    }),
  );
}

/** How many commits wait; nothing when none does or badges are not wanted. */
function badge(entries: readonly OutgoingEntry[]): vscode.ViewBadge | undefined {
  const wanted: unknown = vscode.workspace.getConfiguration('countersign').get('signOff.badge');
  if (wanted === false || isQuiet()) return undefined;
  const value = entries.reduce((sum, { state }) => sum + (state.kind === 'ready' ? state.view.summary.waiting : 0), 0);
  if (value === 0) return undefined;
  const tooltip =
    value === 1
      ? vscode.l10n.t('1 commit needs a senior sign-off')
      : vscode.l10n.t('{0} commits need a senior sign-off', value);
  return { value, tooltip };
}

/** What the empty states and the buttons go by. */
function stateWord(entries: readonly OutgoingEntry[]): string {
  if (entries.some(isWorthShowing)) return 'ready';
  if (entries.some(({ state }) => state.kind === 'checking')) return 'checking';
  if (entries.some(({ state }) => state.kind === 'ready')) return 'nothingOutgoing';
  if (entries.some(({ state }) => state.kind === 'no-remote')) return 'noRemote';
  return entries.length === 0 ? 'none' : 'nothingOutgoing';
}
