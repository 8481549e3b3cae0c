import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Exports } from '../../src/vscode/extension';
import * as desk from './captureDesk';

const ghost = 'const answer = 42;\nlet x = 1;';

describe('ways in which text comes into a file', () => {
  let api: Exports;

  before(async () => {
    api = await desk.recordingExtension();
  });

  after(() => desk.git('clean', '-qfd'));
  afterEach(async () => {
    await vscode.workspace.saveAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** A file with two AI lines, then `mine` by hand, the cursor at its end. */
  const mixed = async (name: string): Promise<vscode.TextEditor> => {
    const editor = await desk.show(await desk.write(name, ''));
    await desk.acceptCompletion(editor, ghost);
    await desk.type('\nmine');
    await desk.expectClasses(api, editor.document, 'AAH');
    return editor;
  };

  const run = async (...commands: readonly string[]): Promise<void> => {
    for (const command of commands) await vscode.commands.executeCommand(command);
  };

  it('lines that are moved keep their origin, short ones too', async () => {
    const editor = await mixed('move.ts');
    await run('editor.action.moveLinesUpAction');
    await desk.expectClasses(api, editor.document, 'AHA');
    await run('editor.action.moveLinesUpAction');
    await desk.expectClasses(api, editor.document, 'HAA');
    await run('editor.action.moveLinesDownAction', 'editor.action.moveLinesDownAction');
    await desk.expectClasses(api, editor.document, 'AAH');
  });

  it('lines that are copied keep their origin', async () => {
    const editor = await mixed('copy.ts');
    desk.moveTo(editor, [1, 0]);
    await run('editor.action.copyLinesDownAction');
    await desk.expectClasses(api, editor.document, 'AAAH');
    desk.moveTo(editor, [3, 0]);
    await run('editor.action.copyLinesUpAction');
    await desk.expectClasses(api, editor.document, 'AAAHH');
    editor.selection = new vscode.Selection(1, 0, 1, 10);
    await run('editor.action.duplicateSelection');
    assert.equal(editor.document.lineAt(1).text, 'let x = 1;let x = 1;');
    await desk.expectClasses(api, editor.document, 'AAAHH');
  });

  it('lines that are sorted, reversed and made unique keep their origin', async () => {
    const editor = await mixed('sort.ts');
    await run('editor.action.selectAll', 'editor.action.sortLinesDescending');
    assert.equal(editor.document.getText(), 'mine\nlet x = 1;\nconst answer = 42;');
    await desk.expectClasses(api, editor.document, 'HAA');
    await run('editor.action.selectAll', 'editor.action.reverseLines');
    await desk.expectClasses(api, editor.document, 'AAH');
    await run('editor.action.selectAll', 'editor.action.removeDuplicateLines');
    await desk.expectClasses(api, editor.document, 'AAH');
  });

  it('lines that are joined mix', async () => {
    const editor = await mixed('join.ts');
    desk.moveTo(editor, [1, 0]);
    await run('editor.action.joinLines');
    await desk.expectClasses(api, editor.document, 'AE');
    desk.moveTo(editor, [0, 0]);
    await run('undo');
    await desk.expectClasses(api, editor.document, 'AAH');
  });

  it('another case is no other origin', async () => {
    const editor = await mixed('case.ts');
    await run('editor.action.selectAll', 'editor.action.transformToUppercase');
    assert.equal(editor.document.lineAt(0).text, 'CONST ANSWER = 42;');
    await desk.expectClasses(api, editor.document, 'AAH');
  });

  it('comment, indent and delete lines', async () => {
    const editor = await mixed('comment.ts');
    await run('editor.action.selectAll', 'editor.action.indentLines');
    await desk.expectClasses(api, editor.document, 'AAH');
    desk.moveTo(editor, [0, 0]);
    await run('editor.action.deleteLines');
    await desk.expectClasses(api, editor.document, 'AH');
    await run('undo');
    await desk.expectClasses(api, editor.document, 'AAH');
  });

  it('typing into a column of cursors, and a bracket that closes itself', async () => {
    const editor = await mixed('column.ts');
    desk.moveTo(editor, [0, 3], [1, 3], [2, 3]);
    await desk.type('(');
    await desk.expectClasses(api, editor.document, 'EEH');
  });

  it('what is replaced by find and replace is typed', async () => {
    const editor = await mixed('replace.ts');
    // The search begins with the word at the cursor.
    desk.moveTo(editor, [0, 8]);
    await desk.until('it is replaced', async () => {
      await vscode.commands.executeCommand('editor.actions.findWithArgs', {
        searchString: 'answer',
        replaceString: 'question',
      });
      await sleep(700);
      await run('editor.action.replaceAll');
      return editor.document.getText().includes('question');
    });
    await run('closeFindWidget');
    assert.equal(editor.document.lineAt(0).text, 'const question = 42;');
    await desk.expectClasses(api, editor.document, 'EAH');
  });

  it('a snippet and an abbreviation', async () => {
    const editor = await desk.show(await desk.write('snippet.html', ''));
    await desk.type('ul>li*3');
    await run('editor.emmet.action.expandAbbreviation');
    await desk.until('it is expanded', async () => editor.document.lineCount === 5);
    await desk.expectClasses(api, editor.document, 'HHHHH');
    desk.toEnd(editor);
    await vscode.commands.executeCommand('editor.action.insertSnippet', { snippet: '<b>$1</b>' });
    await desk.expectClasses(api, editor.document, 'HHHHH');
  });

  it('a suggestion that a person picks', async () => {
    const editor = await desk.show(await desk.write('suggest.txt', ''));
    await desk.type('elephants\nele');
    await sleep(300);
    await run('editor.action.triggerSuggest');
    await sleep(1000);
    await run('acceptSelectedSuggestion');
    await desk.until('it is there', async () => editor.document.getText() === 'elephants\nelephants');
    await desk.expectClasses(api, editor.document, 'HH');
  });

  it('a formatter keeps the origins', async () => {
    const editor = await desk.show(await desk.write('format.json', ''));
    await desk.acceptCompletion(editor, '{"ai":[1,2]');
    await desk.type(',"me":3');
    desk.toEnd(editor);
    await run('editor.action.formatDocument');
    await desk.until('it is laid out', async () => editor.document.lineCount > 4);
    const lines = editor.document.getText().split('\n');
    const me = lines.findIndex((line) => line.includes('me'));
    assert.equal(desk.classes(api, editor.document)[me], 'H');
    assert.equal(desk.classes(api, editor.document)[1], 'A');
  });

  it('white space at the end is trimmed during a save', async () => {
    const settings = vscode.workspace.getConfiguration('files');
    await settings.update('trimTrailingWhitespace', true, vscode.ConfigurationTarget.Global);
    await settings.update('insertFinalNewline', true, vscode.ConfigurationTarget.Global);
    const editor = await desk.show(await desk.write('trim.ts', ''));
    await desk.acceptCompletion(editor, 'const a = 1;   \nconst b = 2;');
    await desk.type('   ');
    await editor.document.save();
    assert.equal(editor.document.getText(), 'const a = 1;\nconst b = 2;\n');
    await desk.expectClasses(api, editor.document, 'AA');
    assert.equal(desk.runKinds(await desk.lastState('trim.ts')), 'ai human');
    await settings.update('trimTrailingWhitespace', undefined, vscode.ConfigurationTarget.Global);
    await settings.update('insertFinalNewline', undefined, vscode.ConfigurationTarget.Global);
  });

  it('a completion by words, then whole, and one over text that stands ahead', async () => {
    const editor = await desk.show(await desk.write('parts.ts', ''));
    await desk.until('a word is accepted', async () => {
      await vscode.commands.executeCommand('fixtureInline.suggest', { text: 'const answer = compute();' });
      await sleep(900);
      await run('editor.action.inlineSuggest.acceptNextWord');
      await sleep(100);
      return editor.document.getText() !== '';
    });
    await desk.expectClasses(api, editor.document, 'A');
    await run('editor.action.inlineSuggest.acceptNextWord');
    await run('editor.action.inlineSuggest.commit');
    await sleep(100);
    assert.match(editor.document.getText(), /^const answer/);
    await desk.expectClasses(api, editor.document, 'A');
    await vscode.commands.executeCommand('fixtureInline.suggest');
  });

  it('a paste between files carries origins, also of lines that are cut', async () => {
    const editor = await mixed('cut.ts');
    editor.selection = new vscode.Selection(0, 0, 2, 0);
    await run('editor.action.clipboardCutAction');
    await sleep(200);
    await desk.expectClasses(api, editor.document, 'H');
    const other = await desk.show(await desk.write('cut2.ts', ''));
    await desk.paste(`${ghost}\n`);
    await desk.expectClasses(api, other.document, 'AA');
  });

  it('lines that were deleted an hour ago and come back from elsewhere', async () => {
    const editor = await mixed('deleted.ts');
    desk.moveTo(editor, [0, 0]);
    await run('editor.action.deleteLines', 'editor.action.deleteLines');
    await desk.expectClasses(api, editor.document, 'H');
    desk.toEnd(editor);
    await desk.type('\n');
    await desk.paste('const answer = 42;\n');
    await desk.expectClasses(api, editor.document, 'HA');
  });

  it('reverting a file brings back what was on disk', async () => {
    const editor = await mixed('revert.ts');
    await editor.document.save();
    desk.moveTo(editor, [0, 0]);
    await run('editor.action.deleteLines');
    await desk.type('typed');
    await run('workbench.action.files.revert');
    await desk.expectClasses(api, editor.document, 'AAH');
  });

  it('an edit of several files by an extension is unknown, what it keeps is not', async () => {
    const editor = await mixed('several.ts');
    const other = await desk.write('several2.ts', 'one\n');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(editor.document.uri, new vscode.Position(0, 0), 'inserted();\n');
    edit.insert(other, new vscode.Position(0, 0), 'inserted();\n');
    await vscode.workspace.applyEdit(edit);
    await desk.expectClasses(api, editor.document, 'UAAH');
  });

  it('a file outside any repository is followed in memory', async () => {
    const editor = await desk.show(await desk.write('/tmp/countersign-outside.txt', 'found\n'));
    await desk.type('mine');
    await desk.expectClasses(api, editor.document, 'UH');
    await editor.document.save();
  });

  it('binary and very long files are not followed', async () => {
    const binary = await desk.show(await desk.write('binary.txt', 'a\0b\n')).catch(() => undefined);
    if (binary !== undefined) assert.equal(api.v1.classOf(binary.document.uri, 0), undefined);
    const long = await desk.show(await desk.write('long.txt', 'x'.repeat(99).concat('\n').repeat(110_000)));
    assert.equal(api.v1.classOf(long.document.uri, 0), undefined);
    const virtual = await desk.show(vscode.Uri.parse('untitled:new.txt'));
    await desk.type('x');
    await desk.expectClasses(api, virtual.document, 'H');
    await run('workbench.action.revertAndCloseActiveEditor');
  });
});
