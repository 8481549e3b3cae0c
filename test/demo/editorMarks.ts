import { hoverAt } from '../harness/gestures';
import { until } from '../harness/until';
import type { WorkbenchWindow } from '../harness/window';
import { StepFailed } from './report';

/** How a mark looks: the style of its line tells the class. */
const letters: Readonly<Record<string, string>> = { solid: 'A', double: 'E', dashed: 'P', dotted: 'U' };

/**
 * The marks of the active editor as the page draws them, a letter for each visible line: A ai, E ai-edited, P pasted, U unknown, `-` none; without those
 * at the end.
 */
export async function marks({ page }: WorkbenchWindow): Promise<string> {
  const found = await page
    .locator('.editor-group-container.active .editor-instance .monaco-editor')
    .first()
    .evaluate(readMarks)
    .catch(() => []);
  const lines: string[] = [];
  for (const [line, style] of found) {
    while (lines.length < line) lines.push('-');
    lines[line - 1] = letters[style] ?? '-';
  }
  return lines.join('').replace(/-+$/, '');
}

/** Waits until the marks are these; says both when they do not become so. */
export async function awaitMarks(window: WorkbenchWindow, expected: string, limit = 15_000): Promise<string> {
  let seen = '';
  await until(`the marks ${expected}`, limit, async () => {
    seen = await marks(window);
    return seen === expected;
  }).catch(() => {
    throw new StepFailed(`The marks should be ${expected} and are ${seen}`);
  });
  return seen;
}

/** What the hover over a mark says, a fact a line. */
export async function markHover(window: WorkbenchWindow, line: number): Promise<string> {
  await hoverAt(window, line, 1);
  const hover = window.page.locator('.monaco-resizable-hover:visible, .monaco-editor .monaco-hover:visible').first();
  // biome-ignore lint/performance/useDomNodeTextContent: the lines are those of the layout
  const text = await hover.innerText({ timeout: 5_000 }).catch(() => '');
  return text
    .replaceAll('\u00a0', ' ')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

/** The colours of the overview ruler's left lane, as `#rrggbb`, most frequent first. */
export async function rulerColours({ page }: WorkbenchWindow): Promise<readonly string[]> {
  return page
    .locator('.editor-group-container.active .editor-instance canvas.decorationsOverviewRuler')
    .first()
    .evaluate(readRuler);
}

/** Whether the keyboard is in a text editor. */
export async function isFocusInEditor({ page }: WorkbenchWindow): Promise<boolean> {
  return page.evaluate(
    () => (globalThis as unknown as PageGlobals).document.activeElement?.closest('.editor-instance') != null,
  );
}

/** The little of the browser's types that is used here: the project compiles without them. */
interface PageElement {
  readonly textContent: string | null;
  readonly style: { readonly top: string };
  closest(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

interface PageGlobals {
  readonly document: { readonly activeElement: PageElement | null };
  getComputedStyle(element: PageElement): { readonly borderLeftStyle: string; readonly borderLeftWidth: string };
}

interface PageCanvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, w: number, h: number): { readonly data: Uint8ClampedArray };
  };
}

/** Runs in the page: numbers of visible lines with the line style at their left edge. */
function readMarks(editor: unknown): (readonly [line: number, style: string])[] {
  const element = editor as PageElement;
  const { getComputedStyle } = globalThis as unknown as PageGlobals;
  const numbers = new Map<string, number>();
  for (const row of element.querySelectorAll('.margin-view-overlays > div')) {
    const [label] = [...row.querySelectorAll('.line-numbers')];
    if (label !== undefined) numbers.set(row.style.top, Number(label.textContent));
  }
  const found: (readonly [number, string])[] = [];
  for (const row of element.querySelectorAll('.view-overlays > div')) {
    const line = numbers.get(row.style.top);
    if (line === undefined) continue;
    let style = '';
    // Decorations of extensions alone: the editor draws borders of its own, as around brackets.
    for (const part of row.querySelectorAll('.cdr[class*="ced-"]')) {
      const look = getComputedStyle(part);
      if (Number.parseFloat(look.borderLeftWidth) > 0 && look.borderLeftStyle !== 'none') style = look.borderLeftStyle;
    }
    found.push([line, style]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}

/** Runs in the page. */
function readRuler(element: unknown): string[] {
  const canvas = element as PageCanvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const counts = new Map<string, number>();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] !== 255) continue;
    const colour = `#${[data[at], data[at + 1], data[at + 2]].map((part) => (part ?? 0).toString(16).padStart(2, '0')).join('')}`;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
}
