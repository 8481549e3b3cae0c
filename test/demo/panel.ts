import { openView } from '../harness/gestures';
import { until } from '../harness/until';
import type { WorkbenchWindow } from '../harness/window';
import { StepFailed } from './report';

/** Opens the view of what needs a senior sign-off, as a click on its icon does. */
export async function openPanel(window: WorkbenchWindow): Promise<void> {
  await openView(window, 'Countersign');
}

/** Whether the view shows. */
export async function isPanelShown({ page }: WorkbenchWindow): Promise<boolean> {
  return page.locator('.sidebar .composite.title').filter({ hasText: 'Countersign' }).isVisible();
}

/** The rows of the view as the page shows them, one a line; words of its empty state where it has no rows. */
export async function panelRows({ page }: WorkbenchWindow): Promise<string> {
  const rows = await page.locator('.sidebar .monaco-list-row').evaluateAll((all: PageElement[]) =>
    all.map((row) => {
      const depth = Number(row.getAttribute('aria-level') ?? 1);
      const parts = ['.label-name', '.label-description'].map((part) => row.querySelector(part)?.textContent ?? '');
      return `${'  '.repeat(depth - 1)}${parts.filter((part) => part !== '').join('  ')}`;
    }),
  );
  const words = rows.length > 0 ? rows : await page.locator('.sidebar .welcome-view-content').allInnerTexts();
  return words
    .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
    .filter((row) => row !== '')
    .join('\n');
}

/** Waits until the rows match all of the patterns, and returns them. @throws StepFailed with the rows at the end */
export async function awaitPanel(
  window: WorkbenchWindow,
  patterns: readonly RegExp[],
  limit = 25_000,
): Promise<string> {
  let rows = '';
  await until('the view', limit, async () => {
    rows = await panelRows(window);
    return patterns.every((pattern) => pattern.test(rows));
  }).catch(() => {
    throw new StepFailed(`The view should say ${patterns.join(', ')} and says:\n${rows}`);
  });
  return rows;
}

/** Opens every row of the view that has rows below it. */
export async function expandPanel({ page }: WorkbenchWindow): Promise<void> {
  const closed = page.locator('.sidebar .monaco-list-row[aria-expanded="false"] .monaco-tl-twistie');
  for (let tries = 0; tries < 10 && (await closed.count()) > 0; tries++) {
    await closed.first().click();
    await page.waitForTimeout(150);
  }
}

/** Waits until the status bar names the branch: the editor sees what a terminal does a moment later. */
export async function awaitBranch({ page }: WorkbenchWindow, branch: string): Promise<void> {
  const item = page.locator('.statusbar-item').filter({ hasText: new RegExp(`^\\s*${branch}[*+!]*\\s*$`) });
  await item.first().waitFor({ timeout: 20_000 });
}

/** The words of the dialog that shows, as a person reads them. */
export async function dialogWords({ page }: WorkbenchWindow): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: the lines are those of the layout
  return (await page.locator('.monaco-dialog-box .dialog-message-container').innerText())
    .replace(/\n{2,}/g, '\n')
    .trim();
}

/** The little of the browser's types that is used here: the project compiles without them. */
interface PageElement {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
}
