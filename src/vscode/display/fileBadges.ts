import * as vscode from 'vscode';
import { showsBadges } from '../settings';
import type { Marks } from './marks';

/** A badge in the explorer on files that add AI lines nobody has signed off. */
export function registerFileBadges(marks: Marks): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  return vscode.Disposable.from(
    changed,
    marks.onDidChange((uri) => changed.fire(uri)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign')) changed.fire(undefined);
    }),
    vscode.window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      provideFileDecoration(uri) {
        const counts = showsBadges() ? marks.get(uri)?.counts : undefined;
        const ai = counts === undefined ? 0 : counts.ai + counts['ai-edited'];
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
