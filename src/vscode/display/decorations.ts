import * as vscode from 'vscode';
import type { LineOrigin } from '../../core/attribution/lineClass';
import type { LineClass } from '../../core/origin';
import { markSettings } from '../settings';
import type { Marks } from './marks';

/** What a mark says; a person's line is marked only where a person claims it. */
type MarkedClass = Exclude<LineClass, 'human'> | 'claimed';

function markedClass({ class: lineClass }: LineOrigin): MarkedClass {
  return lineClass === 'human' ? 'claimed' : lineClass;
}

/** The look of a mark: its line style tells what its colour tells, for whoever sees no colours. */
const looks: Readonly<
  Record<
    MarkedClass,
    { readonly colour: string; readonly background: string; readonly style: string; readonly icon: string }
  >
> = {
  ai: { colour: 'countersign.aiMark', background: 'countersign.aiBackground', style: 'solid', icon: 'ai' },
  'ai-edited': {
    colour: 'countersign.aiEditedMark',
    background: 'countersign.aiEditedBackground',
    style: 'double',
    icon: 'ai-edited',
  },
  pasted: {
    colour: 'countersign.pastedMark',
    background: 'countersign.pastedBackground',
    style: 'dashed',
    icon: 'pasted',
  },
  unknown: {
    colour: 'countersign.unknownMark',
    background: 'countersign.unknownBackground',
    style: 'dotted',
    icon: 'unknown',
  },
  claimed: {
    colour: 'countersign.claimedMark',
    background: 'countersign.claimedBackground',
    style: 'groove',
    icon: 'claimed',
  },
};

const classes: readonly MarkedClass[] = ['ai', 'ai-edited', 'pasted', 'unknown', 'claimed'];

/** Draws the marks into every visible editor, diff editors included. Decorations live and die with an editor object, so all are drawn again whenever anything changes. */
export function registerDecorations(marks: Marks, extensionUri: vscode.Uri): vscode.Disposable {
  let types = makeTypes(extensionUri);
  const applyAll = (): void => {
    for (const editor of vscode.window.visibleTextEditors) apply(editor);
  };
  const apply = (editor: vscode.TextEditor): void => {
    const { uri } = editor.document;
    if (uri.scheme !== 'file' && uri.scheme !== 'untitled') return;
    const regions = markSettings().enabled ? (marks.get(uri)?.regions ?? []) : [];
    for (const [lineClass, type] of types) {
      const ranges = regions
        .filter((region) => markedClass(region.line) === lineClass)
        .map((region) => new vscode.Range(region.firstLine, 0, region.lastLine, 0));
      editor.setDecorations(type, ranges);
    }
  };
  const subscriptions = [
    marks.onDidChange((uri) => {
      for (const editor of vscode.window.visibleTextEditors)
        if (editor.document.uri.toString() === uri.toString()) apply(editor);
    }),
    vscode.window.onDidChangeVisibleTextEditors(applyAll),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('countersign.marks') && !event.affectsConfiguration('countersign.quiet')) return;
      for (const type of types.values()) type.dispose();
      types = makeTypes(extensionUri);
      applyAll();
    }),
  ];
  applyAll();
  return new vscode.Disposable(() => {
    for (const subscription of subscriptions) subscription.dispose();
    for (const type of types.values()) type.dispose();
  });
}

function makeTypes(extensionUri: vscode.Uri): ReadonlyMap<MarkedClass, vscode.TextEditorDecorationType> {
  const settings = markSettings();
  return new Map(
    classes.map((lineClass) => {
      const { colour, background, style, icon } = looks[lineClass];
      const gutter = (theme: string): vscode.Uri =>
        vscode.Uri.joinPath(extensionUri, 'media', 'marks', `${icon}-${theme}.svg`);
      return [
        lineClass,
        vscode.window.createTextEditorDecorationType({
          isWholeLine: true,
          rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
          borderColor: new vscode.ThemeColor(colour),
          borderStyle: style,
          borderWidth: style === 'double' || style === 'groove' ? '0 0 0 4px' : '0 0 0 2px',
          // Git's own marks of changed lines take the left lane.
          ...(settings.overviewRuler
            ? { overviewRulerColor: new vscode.ThemeColor(colour), overviewRulerLane: vscode.OverviewRulerLane.Center }
            : {}),
          ...(settings.background ? { backgroundColor: new vscode.ThemeColor(background) } : {}),
          ...(settings.gutterIcon
            ? {
                gutterIconSize: 'contain',
                dark: { gutterIconPath: gutter('dark') },
                light: { gutterIconPath: gutter('light') },
              }
            : {}),
        }),
      ];
    }),
  );
}
