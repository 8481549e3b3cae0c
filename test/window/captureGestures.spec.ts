/**
 * Gestures that need a mouse, real keys or two windows, in an editor that gives reasons for changes and in one that
 * refuses them as the marketplace's desktop build does. Run on demand: `npm run test:windows`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { packFixtureExtension } from '../harness/fixture';
import {
  acceptInlineCompletion,
  awaitInlineCompletion,
  goTo,
  save,
  typeInEditor,
  visibleText,
} from '../harness/gestures';
import { literalTyping } from '../harness/settings';
import { until } from '../harness/until';
import type { WorkbenchWindow } from '../harness/window';
import { startWorkbench, type Workbench } from '../harness/workbench';
import { buildExtension, root as extension } from '../vscode/runSuites';

const run = promisify(execFile);
const cli = path.join(extension, 'dist', 'cli.js');

/** The ledger has what was typed by then. */
const recordedAfter = 1000;

const withoutReasons = path.join(extension, 'test', 'harness', 'withoutReasons.cjs');

for (const tier of ['precise', 'stable'] as const)
  describe(`gestures of a person, ${tier} tier`, () => {
    let root: string;
    let folder: string;
    let window: Workbench;

    before(async () => {
      await buildExtension();
      root = await mkdtemp(path.join(tmpdir(), 'countersign-gestures-'));
      folder = path.join(root, 'repo');
      await run('git', ['init', '--quiet', folder]);
      await git('config', 'user.name', 'Ann Author');
      await git('config', 'user.email', 'ann@example.com');
      await mkdir(path.join(folder, 'src'));
      await writeFile(path.join(folder, 'src', 'base.ts'), '// start\n');
      await git('add', '.');
      await git('commit', '--quiet', '--message', 'Start');
      await run(process.execPath, [cli, 'init', '--yes', '--agents', 'none'], { cwd: folder });
      const userDataDir = path.join(root, 'data');
      await mkdir(path.join(userDataDir, 'data', 'User'), { recursive: true });
      // No key of the editor's own accepts the next line.
      const keys = [{ key: 'ctrl+alt+right', command: 'editor.action.inlineSuggest.acceptNextLine' }];
      await writeFile(path.join(userDataDir, 'data', 'User', 'keybindings.json'), JSON.stringify(keys));
      window = await startWorkbench({
        folder,
        userDataDir,
        extensions: { development: extension, vsix: [await packFixtureExtension(root)] },
        settings: {
          ...literalTyping,
          'countersign.capture.wrapInlineAccept': true,
          'editor.dropIntoEditor.enabled': true,
          // Else versions that are saved within ten seconds are one.
          'workbench.localHistory.mergeWindow': 0,
          'typescript.validate.enable': false,
        },
        env: tier === 'stable' ? { NODE_OPTIONS: `--require=${withoutReasons}` } : {},
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

    /** Opens a file of one line and puts the cursor behind it. */
    const open = async (name: string, text = ''): Promise<void> => {
      await writeFile(path.join(folder, name), text);
      await window.openFile(name);
      await sleep(700);
      await window.page.keyboard.press('Control+End');
    };

    const settled = async (name: string): Promise<string> => {
      await sleep(recordedAfter);
      await save(window);
      await sleep(recordedAfter);
      return blame(name);
    };

    /** The place of the first line on screen that holds a text. */
    const lineAt = async (text: string): Promise<{ readonly x: number; readonly y: number }> => {
      const line = window.page.locator('.editor-group-container.active .view-line').filter({ hasText: text }).first();
      const box = (await line.locator('span').first().boundingBox()) ?? assert.fail(`no line ${text}`);
      return { x: box.x, y: box.y + box.height / 2 };
    };

    it('Tab accepts a completion, whole', async () => {
      await open('whole.ts');
      // The extensions of a window run a while after it shows.
      await sleep(10_000);
      await typeInEditor(window, '// mine\n// ai: clamp\n');
      await acceptInlineCompletion(window);
      assert.match(await settled('whole.ts'), /^HHA+$/);
    }).timeout(180_000);

    it('the keys accept the next word, then Tab the rest', async () => {
      await open('words.ts');
      await typeInEditor(window, '// mine\n// ai: clamp\n');
      await awaitInlineCompletion(window);
      await window.page.keyboard.press('Control+ArrowRight');
      await sleep(500);
      await window.page.keyboard.press('Control+ArrowRight');
      await sleep(500);
      await acceptInlineCompletion(window);
      assert.match(await settled('words.ts'), /^HHA+$/);
    }).timeout(90_000);

    it('the next line, by command, which no key of ours stands for', async () => {
      await open('line.ts');
      await typeInEditor(window, '// mine\n// ai: clamp\n');
      await awaitInlineCompletion(window);
      const before = await visibleText(window);
      await window.page.keyboard.press('Control+Alt+ArrowRight');
      await until('the line is there', 10_000, async () => (await visibleText(window)) !== before).catch(
        () => undefined,
      );
      assert.match(await settled('line.ts'), tier === 'precise' ? /^HHA+$/ : /^HHU+$/);
    }).timeout(90_000);

    it('the mouse accepts a completion', async () => {
      await open('mouse.ts');
      await typeInEditor(window, '// mine\n// ai: retry\n');
      await awaitInlineCompletion(window);
      const ghost = window.page.locator('.ghost-text-decoration').first();
      const box = (await ghost.boundingBox()) ?? assert.fail('no ghost text');
      await window.page.mouse.move(box.x + 8, box.y + box.height / 2, { steps: 5 });
      const accept = window.page
        .locator('.inlineSuggestionsHints .action-label, .inlineSuggestionsHints .monaco-action-bar a')
        .filter({ hasText: 'Accept' })
        .first();
      await accept.waitFor({ timeout: 15_000 });
      await accept.click();
      await until(
        'the text is there',
        10_000,
        async () => (await window.page.locator('.ghost-text-decoration').count()) === 0,
      );
      assert.match(await settled('mouse.ts'), tier === 'precise' ? /^HHA+$/ : /^HHU+$/);
    }).timeout(90_000);

    it('text that is dragged to another place keeps its origins', async () => {
      await open('drag.ts');
      await typeInEditor(window, '// ai: clamp\n');
      await acceptInlineCompletion(window);
      await typeInEditor(window, '\n// mine, at the end\n// the very last');
      await save(window);
      const lines = (await readFile(path.join(folder, 'drag.ts'), 'utf8')).split('\n');
      const [, first = ''] = lines;
      await goTo(window, 2);
      await window.page.keyboard.press('Shift+ArrowDown');
      await sleep(300);
      const from = await lineAt(first.slice(0, 12));
      const to = await lineAt('// the very last');
      await window.page.mouse.move(from.x + 12, from.y);
      await window.page.mouse.down();
      await window.page.mouse.move(to.x + 40, to.y - 4, { steps: 12 });
      await window.page.mouse.move(to.x, to.y, { steps: 4 });
      await window.page.mouse.up();
      await sleep(500);
      const after = (await visibleText(window)).split('\n');
      assert.notEqual(after[1]?.trim(), first.trim(), after.join('\n'));
      const expected = lines.length - 3;
      assert.match(await settled('drag.ts'), new RegExp(`^HA{${expected - 1}}H[AE]+H?$`));
    }).timeout(90_000);

    it('a file that is dropped puts its path', async () => {
      await open('path.ts', '// start\n');
      await window.runCommand('View: Show Explorer');
      const row = window.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: 'drag.ts' }).first();
      const source = (await row.boundingBox()) ?? assert.fail('the explorer does not show the file');
      const to = await lineAt('// start');
      await window.page.mouse.move(source.x + 40, source.y + source.height / 2);
      await window.page.mouse.down();
      await window.page.mouse.move(to.x + 100, to.y + 80, { steps: 8 });
      await window.page.keyboard.down('Shift');
      await window.page.mouse.move(to.x + 60, to.y + 22, { steps: 8 });
      await sleep(600);
      await window.page.mouse.up();
      await window.page.keyboard.up('Shift');
      await until('the path is there', 10_000, async () => (await visibleText(window)).includes('drag.ts'));
      // Without reasons nobody tells that it was dropped.
      assert.equal(await settled('path.ts'), tier === 'precise' ? 'UH' : 'UU');
    }).timeout(90_000);

    it('what is copied in one window is put down in another', async () => {
      await open('copied.ts');
      await typeInEditor(window, '// ai: refund\n');
      await acceptInlineCompletion(window);
      await sleep(recordedAfter);
      await goTo(window, 2);
      await window.page.keyboard.press('Control+Shift+End');
      await window.page.keyboard.press('Control+c');
      const other = await window.openWindow(folder);
      await writeFile(path.join(folder, 'target.ts'), '');
      await other.openFile('target.ts');
      await sleep(10_000);
      await typeInEditor(other, '// mine\n');
      await other.page.keyboard.press('Control+v');
      await until('it is pasted', 10_000, async () => (await visibleText(other)).split('\n').length > 2);
      await sleep(2000);
      await save(other as Workbench & WorkbenchWindow);
      await sleep(recordedAfter);
      const found = await blame('target.ts');
      await other.close();
      await window.page.bringToFront();
      assert.match(found, /^HA+$/);
    }).timeout(120_000);
  });
