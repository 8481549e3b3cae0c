/** What a person does in the workbench, by keyboard and mouse alone, so that every editor event is the one that a user would cause. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { until } from './until';
import type { WorkbenchWindow } from './window';

const run = promisify(execFile);

/** Puts the cursor of the active editor to a line and column, both 1-based, and leaves the focus there. */
export async function goTo({ page }: WorkbenchWindow, line: number, column = 1): Promise<void> {
  const input = page.locator('.quick-input-widget .quick-input-box input');
  await page.keyboard.press('Control+g');
  await input.waitFor();
  await input.fill(`:${line}:${column}`);
  // A window that still starts may lose the key.
  await until('the cursor is there', 30_000, async () => {
    if (!(await input.isVisible())) return true;
    await page.keyboard.press('Enter');
    return input.waitFor({ state: 'hidden', timeout: 2_000 }).then(
      () => true,
      () => false,
    );
  });
}

/**
 * Types into the active editor at the cursor, key by key with `delay` ms between (15 when absent).
 * The editor's own closing brackets and indentation apply; `literalTyping` settings switch them off.
 */
export async function typeInEditor({ page }: WorkbenchWindow, text: string, delay = 15): Promise<void> {
  await focusEditor(page);
  for (const [at, line] of text.split('\n').entries()) {
    if (at > 0) await page.keyboard.press('Enter', { delay });
    if (line !== '') await page.keyboard.type(line, { delay });
  }
}

/** Waits until the ghost text of an inline completion shows at the cursor of the active editor; asks for one with Alt+\\ when none comes by itself. */
export async function awaitInlineCompletion({ page }: WorkbenchWindow): Promise<void> {
  await focusEditor(page);
  await until('an inline completion shows', 60_000, async () => {
    const shown = await ghostText(page)
      .first()
      .waitFor({ timeout: 3_000 })
      .then(
        () => true,
        () => false,
      );
    if (!shown) await page.keyboard.press('Alt+\\');
    return shown;
  });
}

/** Waits for the ghost text and accepts it with Tab; resolves when it became part of the document. */
export async function acceptInlineCompletion(window: WorkbenchWindow): Promise<void> {
  await awaitInlineCompletion(window);
  await window.page.keyboard.press('Tab');
  await until('the ghost text becomes text', 10_000, async () => (await ghostText(window.page).count()) === 0);
}

/** Puts a text onto the clipboard and pastes it into the active editor with Ctrl+V. */
export async function paste({ page }: WorkbenchWindow, text: string): Promise<void> {
  await page.evaluate((value) => (globalThis as unknown as PageGlobals).navigator.clipboard.writeText(value), text);
  await focusEditor(page);
  const before = await editorText(page);
  await page.keyboard.press('Control+v');
  await until('the pasted text shows', 10_000, async () => (await editorText(page)) !== before);
}

/** Saves the active editor with Ctrl+S and waits until its tab is clean. */
export async function save({ page }: WorkbenchWindow): Promise<void> {
  await focusEditor(page);
  await page.keyboard.press('Control+s');
  await until(
    'the file is saved',
    10_000,
    async () => (await page.locator('.editor-group-container.active .tab.active.dirty').count()) === 0,
  );
}

/** Shows a view container by its title in the activity bar (`Source Control`), unless it shows already. */
export async function openView({ page }: WorkbenchWindow, title: string): Promise<void> {
  const item = page
    .locator('.activitybar .action-item')
    .filter({ has: page.locator(`a[aria-label^=${JSON.stringify(title)}]`) });
  await item.first().waitFor({ timeout: 20_000 });
  const isShown = async (): Promise<boolean> => (await item.first().getAttribute('aria-expanded')) === 'true';
  if (!(await isShown())) await item.first().click();
  await until(`the view ${title} shows`, 10_000, isShown);
}

/**
 * Writes the message into the Source Control box and commits with Ctrl+Enter, everything that changed when nothing is staged.
 * Resolves with the new commit's id; throws when none came within 30 seconds, as when a hook refused.
 */
