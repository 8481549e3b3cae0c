/**
 * Gestures that need a mouse, real keys or two windows, in an editor that gives reasons for changes and in one that
 * refuses them as the marketplace's desktop build does. Run on demand: `npm run test:windows`.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import {
  acceptInlineCompletion,
  awaitInlineCompletion,
  goTo,
  openView,
  paste,
  save,
  typeInEditor,
  visibleText,
} from '../harness/gestures';
import { until } from '../harness/until';
import type { Workbench } from '../harness/workbench';
import { buildExtension, root as extension } from '../vscode/runSuites';
import { recordedAfter, startWithExtension, WindowRepo } from './windowDesk';

const withoutReasons = path.join(extension, 'test', 'harness', 'withoutReasons.cjs');

for (const tier of ['precise', 'stable'] as const)
  describe(`gestures of a person, ${tier} tier`, () => {
    let root: string;
    let repo: WindowRepo;
    let window: Workbench;

    before(async () => {
      await buildExtension();
      root = await mkdtemp(path.join(tmpdir(), 'countersign-gestures-'));
      repo = await WindowRepo.make(path.join(root, 'repo'), { 'src/base.ts': '// start\n' });
      const userDataDir = path.join(root, 'data');
      await mkdir(path.join(userDataDir, 'data', 'User'), { recursive: true });
      // No keys of the editor's own do these.
      const keys = [
        { key: 'ctrl+alt+right', command: 'editor.action.inlineSuggest.acceptNextLine' },
        { key: 'ctrl+alt+i', command: 'editor.action.insertSnippet', args: { snippet: 'log($CLIPBOARD, x)' } },
        { key: 'ctrl+alt+b', command: 'editor.action.insertCursorBelow' },
      ];
      await writeFile(path.join(userDataDir, 'data', 'User', 'keybindings.json'), JSON.stringify(keys));
      window = await startWithExtension(root, {
        folder: repo.folder,
        userDataDir,
        settings: {
          'countersign.capture.wrapInlineAccept': true,
          'editor.dropIntoEditor.enabled': true,
          // Else versions that are saved within ten seconds are one.
          'workbench.localHistory.mergeWindow': 0,
          'git.mergeEditor': true,
        },
        env: tier === 'stable' ? { NODE_OPTIONS: `--require=${withoutReasons}` } : {},
      });
    }).timeout(300_000);

    after(async () => {
      await window?.dispose();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    });

    /** Opens a file of one line and puts the cursor behind it. */
    const open = async (name: string, text = ''): Promise<void> => {
      await repo.write(name, text);
      await window.openFile(name);
      await sleep(700);
      await window.page.keyboard.press('Control+End');
    };

    const settled = (name: string): Promise<string> => repo.settled(window, name);

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
      const lines = (await readFile(path.join(repo.folder, 'drag.ts'), 'utf8')).split('\n');
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

    it('a word that is dragged elsewhere as a copy keeps its origins', async () => {
      await open('drag-copy.ts');
      await typeInEditor(window, '// ai: short\n');
      await acceptInlineCompletion(window);
      await typeInEditor(window, '\n// mine');
      await goTo(window, 3, 1);
      await window.page.keyboard.press('Control+Shift+ArrowRight');
      await sleep(300);
      const from = await lineAt('run();');
      const to = await lineAt('// mine');
      await window.page.mouse.move(from.x + 6, from.y);
      await window.page.mouse.down();
      await window.page.keyboard.down('Control');
      await window.page.mouse.move(to.x + 200, to.y, { steps: 12 });
      await sleep(300);
      await window.page.mouse.up();
      await window.page.keyboard.up('Control');
      await until('it is copied', 10_000, async () => (await visibleText(window)).includes('// minerun'));
      // Without reasons nobody tells that it was dragged.
      assert.equal(await settled('drag-copy.ts'), tier === 'precise' ? 'HAAAE' : 'HAAAU');
    }).timeout(90_000);

    it('a snippet is filled in with what was copied', async () => {
      await open('clipboard.ts');
      await typeInEditor(window, '// ai: short\n');
      await acceptInlineCompletion(window);
      await goTo(window, 2, 1);
      await window.page.keyboard.press('Shift+End');
      await sleep(300);
      await window.page.keyboard.press('Control+c');
      await window.page.keyboard.press('Control+End');
      await typeInEditor(window, '\n');
      await window.page.keyboard.press('Control+Alt+i');
      await until('it is inserted', 10_000, async () => (await visibleText(window)).includes('log(go();, x)'));
      assert.equal(await settled('clipboard.ts'), tier === 'precise' ? 'HAAAE' : 'HAAAU');
    }).timeout(90_000);

    it('an address that is pasted over words makes a link of them', async () => {
      await open('link.md');
      await typeInEditor(window, '// ai: short\n');
      await acceptInlineCompletion(window);
      await goTo(window, 2, 1);
      await window.page.keyboard.press('Shift+End');
      await sleep(300);
      await paste(window, 'https://example.com/a/long/way/to/some/place.html');
      await until('it is a link', 10_000, async () => (await visibleText(window)).includes('[go();](https'));
      assert.equal(await settled('link.md'), 'HEAA');
    }).timeout(90_000);

    it('lines that the merge editor takes keep whose they are, and what is typed there is a person', async () => {
      const type = async (branch: string, write: () => Promise<void>): Promise<void> => {
        await repo.git('checkout', '--quiet', '-B', branch, 'main');
        await window.openFile('merged.ts');
        await until('it is the common text', 20_000, async () => !(await visibleText(window)).includes('// mine'));
        await goTo(window, 1);
        await window.page.keyboard.press('End');
        await write();
        await settled('merged.ts');
        await repo.git('commit', '--quiet', '--all', '--message', branch);
      };
      await repo.write('merged.ts', '// top\n// end\n');
      await repo.git('add', 'merged.ts');
      await repo.git('commit', '--quiet', '--message', 'Start');
      await type('ours', () => typeInEditor(window, '\n// mine, on our side\n// mine too'));
      await type('theirs', async () => {
        await typeInEditor(window, '\n// ai: short\n');
        await acceptInlineCompletion(window);
      });
      await window.runCommand('View: Close All Editors');
      await assert.rejects(repo.git('merge', 'ours'));
      await openView(window, 'Source Control');
      const row = window.page.locator('.scm-view .monaco-list-row').filter({ hasText: 'merged.ts' }).first();
      const result = window.page.locator('.code-view.result .view-line');
      // Until git has told of the conflict, the row shows the changes.
      await until('the merge editor shows', 60_000, async () => {
        await row.click();
        return result
          .filter({ hasText: '// end' })
          .first()
          .waitFor({ timeout: 5_000 })
          .then(
            () => true,
            () => false,
          );
      });
      await window.runCommand('Accept All Incoming Changes from Left');
      await window.runCommand('Accept All Current Changes from Right');
      await result.filter({ hasText: 'mine too' }).first().waitFor({ timeout: 10_000 });
      await result.filter({ hasText: '// end' }).first().click();
      await window.page.keyboard.press('End');
      await window.page.keyboard.type('\n// typed');
      await sleep(recordedAfter);
      await window.page.keyboard.press('Control+s');
      await until('it is saved', 20_000, async () =>
        (await readFile(path.join(repo.folder, 'merged.ts'), 'utf8')).includes('// typed'),
      );
      await sleep(recordedAfter);
      assert.match(await repo.blame('merged.ts'), /^U(?:HHHAAA|HAAAHH)UH$/);
      await repo.git('merge', '--abort');
      await repo.git('checkout', '--quiet', '--force', 'main');
      await window.runCommand('View: Close All Editors');
      await window.runCommand('View: Show Explorer');
    }).timeout(180_000);

    it('short lines that are put down one at each cursor', async () => {
      await open('spread.ts');
      await typeInEditor(window, '// ai: short\n');
      await acceptInlineCompletion(window);
      await goTo(window, 2, 1);
      await window.page.keyboard.press('Control+Shift+End');
      await sleep(300);
      await window.page.keyboard.press('Control+c');
      await window.page.keyboard.press('Control+End');
      await typeInEditor(window, '\nvar a = \nvar b = \nvar c = ');
      await goTo(window, 5, 9);
      for (let times = 0; times < 2; times++) await window.page.keyboard.press('Control+Alt+b');
      await sleep(300);
      await window.page.keyboard.press('Control+v');
      await until('they are pasted', 10_000, async () => (await visibleText(window)).includes('var c = end();'));
      await window.page.keyboard.press('Escape');
      assert.equal(await settled('spread.ts'), 'HAAAEEE');
    }).timeout(90_000);

    it('a selection that is dragged onto another editor stays where it is', async () => {
      await repo.write('beside.ts', '// beside\n');
      await open('dragged.ts');
      await typeInEditor(window, '// mine\n// ai: clamp\n');
      await acceptInlineCompletion(window);
      const before = await settled('dragged.ts');
      await window.runCommand('View: Split Editor Right');
      await window.openFile('beside.ts');
      await sleep(1000);
      const to = await lineAt('// beside');
      await window.page.keyboard.press('Control+1');
      await goTo(window, 3);
      await window.page.keyboard.press('Shift+ArrowDown');
      await sleep(300);
      const from = await lineAt('export function');
      await window.page.mouse.move(from.x + 12, from.y);
      await window.page.mouse.down();
      await window.page.mouse.move(to.x + 30, to.y, { steps: 12 });
      await sleep(300);
      await window.page.mouse.up();
      await sleep(1000);
      assert.equal(await readFile(path.join(repo.folder, 'beside.ts'), 'utf8'), '// beside\n');
      assert.equal(await settled('dragged.ts'), before);
      await window.runCommand('View: Single Column Editor Layout');
      await window.runCommand('View: Close All Editors');
    }).timeout(90_000);

    it('a version that local history restores has the origins it had', async () => {
      await open('history.ts');
      await typeInEditor(window, '// mine\n// ai: clamp\n');
      await acceptInlineCompletion(window);
      const before = await settled('history.ts');
      assert.match(before, /^HHA+$/);
      await goTo(window, 2);
      await window.page.keyboard.press('Control+Shift+End');
      await typeInEditor(window, '// all over');
      assert.equal(await settled('history.ts'), 'HH');
      await window.runCommand('Explorer: Focus on Timeline View');
      // The rows of a list stand in the page in whatever order they were drawn.
      const entries = window.page.locator('.sidebar .monaco-list-row').filter({ hasText: 'File Saved' });
      const older = window.page.locator('.sidebar .monaco-list-row[data-index="1"]').filter({ hasText: 'File Saved' });
      const restore = window.page.locator('.monaco-menu .action-label[aria-label^="Restore Contents"]');
      const confirm = window.page.locator('.monaco-dialog-box .monaco-button').filter({ hasText: 'Restore' });
      const ask = async (): Promise<void> => {
        await older.click({ button: 'right', timeout: 5_000 });
        await restore.hover({ timeout: 5_000 });
        // A menu takes no click in its first moment, which may be the one that opened it.
        await sleep(500);
        await restore.click({ timeout: 5_000 });
        await confirm.waitFor({ timeout: 5_000 });
      };
      await until('the editor asks whether to restore it', 60_000, async () => {
        // Rows move, and menus close, while the list still loads.
        const isLoading = (await window.page.locator('.sidebar .monaco-list-row', { hasText: 'Loading' }).count()) > 0;
        if (isLoading || (await entries.count()) !== 2) return false;
        return ask().then(
          () => true,
          () => window.page.keyboard.press('Escape').then(() => false),
        );
      });
      await confirm.click();
      await until('it is restored', 20_000, async () =>
        (await readFile(path.join(repo.folder, 'history.ts'), 'utf8')).includes('clamp'),
      );
      await sleep(recordedAfter);
      assert.equal(await repo.blame('history.ts'), before);
      await window.runCommand('View: Close All Editors');
    }).timeout(120_000);

    it('several selections that are copied and put down at one place', async () => {
      await open('selections.ts');
      await typeInEditor(window, '// mine\n// ai: clamp\n');
      await acceptInlineCompletion(window);
      await goTo(window, 3, 8);
      await window.page.keyboard.press('Control+Shift+ArrowDown');
      await window.page.keyboard.press('Shift+End');
      await sleep(300);
      await window.page.keyboard.press('Control+c');
      await window.page.keyboard.press('Escape');
      await window.page.keyboard.press('Control+End');
      await typeInEditor(window, '\n');
      await window.page.keyboard.press('Control+v');
      await until('they are pasted', 10_000, async () => (await visibleText(window)).split('\n').length === 8);
      assert.equal(await settled('selections.ts'), 'HHAAAAAA', await visibleText(window));
    }).timeout(90_000);

    it('a symbol that is renamed', async () => {
      await open('symbol.ts');
      await typeInEditor(window, '// mine\n// ai: clamp\n');
      await acceptInlineCompletion(window);
      await typeInEditor(window, '\nclamp(1, 2, 3);');
      await save(window);
      await goTo(window, 7);
      const input = window.page.locator('.rename-box input.rename-input');
      await until('the language server renames', 60_000, async () => {
        await window.page.keyboard.press('F2');
        return input.waitFor({ timeout: 8_000 }).then(
          () => true,
          () => false,
        );
      });
      await input.fill('limit');
      await window.page.keyboard.press('Enter');
      await until('it is renamed', 20_000, async () => (await visibleText(window)).includes('function limit'));
      // Without reasons nobody tells that a person asked for it.
      assert.match(await settled('symbol.ts'), tier === 'precise' ? /^HH[AE]AAAH$/ : /^HHEAAAU$/);
    }).timeout(150_000);

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
      const other = await window.openWindow(repo.folder);
      await repo.write('target.ts', '');
      await other.openFile('target.ts');
      await sleep(10_000);
      await typeInEditor(other, '// mine\n');
      await other.page.keyboard.press('Control+v');
      await until('it is pasted', 10_000, async () => (await visibleText(other)).split('\n').length > 2);
      await sleep(2000);
      await save(other);
      await sleep(recordedAfter);
      const found = await repo.blame('target.ts');
      await other.close();
      await window.page.bringToFront();
      assert.match(found, /^HA+$/);
    }).timeout(120_000);
  });
