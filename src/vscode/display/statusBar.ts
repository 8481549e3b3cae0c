import * as vscode from 'vscode';
import type { FileMarks } from '../../core/capture/marks';
import { showsStatusBar } from '../settings';
import type { Marks } from './marks';
import { classWords } from './words';

/** The share of AI lines among what the active file adds, in the status bar; nothing shows for a file without. */
export function registerStatusBar(marks: Marks): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('countersign.share', vscode.StatusBarAlignment.Right, 90);
  item.name = vscode.l10n.t('AI Lines');
  item.command = 'countersign.showActions';
  const update = (): void => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const found = uri === undefined ? undefined : marks.get(uri);
    const ai = found === undefined ? 0 : found.counts.ai + found.counts['ai-edited'];
    if (found === undefined || ai === 0 || !showsStatusBar()) {
      item.hide();
      return;
    }
    const share = Math.round((100 * ai) / totalOf(found));
    const words = vscode.l10n.t('AI {0}%', share);
    item.text = `$(sparkle) ${words}`;
    const sentence = vscode.l10n.t('{0} of {1} lines that this file adds are by AI.', ai, totalOf(found));
    item.tooltip = [sentence, ...breakdown(found)].join('\n');
    // Begins with what is shown, so that voice control finds it by the words that are seen.
    item.accessibilityInformation = { label: `${words}. ${sentence}`, role: 'button' };
    item.show();
  };
  const subscriptions = [
    item,
    marks.onDidChange(update),
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('countersign')) update();
    }),
  ];
  update();
  return vscode.Disposable.from(...subscriptions);
}

function totalOf({ counts }: FileMarks): number {
  return counts.ai + counts['ai-edited'] + counts.human + counts.pasted + counts.unknown;
}

function breakdown({ counts }: FileMarks): readonly string[] {
  return (['ai', 'ai-edited', 'human', 'pasted', 'unknown'] as const)
    .filter((lineClass) => counts[lineClass] > 0)
    .map((lineClass) => `${classWords(lineClass)}: ${counts[lineClass]}`);
}
