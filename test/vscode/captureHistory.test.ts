import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Exports } from '../../src/vscode/extension';
import * as desk from './captureDesk';

describe('documents that are open while git works', () => {
  let api: Exports;
  let start: string;
  const remote = `/tmp/countersign-remote-${process.pid}`;

  before(async () => {
    api = await desk.recordingExtension();
    start = (await desk.git('rev-parse', 'HEAD')).trim();
    await desk.git('init', '-q', '--bare', remote);
    await desk.git('remote', 'add', 'origin', remote);
    await desk.git('push', '-q', '-u', 'origin', 'HEAD');
  });

  after(async () => {
    await desk.git('remote', 'remove', 'origin');
    await desk.git('reset', '-q', '--hard', start);
    await desk.git('clean', '-qfd');
    await vscode.workspace.fs.delete(vscode.Uri.file(remote), { recursive: true });
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const greet = (): vscode.Uri => vscode.Uri.file(`${desk.workspaceRoot()}/greet.ts`);
  const withAi = (): Promise<vscode.TextEditor> => desk.greetWithAi(api);
  const textIs = (editor: vscode.TextEditor, holds: (text: string) => boolean): Promise<void> =>
    desk.until('the file is read again', async () => holds(editor.document.getText()));

  it('what is stashed and taken back has the origins it had', async () => {
    const editor = await withAi();
    await desk.git('stash', '-q');
    await textIs(editor, (text) => !text.includes('answer'));
    await desk.expectClasses(api, editor.document, 'UUU');
    await desk.git('stash', 'pop', '-q');
    await textIs(editor, (text) => text.includes('answer'));
    await desk.expectClasses(api, editor.document, 'UUUAAH');
    await desk.until(
      'the ledger knows',
      async () => desk.runKinds(await desk.lastState('greet.ts')) === 'base ai human',
    );
  });

  it('a hunk that is discarded in the editor is the committed text again', async () => {
    await desk.git('checkout', '-q', 'HEAD', '--', 'greet.ts');
    const editor = await desk.show(greet());
    await textIs(editor, (text) => !text.includes('answer'));
    await sleep(300);
    const committed = editor.document.getText();
    await editor.edit((edit) => edit.replace(new vscode.Range(1, 0, 2, 0), 'other;\n'));
    await desk.expectClasses(api, editor.document, 'UUU');
    await editor.edit((edit) => edit.replace(new vscode.Range(1, 0, 2, 0), `${committed.split('\n')[1]}\n`));
    assert.equal(editor.document.getText(), committed);
    await desk.expectClasses(api, editor.document, 'UUU');
    await editor.document.save();
    await sleep(600);
    assert.equal(desk.runKinds(await desk.lastState('greet.ts')), 'base');
    assert.deepEqual((await desk.lastState('greet.ts'))?.attributed.cuts, []);
  });

  it('a hunk that git discards on disk', async () => {
    const editor = await withAi();
    const [first, ...rest] = editor.document.getText().split('\n');
    await desk.write('greet.ts', ['// unseen', first, ...rest].join('\n'));
    await textIs(editor, (text) => text.startsWith('// unseen'));
    await desk.expectClasses(api, editor.document, 'UUUUAAH');
    await desk.write('greet.ts', [first, ...rest].join('\n'));
    await textIs(editor, (text) => !text.startsWith('// unseen'));
    await desk.expectClasses(api, editor.document, 'UUUAAH');
  });

  it('a commit from a terminal keeps the marks until the push takes them away', async () => {
    const editor = await withAi();
    assert.equal(await desk.markedLines(editor.document), '3 4');
    await desk.git('commit', '-qam', 'Answer');
    await sleep(1500);
    assert.equal(await desk.markedLines(editor.document), '3 4');
    await desk.git('push', '-q', '--no-verify');
    await desk.until('the marks are gone', async () => (await desk.markedLines(editor.document)) === '');
    await desk.type('x');
    await editor.document.save();
    await desk.until('it is based on the commit', async () => {
      const state = await desk.lastState('greet.ts');
      return state?.attributed.cuts.length === 0 && state.attributed.nicks.length === 0;
    });
  });
});