export async function commitFromScm(window: WorkbenchWindow, message: string): Promise<string> {
  const before = await head(window.folder);
  await openView(window, 'Source Control');
  const box = window.page.locator('.scm-view .scm-input .monaco-editor').first();
  await box.locator('.view-lines').click();
  await window.page.keyboard.press('Control+a');
  await window.page.keyboard.type(message, { delay: 10 });
  // The commit counts what git reported last, which lags behind the disk.
  await window.page
    .locator('.scm-view .resource, .scm-view .monaco-list-row .decorationIcon')
    .first()
    .waitFor({ timeout: 20_000 });
  await window.page.keyboard.press('Control+Enter');
  return until('the commit', 30_000, async () => {
    const now = await head(window.folder);
    return now === before ? undefined : now;
  });
}

/** Starts `Git: Push` from the palette; whether the push went through is for the caller to see (`readDialog`, the remote). */
export async function pushFromScm(window: WorkbenchWindow): Promise<void> {
  await window.runCommand('Git: Push');
}

/** The words and buttons of a modal dialog; `undefined` when none shows within `wait` ms (10 000 when absent). */
export async function readDialog(
  { page }: WorkbenchWindow,
  wait = 10_000,
): Promise<{ readonly message: string; readonly buttons: readonly string[] } | undefined> {
  const box = page.locator('.monaco-dialog-box');
  const shown = await box.waitFor({ timeout: wait }).then(
    () => true,
    () => false,
  );
  if (!shown) return undefined;
  return {
    message: ((await box.locator('.dialog-message-container').textContent()) ?? '').trim(),
    buttons: await box.locator('.dialog-buttons .monaco-button').allInnerTexts(),
  };
}

/** Presses a button of the modal dialog by its label and waits until the dialog is gone. */
export async function answerDialog({ page }: WorkbenchWindow, button: string): Promise<void> {
  const box = page.locator('.monaco-dialog-box');
  await box.locator('.dialog-buttons .monaco-button').filter({ hasText: button }).first().click();
  await box.waitFor({ state: 'hidden' });
}

/** One entry of the notification centre. */
export interface Notification {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly source: string;
  readonly buttons: readonly string[];
}

/** Reads all notifications in the notification centre, newest first, and closes the centre again. */
export async function readNotifications(window: WorkbenchWindow): Promise<Notification[]> {
  const { page } = window;
  const center = page.locator('.notifications-center.visible');
  await page.locator('.statusbar-item[id="status.notifications"]').click();
  await center.waitFor();
  // The buttons of a collapsed entry are drawn when it expands. Entries may vanish at any moment, so the page itself reads them in one go.
  await center.locator('.codicon-notifications-expand').evaluateAll((all: PageElement[]) => {
    for (const button of all) button.click();
  });
  const found = await center.locator('.monaco-list-row').evaluateAll((rows: PageElement[]) =>
    rows.map((row) => {
      const text = (selector: string): string => row.querySelector(selector)?.textContent?.trim() ?? '';
      const icon = row.querySelector('.notification-list-item-icon')?.classList;
      return {
        severity: icon?.contains('codicon-error') ? 'error' : icon?.contains('codicon-warning') ? 'warning' : 'info',
        message: text('.notification-list-item-message'),
        source: text('.notification-list-item-source').replace(/^Source: /, ''),
        buttons: [...row.querySelectorAll('.notification-list-item-buttons-container .monaco-button')].map(
          (button) => button.textContent ?? '',
        ),
      } as const;
    }),
  );
  await page.locator('.notifications-center .codicon-notifications-hide').click();
  await center.waitFor({ state: 'hidden' });
  return found;
}

/** Presses a button of the notification whose message contains `text`: on its toast, or else in the notification centre. */
export async function answerNotification(window: WorkbenchWindow, text: string, button: string): Promise<void> {
  const { page } = window;
  const press = async (place: Locator): Promise<void> => {
    await place
      .locator('.notification-list-item-buttons-container .monaco-button')
      .filter({ hasText: button })
      .first()
      .click();
  };
  const toast = page.locator('.notifications-toasts.visible .notification-toast').filter({ hasText: text }).first();
  if (await toast.isVisible()) return press(toast);
  const center = page.locator('.notifications-center.visible');
  await page.locator('.statusbar-item[id="status.notifications"]').click();
  const row = center.locator('.monaco-list-row').filter({ hasText: text }).first();
  await row.waitFor();
  const expand = row.locator('.codicon-notifications-expand');
  if ((await expand.count()) > 0) await expand.click();
  await press(row);
  if (await center.isVisible()) await page.locator('.notifications-center .codicon-notifications-hide').click();
}

