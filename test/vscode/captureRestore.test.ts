/** Text that comes back by the editor's own memory or by the commands of its Git extension. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { lineKey } from '../../src/core/attribution/attributed';
import type { Exports } from '../../src/vscode/extension';
import * as desk from './captureDesk';

const ghost = 'const answer = 42;\nconst question = undefined;';

/** What is used of the Git extension's interface. */
interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: { readonly workingTreeChanges: readonly unknown[] };
  status(): Promise<void>;
  clean(paths: string[]): Promise<void>;
  checkout(treeish: string): Promise<void>;
  createStash(options?: { message?: string }): Promise<void>;
  popStash(): Promise<void>;
}

describe('text that the editor or its Git extension brings back', () => {
  let api: Exports;
  let repository: GitRepository;

  before(async () => {
    api = await desk.recordingExtension();
    const extension = vscode.extensions.getExtension<{ getAPI(version: 1): { repositories: GitRepository[] } }>(
      'vscode.git',
    );
    const git = (await extension?.activate())?.getAPI(1);
    await desk.until('the Git extension knows the repository', async () => (git?.repositories.length ?? 0) > 0);
    repository = git?.repositories[0] ?? assert.fail();
  });

  after(async () => {
    await desk.git('reset', '-q', '--hard', 'HEAD');
    await desk.git('clean', '-qfd');
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const greet = (): vscode.Uri => vscode.Uri.file(`${desk.workspaceRoot()}/greet.ts`);
  const withAi = (): Promise<vscode.TextEditor> => desk.greetWithAi(api);
  const textIs = (editor: vscode.TextEditor, holds: (text: string) => boolean): Promise<void> =>
    desk.until('the text is there', async () => holds(editor.document.getText()));

  it('a file that is reverted in the editor', async () => {
    const editor = await withAi();
    desk.moveTo(editor, [3, 0]);
    await desk.type('something else');
    await desk.expectClasses(api, editor.document, 'UUUEAH');
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await textIs(editor, (text) => !text.includes('something else'));
    await desk.expectClasses(api, editor.document, 'UUUAAH');
  });

  it('a hunk that is reverted by the Git extension, and taken back', async () => {
    const editor = await withAi();
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// unseen\n'));
    await editor.document.save();
    await repository.status();
    await sleep(1500);
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    await vscode.commands.executeCommand('git.revertSelectedRanges');
    await textIs(editor, (text) => !text.includes('unseen'));
    await desk.expectClasses(api, editor.document, 'UUUAAH');
    editor.selection = new vscode.Selection(3, 0, 4, 0);
    await sleep(1000);
    await vscode.commands.executeCommand('git.revertSelectedRanges');
    await textIs(editor, (text) => !text.includes('answer'));
    await vscode.commands.executeCommand('undo');
    await textIs(editor, (text) => text.includes('answer'));
    await desk.expectClasses(api, editor.document, 'UUUAAH');
    const unseen = lineKey('// unseen');
    await desk.until('nothing that is back counts as removed', async () => {
      const cuts = (await desk.lastState('greet.ts'))?.attributed.cuts;
      return cuts?.every(({ line }) => line === unseen) === true;
    });
  });

  it('a committed line that an extension removed and the Git extension brings back, beside other work', async () => {
    const editor = await withAi();
    const cuts = async (): Promise<number | undefined> => (await desk.lastState('greet.ts'))?.attributed.cuts.length;
    await editor.edit((edit) => edit.delete(new vscode.Range(1, 0, 2, 0)));
    await editor.document.save();
    await desk.until('it counts as removed', async () => (await cuts()) === 1);
    await repository.status();
    await sleep(1500);
    editor.selection = new vscode.Selection(0, 0, 1, 0);
    await vscode.commands.executeCommand('git.revertSelectedRanges');
    await textIs(editor, (text) => text.includes('return'));
    await desk.expectClasses(api, editor.document, 'UUUAAH');
    await editor.document.save();
    await desk.until('it does not any more', async () => (await cuts()) === 0);
  });

  it('changes that the Git extension discards and stashes', async () => {
    const editor = await withAi();
    await repository.createStash({ message: 'later' });
    await textIs(editor, (text) => !text.includes('answer'));
    await desk.expectClasses(api, editor.document, 'UUU');
    await repository.popStash();
    await textIs(editor, (text) => text.includes('answer'));
    await desk.expectClasses(api, editor.document, 'UUUAAH');
    await repository.clean([greet().fsPath]);
    await textIs(editor, (text) => !text.includes('answer'));
    await desk.expectClasses(api, editor.document, 'UUU');
  });

  it('another branch and back, with the file open', async () => {
    const editor = await withAi();
    const branch = (await desk.git('rev-parse', '--abbrev-ref', 'HEAD')).trim();
    await desk.git('switch', '-q', '-c', 'work');
    await desk.git('commit', '-qam', 'Answer');
    await repository.checkout(branch);
    await textIs(editor, (text) => !text.includes('answer'));
    await desk.expectClasses(api, editor.document, 'UUU');
    await repository.checkout('work');
    await textIs(editor, (text) => text.includes('answer'));
    await desk
      .until('the lines are known', async () => {
        const classes = desk.classes(api, editor.document);
        return classes === 'UUUAAH';
      })
      .catch(() => assert.equal(desk.classes(api, editor.document), 'UUUAAH'));
    await repository.checkout(branch);
    await textIs(editor, (text) => !text.includes('answer'));
  });

  it('a chain of undo and redo over typing, a completion, a paste and a formatter', async () => {
    const editor = await desk.show(await desk.write('chain.ts', ''));
    const stages: [text: string, classes: string][] = [];
    const stage = async (expected: string): Promise<void> => {
      await desk.expectClasses(api, editor.document, expected);
      stages.push([editor.document.getText(), expected]);
    };
    await stage('');
    await desk.type('mine();\n');
    await stage('H');
    await desk.acceptCompletion(editor, ghost);
    await stage('HAA');
    await desk.type('\n');
    await desk.paste('let outside = 1;\nlet further = 2;');
    await stage('HAAPP');
    await vscode.commands.executeCommand('editor.action.moveLinesUpAction');
    await stage('HAAPP');
    await vscode.commands.executeCommand('editor.action.transformToUppercase');
    await stage('HAAPP');
    for (const way of ['undo', 'redo', 'undo', 'redo'] as const) {
      for (let steps = 0; steps < 20; steps++) {
        await vscode.commands.executeCommand(way);
        const text = editor.document.getText();
        const known = stages.find(([other]) => other === text);
        if (known !== undefined) await desk.expectClasses(api, editor.document, known[1]);
      }
    }
  });
});
