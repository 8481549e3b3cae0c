import * as vscode from 'vscode';
import { sourceBy } from '../../core/attribution/rules';
import type { Source } from '../../core/attribution/source';
import { agentName } from '../../core/message/agentNames';
import type { Capture } from '../capture/capture';

const tools = ['claude-code', 'codex', 'copilot', 'cursor', 'gemini-cli', 'windsurf', 'cline', 'continue'];

/** Commands by which a person says who wrote the selected lines. */
export function registerClaims(capture: Capture): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerTextEditorCommand('countersign.markAsHuman', (editor) => {
      claim(capture, editor, sourceBy('claim', { kind: 'human', claim: 'claim' }));
    }),
    vscode.commands.registerTextEditorCommand('countersign.markAsAi', async (editor) => {
      const items = tools.map((tool) => ({ label: agentName(tool).replaceAll('-', ' '), tool }));
      const other = { label: vscode.l10n.t('Another tool'), tool: 'unnamed' };
      const picked = await vscode.window.showQuickPick([...items, other], {
        title: vscode.l10n.t('Which AI wrote the selection?'),
      });
      if (picked === undefined) return;
      const session = { tool: picked.tool, kind: 'chat', evidence: 'declared' } as const;
      claim(capture, editor, sourceBy('claim', { kind: 'ai', session, claim: 'claim' }));
    }),
  );
}

function claim(capture: Capture, editor: vscode.TextEditor, source: Source): void {
  const tracked = capture.get(editor.document.uri);
  if (tracked === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('This document is not recorded, so nothing can be said of it.'),
    );
    return;
  }
  let claimed = 0;
  for (const selection of editor.selections) {
    // A line is what records speak of: an empty selection means its line.
    const range = selection.isEmpty ? editor.document.lineAt(selection.active.line).range : selection;
    claimed += capture.claim(tracked, range, source);
  }
  if (claimed > 0) return;
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Nothing was changed: text that is known to be by AI stays so, and committed text is claimed with "countersign claim".',
    ),
  );
}