/** Waits for an input box, fills it in, confirms with Enter, and returns what it asked: title, prompt and placeholder. */
export async function answerInputBox({ page }: WorkbenchWindow, text: string): Promise<string> {
  const widget = page.locator('.quick-input-widget:visible');
  const input = widget.locator('.quick-input-box input');
  await input.waitFor({ timeout: 20_000 });
  const asked = [
    ...(await widget.locator('.quick-input-title, .quick-input-message').allInnerTexts()),
    (await input.getAttribute('placeholder')) ?? '',
  ];
  await input.fill(text);
  await page.keyboard.press('Enter');
  return asked.filter((part) => part.trim() !== '').join('\n');
}

/** Moves the mouse over a character of the active editor (1-based) and returns the hover's text; empty when no hover comes in 5 seconds. */
export async function hoverAt(window: WorkbenchWindow, line: number, column: number): Promise<string> {
  const { page } = window;
  await goTo(window, line, column);
  const cursor = await activeEditor(page).locator('.cursors-layer .cursor').first().boundingBox();
  if (cursor === null) throw new Error(`No cursor shows at ${line}:${column}.`);
  await page.mouse.move(cursor.x + 200, cursor.y + 200);
  await page.mouse.move(cursor.x + 3, cursor.y + cursor.height / 2, { steps: 4 });
  const hover = page.locator('.monaco-resizable-hover:visible, .monaco-editor .monaco-hover:visible').first();
  const shown = await hover.waitFor({ timeout: 5_000 }).then(
    () => true,
    () => false,
  );
  if (!shown) return '';
  const rows = await hover.locator('.hover-row').allTextContents();
  return rows
    .map((row) => row.replaceAll('\u00a0', ' ').trim())
    .filter((row) => row !== '')
    .join('\n');
}

/** The visible lines of the active editor, as the page shows them. */
export async function visibleText({ page }: WorkbenchWindow): Promise<string> {
  return editorText(page);
}

/** The little of the browser's types that is used here: the project compiles without them. */
interface PageElement {
  readonly textContent: string | null;
  readonly classList: { contains(name: string): boolean };
  readonly style: { readonly top: string };
  click(): void;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

interface PageGlobals {
  readonly navigator: { readonly clipboard: { writeText(text: string): Promise<void> } };
}

function activeEditor(page: Page): Locator {
  return page.locator('.editor-group-container.active .editor-instance .monaco-editor').first();
}

function ghostText(page: Page): Locator {
  return activeEditor(page).locator(
    '.ghost-text-decoration, .ghost-text-decoration-preview, .suggest-preview-text .ghost-text',
  );
}

async function editorText(page: Page): Promise<string> {
  // Lines are absolutely placed, in no order of the document.
  const lines = await activeEditor(page)
    .locator('.view-lines .view-line')
    .evaluateAll((all: PageElement[]) =>
      all.map((line) => [Number.parseFloat(line.style.top), line.textContent ?? ''] as const),
    );
  return lines
    .toSorted((a, b) => a[0] - b[0])
    .map(([, text]) => text.replaceAll('\u00a0', ' '))
    .join('\n');
}

async function focusEditor(page: Page): Promise<void> {
  const input = activeEditor(page).locator('.native-edit-context, textarea.inputarea').first();
  await input.waitFor({ state: 'attached', timeout: 15_000 });
  await input.focus();
}

async function head(folder: string): Promise<string> {
  return run('git', ['-C', folder, 'rev-parse', '--verify', '--quiet', 'HEAD']).then(
    ({ stdout }) => stdout.trim(),
    () => '', // no commit yet
  );
}
