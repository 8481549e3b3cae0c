import * as vscode from 'vscode';
import type { ChangedFile, OriginRegion } from '../../app/gate/reviewFiles';
import type { LineOrigin } from '../../core/attribution/lineClass';
import { classWords, evidenceWords, reasonWords, toolWords } from '../display/words';
import { markSettings } from '../settings';
import { blobScheme } from './blobUri';

type MarkedClass = Exclude<LineOrigin['class'], 'human'>;

/** As the marks in the editor: the border's style tells what its colour tells. */
const looks: Readonly<Record<MarkedClass, { readonly colour: string; readonly style: string }>> = {
  ai: { colour: 'countersign.aiMark', style: 'solid' },
  'ai-edited': { colour: 'countersign.aiEditedMark', style: 'double' },
  pasted: { colour: 'countersign.pastedMark', style: 'dashed' },
  unknown: { colour: 'countersign.unknownMark', style: 'dotted' },
};

const kept = 2000;

/** Marks the lines of review documents that a reviewer is to look at, and tells in a hover why. */
export class ReviewMarks implements vscode.Disposable {
  readonly #regions = new Map<string, readonly OriginRegion[]>();
  readonly #types: ReadonlyMap<string, vscode.TextEditorDecorationType>;
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor() {
    const ruler = markSettings().overviewRuler;
    this.#types = new Map(
      Object.entries(looks).map(([name, { colour, style }]) => [
        name,
        vscode.window.createTextEditorDecorationType({
          isWholeLine: true,
          borderColor: new vscode.ThemeColor(colour),
          borderStyle: style,
          borderWidth: style === 'double' ? '0 0 0 4px' : '0 0 0 3px',
          ...(ruler
            ? { overviewRulerColor: new vscode.ThemeColor(colour), overviewRulerLane: vscode.OverviewRulerLane.Center }
            : {}),
        }),
      ]),
    );
    this.#subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const editor of editors) this.#apply(editor);
      }),
      vscode.languages.registerHoverProvider(
        { scheme: blobScheme },
        { provideHover: (document, position) => this.#hover(document, position) },
      ),
    ];
  }

  /** Remembers what a document shows, and draws it where it is visible. */
  set(uri: vscode.Uri, { regions }: Pick<ChangedFile, 'regions'>): void {
    const key = uri.toString();
    this.#regions.delete(key);
    this.#regions.set(key, regions);
    for (const oldest of this.#regions.keys()) {
      if (this.#regions.size <= kept) break;
      this.#regions.delete(oldest);
    }
    for (const editor of vscode.window.visibleTextEditors)
      if (editor.document.uri.toString() === key) this.#apply(editor);
  }

  /** The regions of a document; none where nothing is known of it. */
  get(uri: vscode.Uri): readonly OriginRegion[] {
    return this.#regions.get(uri.toString()) ?? [];
  }

  #apply(editor: vscode.TextEditor): void {
    if (editor.document.uri.scheme !== blobScheme) return;
    const regions = this.get(editor.document.uri);
    for (const [name, type] of this.#types) {
      editor.setDecorations(type, regions.filter(({ origin }) => origin.class === name).map(rangeOf));
    }
  }

  #hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const region = this.get(document.uri).find((each) => rangeOf(each).contains(position.with({ character: 0 })));
    if (region === undefined || position.character > document.lineAt(position).firstNonWhitespaceCharacterIndex)
      return undefined;
    const text = new vscode.MarkdownString();
    text.appendMarkdown('**');
    text.appendText(classWords(region.origin.class));
    text.appendMarkdown('**');
    for (const words of regionDetails(region)) {
      text.appendMarkdown('\n\n');
      text.appendText(words);
    }
    return new vscode.Hover(text, rangeOf(region));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const type of this.#types.values()) type.dispose();
  }
}

/** What is known of a region beside its class, a few words each. */
export function regionDetails({ origin, commit, isCounting }: OriginRegion): readonly string[] {
  const tool = toolWords(origin);
  return [
    ...(tool === undefined ? [] : [tool]),
    ...(origin.session === undefined ? [] : [evidenceWords(origin.session.evidence)]),
    ...(origin.class === 'unknown' ? [reasonWords(origin.reason)] : []),
    isCounting
      ? vscode.l10n.t('counts towards a senior sign-off')
      : vscode.l10n.t('does not count towards a senior sign-off'),
    ...(commit === undefined ? [] : [vscode.l10n.t('commit {0}', commit.slice(0, 12))]),
  ];
}

function rangeOf({ start, count }: OriginRegion): vscode.Range {
  return new vscode.Range(start - 1, 0, start + count - 2, Number.MAX_SAFE_INTEGER);
}
