import assert from 'node:assert/strict';
import { mkdir, realpath, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Exports } from '../../src/vscode/extension';
import * as desk from './captureDesk';

const ghost = 'const answer = 42;\nconst question = undefined;';

describe('files that are moved, deleted and saved under another name', () => {
  let api: Exports;

  before(async () => {
    api = await desk.recordingExtension();
  });

  after(() => desk.git('clean', '-qfd'));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const fileAt = (name: string): vscode.Uri => vscode.Uri.file(path.join(desk.workspaceRoot(), name));

  const withAi = async (name: string): Promise<vscode.TextEditor> => {
    const editor = await desk.show(await desk.write(name, ''));
    await desk.type('mine\n');
    await desk.acceptCompletion(editor, ghost);
    await desk.expectClasses(api, editor.document, 'HAA');
    return editor;
  };

  const rename = async (from: string, to: string): Promise<void> => {
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(fileAt(from), fileAt(to));
    await vscode.workspace.applyEdit(edit);
    await sleep(500);
  };

  it('an open file that is renamed takes along what is known of it', async () => {
    const editor = await withAi('old.ts');
    await editor.document.save();
    await rename('old.ts', 'new.ts');
    const moved = await desk.show(fileAt('new.ts'));
    await desk.expectClasses(api, moved.document, 'HAA');
    await desk.until('the ledger has it', async () => desk.runKinds(await desk.lastState('new.ts')) === 'human ai');
    await desk.until('the old one is gone', async () => (await desk.lastState('old.ts'))?.existence === 'gone');
  });

  it('a folder of closed files that is moved', async () => {
    const editor = await withAi('from/closed.ts');
    await editor.document.save();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rename('from', 'to');
    await desk.until(
      'the ledger has it',
      async () => desk.runKinds(await desk.lastState('to/closed.ts')) === 'human ai',
    );
    assert.equal((await desk.lastState('from/closed.ts'))?.existence, 'gone');
  });

  it('a file that a person deletes is gone, and is there again when that is undone', async () => {
    const editor = await withAi('deleted.ts');
    await editor.document.save();
    await sleep(500);
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(fileAt('deleted.ts'));
    await vscode.workspace.applyEdit(edit);
    await desk.until('it is gone', async () => (await desk.lastState('deleted.ts'))?.existence === 'gone');
    assert.deepEqual((await desk.lastState('deleted.ts'))?.attributed.cuts, []);
    await desk.write('deleted.ts', `mine\n${ghost}`);
    const again = await desk.show(fileAt('deleted.ts'));
    await desk.expectClasses(api, again.document, 'HAA');
    await desk.until('it is there', async () => (await desk.lastState('deleted.ts'))?.existence === 'there');
  });

  it('an untitled document that is saved by its dialog', async () => {
    const document = await vscode.workspace.openTextDocument({ content: '', language: 'typescript' });
    const editor = await vscode.window.showTextDocument(document);
    await desk.type('mine\n');
    await desk.acceptCompletion(editor, ghost);
    const saving = vscode.commands.executeCommand('workbench.action.files.saveAs');
    await desk.until('it is saved', async () => {
      await sleep(500);
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return vscode.window.activeTextEditor?.document.uri.scheme === 'file';
    });
    await saving;
    const saved = vscode.window.activeTextEditor?.document;
    assert.ok(saved);
    await desk.expectClasses(api, saved, 'HAA');
    await desk.until(
      'the ledger has it',
      async () => desk.runKinds(await desk.lastState(path.basename(saved.uri.fsPath))) === 'human ai',
    );
  });

  it('cells of a notebook are followed, and its file when it is saved', async () => {
    const cell = { cell_type: 'code', source: ['print(1)\n', 'print(2)'], metadata: {}, outputs: [] };
    const content = { cells: [{ ...cell, execution_count: null }], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    const uri = await desk.write('book.ipynb', JSON.stringify(content, undefined, 1));
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await sleep(1500);
    await vscode.commands.executeCommand('notebook.cell.edit');
    await sleep(500);
    const { document } = notebook.cellAt(0);
    await vscode.commands.executeCommand('cursorBottom');
    await desk.type('\nmine()');
    await desk.until('it is typed', async () => document.lineCount === 3);
    await desk.expectClasses(api, document, 'UUH');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), 'unseen()\n');
    await vscode.workspace.applyEdit(edit);
    await desk.expectClasses(api, document, 'UUUH');
    await notebook.save();
    await desk.until('the ledger has it', async () => (await desk.lastState('book.ipynb')) !== undefined);
    const state = await desk.lastState('book.ipynb');
    assert.match(state?.attributed.text ?? '', /unseen\(\)/);
    const saved = await desk.show(uri).catch(() => undefined);
    if (saved === undefined) return;
    const line = saved.document
      .getText()
      .split('\n')
      .findIndex((text) => text.includes('mine()'));
    await desk.until('its line is told', async () => desk.classes(api, saved.document)[line] === 'H');
  });

  it('cells that are moved keep their origins, and cells that another program rewrites have none', async () => {
    const cellOf = (source: string): object => ({
      cell_type: 'code',
      source: [source],
      metadata: {},
      outputs: [],
      execution_count: null,
    });
    const bookOf = (...sources: readonly string[]): string =>
      JSON.stringify({ cells: sources.map(cellOf), metadata: {}, nbformat: 4, nbformat_minor: 5 }, undefined, 1);
    const uri = await desk.write('moved.ipynb', bookOf('first()', 'second()'));
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await sleep(1500);
    await vscode.commands.executeCommand('notebook.cell.edit');
    await sleep(500);
    const { document } = notebook.cellAt(0);
    await vscode.commands.executeCommand('cursorBottom');
    await desk.type('\nmine()');
    await desk.expectClasses(api, document, 'UH');
    await vscode.commands.executeCommand('notebook.cell.quitEdit');
    await vscode.commands.executeCommand('notebook.cell.moveDown');
    await desk.until('the cell is moved', async () => notebook.cellAt(1).document.getText().includes('mine()'));
    await desk.expectClasses(api, notebook.cellAt(1).document, 'UH');
    await notebook.save();
    await desk.until('the ledger has it', async () => (await desk.lastState('moved.ipynb')) !== undefined);
    await desk.write('moved.ipynb', bookOf('second()', 'by_another_program()'));
    await desk.until('it is read again', async () => notebook.cellAt(1).document.getText().startsWith('by_another'));
    await desk.expectClasses(api, notebook.cellAt(1).document, 'U');
  });

  it('a file under a linked folder is known by its real place', async () => {
    await mkdir(path.join(desk.workspaceRoot(), 'real'));
    await symlink('real', path.join(desk.workspaceRoot(), 'link'));
    const editor = await desk.show(await desk.write('link/file.ts', ''));
    await desk.type('mine');
    await editor.document.save();
    await desk.until('the ledger has it', async () => desk.runKinds(await desk.lastState('real/file.ts')) === 'human');
  });

  it('a file of a second repository, reached by a link', async () => {
    const other = path.join(await realpath('/tmp'), `countersign-second-${process.pid}`);
    await mkdir(other, { recursive: true });
    await desk.git('init', '-q', other);
    await desk.git('-C', other, 'config', 'countersign.enabled', 'true');
    await symlink(other, path.join(desk.workspaceRoot(), 'second'));
    const editor = await desk.show(await desk.write('second/file.ts', ''));
    await desk.type('mine');
    await editor.document.save();
    await desk.until(
      'its ledger has it',
      async () => desk.runKinds(await desk.lastState('file.ts', other)) === 'human',
    );
    await vscode.workspace.fs.delete(vscode.Uri.file(other), { recursive: true });
  });

  it('files that are moved into another repository, an open one and a closed one', async () => {
    const other = path.join(await realpath('/tmp'), `countersign-target-${process.pid}`);
    await mkdir(other, { recursive: true });
    await desk.git('init', '-q', other);
    await desk.git('-C', other, 'config', 'countersign.enabled', 'true');
    await desk.show(await desk.write(path.join(other, 'start.ts'), 'start\n'));
    await sleep(1000);
    const moveOver = async (name: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(fileAt(name), vscode.Uri.file(path.join(other, name)));
      await vscode.workspace.applyEdit(edit);
    };
    const open = await withAi('moved-open.ts');
    await open.document.save();
    await moveOver('moved-open.ts');
    const moved = await desk.show(vscode.Uri.file(path.join(other, 'moved-open.ts')));
    await desk.expectClasses(api, moved.document, 'HAA');
    const closed = await withAi('moved-closed.ts');
    await closed.document.save();
    await sleep(600);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await moveOver('moved-closed.ts');
    for (const name of ['moved-open.ts', 'moved-closed.ts']) {
      await desk.until(
        'its new ledger has it',
        async () => desk.runKinds(await desk.lastState(name, other)) === 'human ai',
      );
      await desk.until('the old one is gone', async () => (await desk.lastState(name))?.existence === 'gone');
    }
    await vscode.workspace.fs.delete(vscode.Uri.file(other), { recursive: true });
  });
});
