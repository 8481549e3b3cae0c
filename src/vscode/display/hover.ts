import * as vscode from 'vscode';
import type { MarkedRegion } from '../../core/capture/marks';
import type { Log } from '../log';
import { markSettings } from '../settings';
import type { Marks } from './marks';
import { detailWords, lineWords } from './words';

/** Says of a line (0-based) where its sign-off stands, in words; nothing where that is not known. */
export type SignOffWords = (uri: vscode.Uri, line: number) => Promise<string | undefined>;

/** Lines (0-based, the last one included) of which a person said who wrote them, as the link that takes it back passes them. */
export interface SaidLines {
  readonly uri: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Tells who wrote a marked line, over its mark: before its first character that is no white space, not over the code. */
export function registerHover(marks: Marks, signOffWords: SignOffWords, log: Log): vscode.Disposable {
  return vscode.languages.registerHoverProvider([{ scheme: 'file' }, { scheme: 'untitled' }], {
    async provideHover(document, position) {
      const settings = markSettings();
      if (!settings.enabled || !settings.hover) return undefined;
      const line = document.lineAt(position.line);
      if (position.character > line.firstNonWhitespaceCharacterIndex) return undefined;
      const region = marks.regionAt(document.uri, position.line);
      if (region === undefined) return undefined;
      const range = new vscode.Range(position.line, 0, position.line, line.firstNonWhitespaceCharacterIndex);
      const signOff = await signOffWords(document.uri, position.line).catch((problem: unknown) => {
        log.fault('looking up a sign-off', problem);
        return undefined;
      });
      return new vscode.Hover(hoverText(document.uri, region, signOff), range);
    },
  });
}

/** The names in it come from tools and notes that anybody may have written, so nothing of them is read as Markdown. */
function hoverText(uri: vscode.Uri, region: MarkedRegion, signOff: string | undefined): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.isTrusted = { enabledCommands: ['countersign.toggleMarks', 'countersign.takeBackClaim'] };
  text.appendMarkdown('**');
  text.appendText(lineWords(region.line));
  text.appendMarkdown('**');
  for (const detail of detailWords(region)) {
    text.appendMarkdown('\n\n');
    text.appendText(detail);
  }
  if (signOff !== undefined) {
    text.appendMarkdown('\n\n');
    text.appendText(signOff);
  }
  if (region.rule?.claimed !== undefined) {
    const where: SaidLines = { uri: uri.toString(), firstLine: region.firstLine, lastLine: region.lastLine };
    const command = `command:countersign.takeBackClaim?${encodeURIComponent(JSON.stringify([where]))}`;
    text.appendMarkdown(`\n\n[${vscode.l10n.t('Take this back')}](${command})`);
  }
  text.appendMarkdown(`\n\n[${vscode.l10n.t('Hide these marks')}](command:countersign.toggleMarks)`);
  return text;
}
