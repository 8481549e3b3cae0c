import type { BrowserContext, Page } from 'playwright-core';
import type { Server } from './server';
import { until } from './until';

/** One window of the workbench. */
export interface WorkbenchWindow {
  readonly page: Page;
  /** The folder that is open in it, or the `.code-workspace` file that names several. */
  readonly folder: string;
  /** Runs a command by its title in the command palette: the whole title (`Git: Push`), or without its category. */
  runCommand(title: string): Promise<void>;
  /** Opens a file of the folder by quick open and waits for its tab. */
  openFile(name: string): Promise<void>;
  /** Writes a PNG. */
  screenshot(file: string): Promise<void>;
  /** Loads the page again, as F5 would; resolves when another extension host runs and the workbench shows. */
  reload(): Promise<void>;
  /** Closes the window. */
  close(): Promise<void>;
}

/** What a window is opened with. */
export interface WindowOptions {
  readonly context: BrowserContext;
  readonly server: Server;
  readonly folder: string;
  readonly development: string | undefined;
  readonly tests: string | undefined;
}

/** Opens a window; resolves when its extension host runs and the workbench shows. */
export async function openWindow(options: WindowOptions): Promise<WorkbenchWindow> {
  const { context, server, folder } = options;
  const page = await context.newPage();
  // A page that asks whether it may be left would hang a reload.
  page.on('dialog', (dialog) => void dialog.accept());
  const hosts = await server.extensionHosts();
  await page.goto(windowUrl(options), { waitUntil: 'domcontentloaded' });
  await ready(page, server, hosts);
  return {
    page,
    folder,
    runCommand: (title) => runCommand(page, title),
    openFile: (name) => openFile(page, name),
    screenshot: async (file) => {
      await page.screenshot({ path: file });
    },
    reload: async () => {
      const before = await server.extensionHosts();
      await page.reload({ waitUntil: 'domcontentloaded' });
      await ready(page, server, before);
    },
    close: async () => {
      // Leaving the page says goodbye to the server, closing it does not: its extension host would wait for the window to return.
      await page.goto('about:blank');
      await page.close();
    },
  };
}

/** The workbench takes further options as JSON pairs; those about development are honoured with the test driver only. */
function windowUrl({ server, folder, development, tests }: WindowOptions): string {
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${encodeURI(file)}`;
  const pairs = [
    ...(development === undefined ? [] : [['extensionDevelopmentPath', remote(development)]]),
    ...(tests === undefined ? [] : [['extensionTestsPath', remote(tests)]]),
    ['skipWelcome', 'true'],
  ];
  const what = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
  return `http://127.0.0.1:${server.port}/?${new URLSearchParams({ [what]: folder, payload: JSON.stringify(pairs) })}`;
}

async function ready(page: Page, server: Server, hostsBefore: readonly number[]): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: 60_000 });
  await until('an extension host starts', 60_000, async () =>
    (await server.extensionHosts()).some((pid) => !hostsBefore.includes(pid)),
  );
}

async function runCommand(page: Page, title: string): Promise<void> {
  const matches = (label: string): boolean => label === title || label.endsWith(`: ${title}`);
  // The palette lists what is registered when it is asked, and extensions register while the window starts: ask again from time to time.
  await until(`the command "${title}" in the palette`, 30_000, async () => {
    const rows = await quickInput(page, `>${title}`);
    for (let tries = 0; tries < 5; tries++) {
      const labels = await rows.locator('.label-name').allTextContents();
      const index = labels.findIndex(matches);
      if (index >= 0) {
        await rows.nth(index).click();
        return true;
      }
      await page.waitForTimeout(200);
    }
    await page.keyboard.press('Escape');
    return false;
  });
}

async function openFile(page: Page, name: string): Promise<void> {
  const base = name.slice(name.lastIndexOf('/') + 1);
  await until(`the file ${name} in quick open`, 40_000, async () => {
    const row = (await quickInput(page, name)).filter({ hasText: base }).first();
    return row.click({ timeout: 6_000 }).then(
      () => true,
      () => page.keyboard.press('Escape').then(() => false),
    );
  });
  await page.locator('.tabs-container .tab.active').filter({ hasText: base }).waitFor();
}

async function quickInput(page: Page, text: string): Promise<ReturnType<Page['locator']>> {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('.quick-input-box input');
  // A key pressed while the workbench still loads, or is busy with a large file, is lost.
  await until('the command palette opens', 60_000, async () => {
    await page.keyboard.press('F1');
    return input.waitFor({ timeout: 1_000 }).then(
      () => true,
      () => false,
    );
  });
  await input.fill(text);
  return widget.locator('.quick-input-list .monaco-list-row');
}
