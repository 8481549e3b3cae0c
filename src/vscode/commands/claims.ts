import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import { sourceBy } from '../../core/attribution/rules';
import type { Source } from '../../core/attribution/source';
import { claimRange, releaseRange } from '../../core/capture/claimRange';
import { agentName } from '../../core/message/agentNames';
import type { Capture, Saying } from '../capture/capture';
import type { TrackedDocument } from '../capture/trackedDocument';
import type { SaidLines } from '../display/hover';

const tools = ['claude-code', 'codex', 'copilot', 'cursor', 'gemini-cli', 'windsurf', 'cline', 'continue'];

/** Commands by which a person says who wrote the selected lines, and takes that back. */
export function registerClaims(capture: Capture): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerTextEditorCommand('countersign.markAsHuman', (editor) =>
      claim(capture, editor, sourceBy('claim', { kind: 'human', claim: 'claim' })),
    ),
    vscode.commands.registerTextEditorCommand('countersign.markAsAi', async (editor) => {
      const items = tools.map((tool) => ({ label: agentName(tool).replaceAll('-', ' '), tool }));
      const other = { label: vscode.l10n.t('Another tool'), tool: 'unnamed' };
      const picked = await vscode.window.showQuickPick([...items, other], {
        title: vscode.l10n.t('Which AI wrote the selection?'),
      });
      if (picked === undefined) return;
      const session = { tool: picked.tool, kind: 'chat', evidence: 'declared' } as const;
      await claim(capture, editor, sourceBy('claim', { kind: 'ai', session, claim: 'claim' }));
    }),
    vscode.commands.registerCommand('countersign.takeBackClaim', (lines?: unknown) => takeBack(capture, lines)),
  );
}

/** Takes back what was said of the lines of a hover, or else of the selection. */
function takeBack(capture: Capture, lines: unknown): void {
  const editor = isSaidLines(lines)
    ? vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === lines.uri)
    : vscode.window.activeTextEditor;
  const tracked = editor === undefined ? undefined : followed(capture, editor);
  if (editor === undefined || tracked === undefined) return;
  const changed = isSaidLines(lines)
    ? capture.take(tracked, linesRange(editor.document, lines), releaseRange)
    : say(capture, tracked, editor, releaseRange);
  if (changed === 0) tell(vscode.l10n.t('Nobody said anything of the selection that could be taken back.'));
}

function linesRange(document: vscode.TextDocument, { firstLine, lastLine }: SaidLines): vscode.Range {
  return document.validateRange(new vscode.Range(firstLine, 0, lastLine + 1, 0));
}

function isSaidLines(value: unknown): value is SaidLines {
  return (
    typeof value === 'object' &&
    value !== null &&
    'uri' in value &&
    typeof value.uri === 'string' &&
    'firstLine' in value &&
    Number.isSafeInteger(value.firstLine) &&
    'lastLine' in value &&
    Number.isSafeInteger(value.lastLine)
  );
}

async function claim(capture: Capture, editor: vscode.TextEditor, source: Source): Promise<void> {
  const tracked = followed(capture, editor);
  if (tracked === undefined) return;
  const said = { by: await speaker(tracked), at: Date.now() };
  const changed = say(capture, tracked, editor, (before, start, end) => claimRange(before, start, end, source, said));
  if (changed > 0) return;
  tell(
    vscode.l10n.t(
      'Nothing was changed: text that is known to be by AI stays so, and committed text is claimed with "countersign claim".',
    ),
  );
}

/** Who speaks: the identity that the repository commits as, else the one of the system. */
async function speaker({ home }: TrackedDocument): Promise<string> {
  return (await home?.repository.person()) ?? userInfo().username;
}

function followed(capture: Capture, { document }: vscode.TextEditor): TrackedDocument | undefined {
  const tracked = capture.get(document.uri);
  if (tracked === undefined) tell(vscode.l10n.t('This document is not recorded, so nothing can be said of it.'));
  return tracked;
}

function say(capture: Capture, tracked: TrackedDocument, editor: vscode.TextEditor, saying: Saying): number {
  let changed = 0;
  for (const selection of editor.selections) {
    // A line is what records speak of: an empty selection means its line.
    const range = selection.isEmpty ? editor.document.lineAt(selection.active.line).range : selection;
    changed += capture.take(tracked, range, saying);
  }
  return changed;
}

function tell(words: string): void {
  void vscode.window.showInformationMessage(words);
}
