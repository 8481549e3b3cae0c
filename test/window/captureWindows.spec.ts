/** What is known of text from one window to the next: reloads, crashes with unsaved text, two windows on one folder. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { packFixtureExtension } from '../harness/fixture';
import { acceptInlineCompletion, goTo, save, typeInEditor, visibleText } from '../harness/gestures';
import { literalTyping } from '../harness/settings';
import { until } from '../harness/until';
import type { WorkbenchWindow } from '../harness/window';
import { startWorkbench, type Workbench } from '../harness/workbench';
import { buildExtension, root as extension } from '../vscode/runSuites';

const run = promisify(execFile);

const cli = path.join(extension, 'dist', 'cli.js');

/** The ledger has what was typed by then. */
const recordedAfter = 1000;

describe('what is known of text from one window to the next', () => {
  let root: string;
  let folder: string;
  let window: Workbench;

  before(async () => {
    await buildExtension();
    root = await mkdtemp(path.join(tmpdir(), 'countersign-windows-'));
    folder = path.join(root, 'repo');
    await run('git', ['init', '--quiet', folder]);
    for (const [name, value] of [
      ['user.name', 'Ann Author'],
      ['user.email', 'ann@example.com'],
    ] as const)
      await git('config', name, value);
    for (const name of ['crash.ts', 'reload.ts', 'shared.ts']) await writeFile(path.join(folder, name), '// start\n');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'Start');
    await run(process.execPath, [cli, 'init', '--yes', '--agents', 'none'], { cwd: folder });
    window = await startWorkbench({
      folder,
      extensions: { development: extension, vsix: [await packFixtureExtension(root)] },
      settings: {
        ...literalTyping,
        'editor.accessibilitySupport': 'on',
        'typescript.validate.enable': false,
      },
    });
  }).timeout(300_000);

  after(async () => {
    await window?.dispose();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  async function git(...args: string[]): Promise<string> {
    return (await run('git', ['-C', folder, ...args])).stdout;
  }

  /** A letter for the class of each line of a file on disk. */
  const blame = async (name: string): Promise<string> => {
    const { stdout } = await run(process.execPath, [cli, 'blame', '--json', '--', name], { cwd: folder });
    const { lines } = JSON.parse(stdout) as { readonly lines: readonly { readonly class: string }[] };
    return lines.map((line) => (line.class === 'ai-edited' ? 'E' : (line.class[0] ?? '-').toUpperCase())).join('');
  };

  const write = async (at: WorkbenchWindow, name: string): Promise<void> => {
    await at.openFile(name);
    await goTo(at, 2);
    await typeInEditor(at, '// mine, before\n// ai: total\n');
    await acceptInlineCompletion(at);
    await typeInEditor(at, '\n// mine, after');
  };

  /** Waits until a file shows again what was not saved, and until it is followed: what is typed before that nobody sees. */
  const isShown = async (at: WorkbenchWindow, name: string): Promise<void> => {
    await until(`${name} shows what was not saved`, 40_000, async () =>
      (await visibleText(at).catch(() => '')).includes('mine, after'),
    );
    await at.page.locator('.statusbar-item[aria-label^="AI "]').first().waitFor({ timeout: 40_000 });
  };

  /** What `write` makes, each line counted once. */
  const expectWritten = async (name: string): Promise<void> => {
    const lines = (await readFile(path.join(folder, name), 'utf8')).split('\n').length;
    const expected = `UHH${'A'.repeat(lines - 4)}H`;
    assert.equal(await blame(name), expected);
  };

  it('a window that is loaded again with unsaved text, typed in accessibility mode', async () => {
    await write(window, 'reload.ts');
    await sleep(recordedAfter);
    await window.reload();
    await isShown(window, 'reload.ts');
    await sleep(recordedAfter);
    await save(window);
    await sleep(recordedAfter);
    await expectWritten('reload.ts');
    await window.runCommand('View: Close All Editors');
  }).timeout(120_000);

  it('an extension host that crashes with unsaved text', async () => {
    await write(window, 'crash.ts');
    await sleep(recordedAfter);
    await window.restartExtensionHost();
    await isShown(window, 'crash.ts');
    await sleep(recordedAfter);
    await goTo(window, 2);
    await typeInEditor(window, '// typed after the crash\n');
    await save(window);
    await sleep(recordedAfter);
    assert.match(await blame('crash.ts'), /^UHHHA+H$/);
    await window.runCommand('View: Close All Editors');
  }).timeout(120_000);

  it('two windows on one folder', async () => {
    const other = await window.openWindow(folder);
    await other.openFile('shared.ts');
    await window.page.bringToFront();
    await write(window, 'shared.ts');
    await save(window);
    await until('the other window reads it again', 30_000, async () =>
      (await visibleText(other)).includes('mine, after'),
    );
    await other.page.bringToFront();
    await other.page.locator('.statusbar-item[aria-label^="AI "]').first().waitFor({ timeout: 40_000 });
    await goTo(other, 2);
    await typeInEditor(other, '// from the other window\n');
    await save(other);
    await sleep(recordedAfter);
    await other.close();
    assert.match(await blame('shared.ts'), /^UHHHA+H$/);
    await git('add', 'shared.ts');
    await git('commit', '--quiet', '--message', 'Share');
    assert.match(await blame('shared.ts'), /^UHHHA+H$/);
  }).timeout(180_000);
});
