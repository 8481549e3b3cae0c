/** What is known of text from one window to the next: reloads, crashes with unsaved text, two windows on one folder. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { acceptInlineCompletion, goTo, save, typeInEditor, visibleText } from '../harness/gestures';
import { until } from '../harness/until';
import type { WorkbenchWindow } from '../harness/window';
import type { Workbench } from '../harness/workbench';
import { buildExtension } from '../vscode/runSuites';
import { recordedAfter, startWithExtension, WindowRepo } from './windowDesk';

describe('what is known of text from one window to the next', () => {
  let root: string;
  let repo: WindowRepo;
  let window: Workbench;

  before(async () => {
    await buildExtension();
    root = await mkdtemp(path.join(tmpdir(), 'countersign-windows-'));
    const start = Object.fromEntries(['crash.ts', 'reload.ts', 'shared.ts'].map((name) => [name, '// start\n']));
    repo = await WindowRepo.make(path.join(root, 'repo'), start);
    window = await startWithExtension(root, {
      folder: repo.folder,
      settings: { 'editor.accessibilitySupport': 'on', 'workbench.editorLargeFileConfirmation': 1000 },
    });
  }).timeout(300_000);

  after(async () => {
    await window?.dispose();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

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

  /** Saves the active editor and waits until its file has a text: a tab looks clean while extensions still see to what is saved. */
  const saveTo = async (at: WorkbenchWindow, name: string, text: string): Promise<void> => {
    await save(at);
    await until(`${name} is saved`, 40_000, async () =>
      (await readFile(path.join(repo.folder, name), 'utf8')).includes(text),
    );
    await sleep(recordedAfter);
  };

  /** What `write` makes, each line counted once. */
  const expectWritten = async (name: string): Promise<void> => {
    const lines = (await readFile(path.join(repo.folder, name), 'utf8')).split('\n').length;
    const expected = `UHH${'A'.repeat(lines - 4)}H`;
    assert.equal(await repo.blame(name), expected);
  };

  it('a window that is loaded again with unsaved text, typed in accessibility mode', async () => {
    await write(window, 'reload.ts');
    await sleep(recordedAfter);
    await window.reload();
    await isShown(window, 'reload.ts');
    await sleep(recordedAfter);
    await saveTo(window, 'reload.ts', 'mine, after');
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
    await saveTo(window, 'crash.ts', 'after the crash');
    assert.match(await repo.blame('crash.ts'), /^UHHHA+H$/);
    await window.runCommand('View: Close All Editors');
  }).timeout(120_000);

  it('two windows on one folder', async () => {
    const other = await window.openWindow(repo.folder);
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
    await saveTo(other, 'shared.ts', 'from the other window');
    await other.close();
    assert.match(await repo.blame('shared.ts'), /^UHHHA+H$/);
    await repo.git('add', 'shared.ts');
    await repo.git('commit', '--quiet', '--message', 'Share');
    assert.match(await repo.blame('shared.ts'), /^UHHHA+H$/);
  }).timeout(180_000);

  /** Memory of the extension host, in MB. */
  const memory = async (): Promise<number> => {
    const [host] = (await window.extensionHosts()).slice(-1);
    const status = await readFile(`/proc/${host}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  };

  /** What the extension's output channel tells of its own faults, in all windows. */
  const faults = async (): Promise<readonly string[]> => {
    const logs = path.join(window.userDataDir, 'data', 'logs');
    const names = (await readdir(logs, { recursive: true })).filter((name) => name.endsWith('Countersign.log'));
    const texts = await Promise.all(names.map((name) => readFile(path.join(logs, name), 'utf8')));
    return texts.flatMap((text) => text.split('\n')).filter((line) => line.includes('[error]'));
  };

  // The editor keeps documents of more than 50 MB from all extensions; ours follows none that is longer than 10 million characters.
  for (const [size, grows] of [
    [20, 250],
    [51, 100],
  ] as const)
    it(`a text file of ${size} MB is of unknown source and costs no memory`, async () => {
      const name = `large-${size}.txt`;
      const text = `${'lorem ipsum '.repeat(85)}\n`.repeat(size * 1024);
      await repo.write(name, text);
      const before = await memory();
      await window.openFile(name);
      await until('it shows', 40_000, async () => (await visibleText(window)).includes('lorem'));
      await goTo(window, 1);
      await typeInEditor(window, 'by hand ');
      await window.page.keyboard.press('Control+s');
      const written = text.length + 'by hand '.length;
      await until('it is saved', 60_000, async () => (await stat(path.join(repo.folder, name))).size === written);
      await sleep(recordedAfter);
      assert.ok((await memory()) - before < grows, `${await memory()} MB after ${before} MB`);
      if (size <= 50) assert.match(await repo.blame(name), /^U+$/);
      else await assert.rejects(repo.blame(name), { code: 2 });
      await repo.git('add', name);
      await repo.git('commit', '--quiet', '--message', 'Add a large file');
      assert.match(await repo.blame(name, '--rev', 'HEAD'), /^U+$/);
      await window.runCommand('View: Close All Editors');
      assert.deepEqual(await faults(), []);
    }).timeout(240_000);
});
