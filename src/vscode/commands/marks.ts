import * as vscode from 'vscode';
import type { Marks } from '../display/marks';
import { regionSentence } from '../display/words';
import type { Log } from '../log';
import { toggleMarks } from '../settings';

/** What the line number's menu passes. */
interface LineArgument {
  /** 1-based. */
  readonly lineNumber: number;
  readonly uri: vscode.Uri;
}

/** Commands around the marks: describe, go to, hide, and the actions of the status bar. */
export function registerMarkCommands(marks: Marks, log: Log): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('countersign.toggleMarks', () => toggleMarks()),
    vscode.commands.registerCommand('countersign.showOutput', () => log.show()),
    vscode.commands.registerCommand('countersign.describeRegion', (argument?: unknown) => describe(marks, argument)),
    vscode.commands.registerTextEditorCommand('countersign.nextRegion', (editor) => goTo(marks, editor, 1)),
    vscode.commands.registerTextEditorCommand('countersign.previousRegion', (editor) => goTo(marks, editor, -1)),
    vscode.commands.registerCommand('countersign.showActions', () => showActions()),
  );
}

function describe(marks: Marks, argument: unknown): void {
  const editor = vscode.window.activeTextEditor;
  const place = isLineArgument(argument)
    ? { uri: argument.uri, line: argument.lineNumber - 1 }
    : editor === undefined
      ? undefined
      : { uri: editor.document.uri, line: editor.selection.active.line };
  const region = place === undefined ? undefined : marks.regionAt(place.uri, place.line);
  const sentence = region === undefined ? vscode.l10n.t('No marked region at the cursor.') : regionSentence(region);
  void vscode.window.showInformationMessage(sentence);
}

function goTo(marks: Marks, editor: vscode.TextEditor, step: 1 | -1): void {
  const regions = marks.get(editor.document.uri)?.regions ?? [];
  const line = editor.selection.active.line;
  const ahead =
    step === 1
      ? (regions.find((region) => region.firstLine > line) ?? regions[0])
      : ([...regions].reverse().find((region) => region.lastLine < line) ?? regions[regions.length - 1]);
  if (ahead === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('This file has no marked regions.'));
    return;
  }
  const position = new vscode.Position(ahead.firstLine, 0);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

async function showActions(): Promise<void> {
  const actions = [
    { label: vscode.l10n.t('Go to the next marked region'), command: 'countersign.nextRegion' },
    { label: vscode.l10n.t('Describe the region at the cursor'), command: 'countersign.describeRegion' },
    { label: vscode.l10n.t('Show what needs a senior sign-off'), command: 'countersign.signOff.focus' },
    { label: vscode.l10n.t('Show or hide the marks'), command: 'countersign.toggleMarks' },
    { label: vscode.l10n.t('Show the output'), command: 'countersign.showOutput' },
  ];
  const picked = await vscode.window.showQuickPick(actions, { title: 'Countersign' });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}

function isLineArgument(value: unknown): value is LineArgument {
  return (
    typeof value === 'object' &&
    value !== null &&
    'lineNumber' in value &&
    typeof value.lineNumber === 'number' &&
    'uri' in value &&
    value.uri instanceof vscode.Uri
  );
}
