import * as vscode from 'vscode';
import type { Acceptance } from '../capture/acceptance';

/** The editor's own commands for which ours stand in, by the argument that our keybindings give. */
const wrapped: ReadonlyMap<unknown, string> = new Map([
  ['commit', 'editor.action.inlineSuggest.commit'],
  ['jump', 'editor.action.inlineSuggest.jump'],
  ['word', 'editor.action.inlineSuggest.acceptNextWord'],
]);

/**
 * The command behind the keys that accept a completion, where `countersign.capture.wrapInlineAccept` is on: it runs the
 * editor's own and tells the capture, for editors that do not tell where a change comes from. The keybindings carry the
 * conditions of the editor's own (VS Code 1.139), so that they win exactly where those would.
 */
export function registerAcceptCompletion(acceptance: Acceptance): vscode.Disposable {
  return vscode.commands.registerCommand('countersign.acceptCompletion', async (what: unknown) => {
    const command = wrapped.get(what ?? 'commit');
    const uri = vscode.window.activeTextEditor?.document.uri;
    if (command === undefined) return;
    if (uri === undefined) await vscode.commands.executeCommand(command);
    else await acceptance.around(uri, () => vscode.commands.executeCommand(command));
  });
}
