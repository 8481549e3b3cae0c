/** What the built-in TypeScript extension does when a person asks for it: renaming, imports, quick fixes, formatting. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Exports } from '../../src/vscode/extension';
import * as desk from './captureDesk';

describe('what a language extension does on request', () => {
  let api: Exports;
  const settings = ['editor.formatOnSave', 'editor.formatOnType', 'editor.formatOnPaste'];

  before(async () => {
    await desk.git('config', 'countersign.enabled', 'true');
    api = await desk.extensionUnderTest();
    const start = await desk.show(await desk.write('start.ts', 'export const start = 1;\nstart;\n'));
    await desk.until(
      'the language server answers',
      async () => {
        const found = await vscode.commands.executeCommand<readonly unknown[] | undefined>(
          'vscode.executeDocumentSymbolProvider',
          start.document.uri,
        );
        return (found?.length ?? 0) > 0;
      },
      40_000,
    );
  }).timeout(60_000);

  after(() => desk.git('clean', '-qfd'));
  afterEach(async () => {
    for (const name of settings) await set(name, undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const set = async (name: string, value: boolean | undefined): Promise<void> => {
    await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);
  };

  const rename = async (uri: vscode.Uri, at: vscode.Position, name: string): Promise<void> => {
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit | undefined>(
      'vscode.executeDocumentRenameProvider',
      uri,
      at,
      name,
    );
    assert.ok(edit !== undefined && edit.size > 0, 'the server renames');
    await vscode.workspace.applyEdit(edit);
  };

  it('a symbol that is renamed in an AI line makes it edited at most, never human', async () => {
    const editor = await desk.show(await desk.write('rename.ts', ''));
    await desk.acceptCompletion(editor, 'export const total = 1;\nexport const twice = total * 2;\n');
    desk.toEnd(editor);
    await desk.type('export const mine = total;\n');
    await desk.expectClasses(api, editor.document, 'AAH');
    await editor.document.save();
    await rename(editor.document.uri, new vscode.Position(0, 14), 'sum');
    await desk.until('it is renamed', async () => editor.document.getText().includes('mine = sum'));
    await sleep(500);
    const found = desk.classes(api, editor.document);
    assert.match(found, /^[AE][AE][HU]$/);
  });

  it('imports that are organised keep whose they are', async () => {
    await desk.write('names.ts', 'export const a = 1;\nexport const b = 2;\n');
    await desk.write('other.ts', 'export const c = 3;\n');
    const editor = await desk.show(await desk.write('imports.ts', ''));
    await desk.acceptCompletion(editor, "import { c } from './other';\n");
    desk.toEnd(editor);
    await desk.type("import { a } from './names';\nconsole.log(a, c);\n");
    await desk.until('it is typed', async () => editor.document.getText().includes('console'));
    await desk.expectClasses(api, editor.document, 'AHH');
    await editor.document.save();
    await sleep(1500);
    await vscode.commands.executeCommand('editor.action.organizeImports');
    await desk.until('they are in order', async () => editor.document.lineAt(0).text.includes('names'));
    await desk.expectClasses(api, editor.document, 'HAH');
  });

  it('a quick fix in an AI line leaves it an AI line', async () => {
    const editor = await desk.show(await desk.write('fix.ts', ''));
    await desk.acceptCompletion(editor, 'export function later(): number {\n  const given = 1;\n  return givn;\n}\n');
    await editor.document.save();
    const at = new vscode.Range(2, 10, 2, 12);
    let fix: vscode.CodeAction | undefined;
    await desk.until('a fix is offered', async () => {
      const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        editor.document.uri,
        at,
        vscode.CodeActionKind.QuickFix.value,
      );
      fix = actions.find(({ title }) => title.includes('given'));
      return fix !== undefined;
    });
    editor.selection = new vscode.Selection(2, 10, 2, 10);
    await vscode.commands.executeCommand('editor.action.codeAction', {
      kind: 'quickfix',
      apply: 'first',
      preferred: false,
    });
    await desk.until('it is fixed', async () => editor.document.lineAt(2).text.includes('return given'));
    await sleep(300);
    assert.match(desk.classes(api, editor.document), /^A[A][AE]A$/);
  });

  it('lines that are extracted into a function keep whose they are', async () => {
    const editor = await desk.show(await desk.write('extract.ts', ''));
    await desk.acceptCompletion(
      editor,
      'export function squared(a: number): number {\n  const b = a + 1;\n  const c = b * b;\n  return c;\n}\n',
    );
    await editor.document.save();
    await desk.until('the refactoring is offered', async () => {
      editor.selection = new vscode.Selection(1, 2, 2, 18);
      await vscode.commands.executeCommand('editor.action.codeAction', {
        kind: 'refactor.extract.function',
        apply: 'first',
      });
      await sleep(1500);
      return editor.document.getText().includes('function newFunction');
    });
    const lines = editor.document.getText().split('\n');
    for (const text of ['const b = a + 1;', 'const c = b * b;'])
      assert.equal(desk.classes(api, editor.document)[lines.findIndex((line) => line.includes(text))], 'A');
  }).timeout(60_000);

  it('the import of a suggestion that is picked is of whoever picks it', async () => {
    await desk.show(await desk.write('library.ts', 'export const unusualName = 1;\n'));
    const editor = await desk.show(await desk.write('importing.ts', ''));
    await desk.acceptCompletion(editor, 'export const first = 1;\n');
    desk.toEnd(editor);
    await desk.type('unusualN');
    await desk.until('it is offered', async () => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        editor.selection.active,
      );
      return items.some(({ label }) => (typeof label === 'string' ? label : label.label) === 'unusualName');
    });
    await vscode.commands.executeCommand('editor.action.triggerSuggest');
    await sleep(2500);
    await vscode.commands.executeCommand('acceptSelectedSuggestion');
    await desk.until('it is imported', async () => editor.document.getText().includes('import'));
    await desk.expectClasses(api, editor.document, 'HHAH');
  }).timeout(60_000);

  it('an expression that is extracted into a constant keeps whose it is', async () => {
    const editor = await desk.show(await desk.write('constant.ts', ''));
    await desk.acceptCompletion(
      editor,
      'export function scaled(alpha: number): number {\n  return alpha * 200 + 1;\n}\n',
    );
    await editor.document.save();
    await desk.until('the refactoring is offered', async () => {
      editor.selection = new vscode.Selection(1, 9, 1, 20);
      await vscode.commands.executeCommand('editor.action.codeAction', {
        kind: 'refactor.extract.constant',
        apply: 'first',
      });
      await sleep(1500);
      return editor.document.getText().includes('newLocal = alpha * 200');
    });
    await desk.expectClasses(api, editor.document, 'AEEA');
  }).timeout(60_000);

  it('text that is moved to a new file keeps whose it is', async () => {
    const uri = await desk.write('mover.ts', '');
    const editor = await desk.show(uri);
    await desk.acceptCompletion(editor, 'export function moved(a: number): number {\n    return a * 2;\n}\n');
    desk.toEnd(editor);
    await desk.type('export const mine = moved(2);\n');
    await editor.document.save();
    await desk.until('it is moved', async () => {
      editor.selection = new vscode.Selection(0, 0, 2, 1);
      await vscode.commands.executeCommand('editor.action.codeAction', {
        kind: 'refactor.move.newFile',
        apply: 'first',
      });
      await sleep(1500);
      return !editor.document.getText().includes('return');
    });
    await vscode.workspace.saveAll();
    const made = await desk.show(vscode.Uri.file(path.join(desk.workspaceRoot(), 'moved.ts')));
    await desk.expectClasses(api, made.document, 'AAA');
    await desk.until('the ledger has it', async () => /^ai/.test(desk.runKinds(await desk.lastState('moved.ts'))));
  }).timeout(60_000);

  it('formatting on save, on type and on paste keeps whose the text is', async () => {
    const editor = await desk.show(await desk.write('format.ts', ''));
    await desk.acceptCompletion(editor, 'export function spaced( a:number ){\nreturn a+1\n}\n');
    await set('editor.formatOnSave', true);
    await editor.document.save();
    await desk.until('it is formatted', async () => editor.document.getText().includes('(a: number)'));
    await desk.expectClasses(api, editor.document, 'AAA');
    await set('editor.formatOnType', true);
    desk.toEnd(editor);
    await desk.type('if(true){console.log( 1 );');
    await sleep(800);
    await desk.expectClasses(api, editor.document, 'AAAH');
    await set('editor.formatOnPaste', true);
    await desk.type('}\n');
    await desk.paste('const   outside=1;\nconst   further=2;\n');
    await sleep(800);
    const found = desk.classes(api, editor.document);
    assert.match(found, /^AAA[H]+P[P]$/, `${found}\n${editor.document.getText()}`);
    await editor.document.save();
    await sleep(500);
    assert.doesNotMatch(desk.classes(api, editor.document), /U/);
  });
});
