import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { atExit } from './atExit';
import { installWorkbenchParts } from './install';
import { startServer } from './server';
import { quietSettings } from './settings';
import { until } from './until';
import { openWindow, type WorkbenchWindow } from './window';

/** What a workbench is started with. Paths are absolute. */
export interface WorkbenchOptions {
  /** Opened as the workspace. */
  readonly folder: string;
  readonly extensions?: {
    /** Folder of an extension loaded from source, as by `--extensionDevelopmentPath`; the web build takes one. Suppresses notification toasts. */
    readonly development?: string;
    /** Packaged extensions, installed as a user's would be. */
    readonly vsix?: readonly string[];
  };
  /** User settings, over `quietSettings`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** HOME of the server; a temporary folder when absent. */
  readonly home?: string;
  /** A CommonJS module exporting `run()`, loaded into the extension host, as by `--extensionTestsPath`. */
  readonly tests?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Device pixels per CSS pixel of screenshots; 1 when absent. */
  readonly scale?: number;
  /** Keeps state (extensions, settings, window state) between two starts; a temporary folder when absent. */
  readonly userDataDir?: string;
}

/** A running VS Code with its first window. */
export interface Workbench extends WorkbenchWindow {
  readonly port: number;
  readonly home: string;
  readonly userDataDir: string;
  readonly extensionsDir: string;
  /** What the server printed. */
  log(): string;
  /** Process ids of the living extension hosts, oldest first: one a window. */
  extensionHosts(): Promise<number[]>;
  /** Sends a signal to an extension host (the youngest when `pid` is absent), waits until it is gone and returns its process id. */
  killExtensionHost(signal: NodeJS.Signals, pid?: number): Promise<number>;
  /**
   * Kills the extension host of the only window and resolves when another runs: the workbench starts one by itself,
   * except for extensions under development, where the page is loaded again.
   */
  restartExtensionHost(): Promise<void>;
  /** Opens one more window, on the same or another folder. */
  openWindow(folder: string): Promise<WorkbenchWindow>;
  /** Closes the browser, ends every process and removes the temporary folders. May be called twice. */
  dispose(): Promise<void>;
}

const browserArgs = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
];

/**
 * Starts VS Code and opens `folder` in it; resolves when the extension host runs and the workbench shows.
 * Leaves no process behind: not when it throws, and not when this process is killed.
 */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const parts = await installWorkbenchParts();
  const temporary = await mkdtemp(path.join(tmpdir(), 'countersign-workbench-'));
  const userDataDir = options.userDataDir ?? path.join(temporary, 'data');
  const extensionsDir = path.join(userDataDir, 'extensions');
  const home = options.home ?? path.join(temporary, 'home');
  const development = options.extensions?.development;
  const undo: (() => Promise<void>)[] = [() => rm(temporary, { recursive: true, force: true, maxRetries: 5 })];
  const forget = atExit(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 5 }));
  undo.push(async () => forget());
  const dispose = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const server = await startServer(parts, {
      dataDir: userDataDir,
      extensionsDir,
      home,
      vsix: options.extensions?.vsix ?? [],
      settings: { ...quietSettings, ...options.settings },
      env: options.env ?? {},
      testDriver: development !== undefined || options.tests !== undefined,
    });
    undo.push(() => server.dispose());
    const browser = await chromium.launch({
      executablePath: parts.chromium,
      args: browserArgs,
      // This process cleans up by itself.
      ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
      env: { ...(process.env as Record<string, string>), ...parts.chromiumEnv },
    });
    undo.push(() => browser.close());
    const context = await newContext(browser, server.port, options);
    const window = await openWindow({ context, server, folder: options.folder, development, tests: options.tests });
    const killExtensionHost = async (signal: NodeJS.Signals, pid?: number): Promise<number> => {
      const target =
        pid ?? (await until('an extension host', 10_000, async () => (await server.extensionHosts()).at(-1)));
      process.kill(target, signal);
      await until('the extension host ends', 10_000, async () => !(await server.extensionHosts()).includes(target));
      return target;
    };
    return {
      ...window,
      port: server.port,
      home,
      userDataDir,
      extensionsDir,
      log: () => server.log(),
      extensionHosts: () => server.extensionHosts(),
      killExtensionHost,
      restartExtensionHost: async () => {
        await killExtensionHost('SIGKILL');
        if (server.testDriver) await window.reload();
        else await until('another extension host', 30_000, async () => (await server.extensionHosts()).length > 0);
      },
      openWindow: (folder) => openWindow({ context, server, folder, development, tests: undefined }),
      dispose,
    };
  } catch (problem) {
    await dispose();
    throw problem;
  }
}

async function newContext(browser: Browser, port: number, options: WorkbenchOptions): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1400, height: 900 },
    deviceScaleFactor: options.scale ?? 1,
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: `http://127.0.0.1:${port}` });
  // Galleries and telemetry are out of reach of a test; refusing at once saves their time-outs.
  await context.route(
    (url) => url.hostname !== '127.0.0.1' && /^https?:$/.test(url.protocol),
    (route) => route.abort(),
  );
  // Functions handed to the page are compiled by tsx, which marks inner ones with a helper of this name.
  await context.addInitScript('globalThis.__name ??= (value) => value');
  return context;
}
