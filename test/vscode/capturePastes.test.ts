/** Pastes of text that does not stand in an open document: it stood in a closed file, or another window took it out. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { AbsPath } from '../../src/core/brand';
import { Ledger } from '../../src/store/ledger';
import type { Exports } from '../../src/vscode/extension';
import * as desk from './captureDesk';

describe('pastes of text that is in no open document', () => {
  let api: Exports;

  before(async () => {
    api = await desk.recordingExtension();
  });

  after(() => desk.git('clean', '-qfd'));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const blockOf = (name: string): string =>
    `export function ${name}(given: number): number {\n  return given * 2;\n}\n`;

  it('text of a closed file that is not committed carries its origins', async () => {
    const block = blockOf('closed');
    const editor = await desk.show(await desk.write('closed.ts', ''));
    await desk.acceptCompletion(editor, block);
    await editor.document.save();
    await sleep(600);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const other = await desk.show(await desk.write('from-closed.ts', ''));
    await desk.paste(block);
    await desk.expectClasses(api, other.document, 'AAA');
    await other.document.save();
    await desk.until('the ledger has it', async () => desk.runKinds(await desk.lastState('from-closed.ts')) === 'ai');
  });

  it('text that another window had and took out again carries its origins', async () => {
    const block = blockOf('otherWindow');
    const uri = await desk.write('other-window.ts', '');
    const editor = await desk.show(uri);
    await desk.acceptCompletion(editor, block);
    await editor.document.save();
    await sleep(600);
    const known = (await desk.lastState('other-window.ts')) ?? assert.fail();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(uri.fsPath);
    // What is left of the window is its journal: of a file that has the text no more, and had it as an AI's.
    const moved = known.attributed.text.replaceAll('otherWindow', 'thatWindow');
    const common = path.resolve(desk.workspaceRoot(), (await desk.git('rev-parse', '--git-common-dir')).trim());
    const ledger = new Ledger(common as AbsPath, 'another-window', Date.now);
    const [run] = known.attributed.runs;
    assert.ok(run?.kind === 'made');
    const state = { ...known, chain: 'another-chain', path: 'that-window.ts', adopted: [] };
    const runs = [{ ...run, length: moved.length }];
    const textId = (text: string): typeof known.textId => `${text.length}`.padStart(40, 'a') as typeof known.textId;
    ledger.append([{ ...state, textId: textId(moved), attributed: { ...known.attributed, text: moved, runs } }]);
    ledger.append([{ ...state, textId: textId('x'), attributed: { ...known.attributed, text: '', runs: [] } }]);
    ledger.dispose();
    const other = await desk.show(await desk.write('from-window.ts', ''));
    await desk.paste(moved);
    await desk.expectClasses(api, other.document, 'AAA');
  });

  it('committed text of a closed file is what its commit says of it', async () => {
    const committed = await desk.git('show', 'HEAD:greet.ts');
    const other = await desk.show(await desk.write('from-commit.ts', ''));
    await desk.paste(committed);
    await desk.expectClasses(api, other.document, 'UUU');
  });

  it('text from outside stays pasted, also where it is saved and pasted again', async () => {
    const block = blockOf('outside');
    const one = await desk.show(await desk.write('outside-one.ts', ''));
    await desk.paste(block);
    await desk.expectClasses(api, one.document, 'PPP');
    await one.document.save();
    await sleep(600);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const two = await desk.show(await desk.write('outside-two.ts', ''));
    await desk.paste(block);
    await sleep(1000);
    await desk.expectClasses(api, two.document, 'PPP');
  });

  it('a paste of which a person says how is a paste', async () => {
    const block = blockOf('asText');
    const editor = await desk.show(await desk.write('paste-as.ts', ''));
    await vscode.env.clipboard.writeText(block);
    await vscode.commands.executeCommand('editor.action.pasteAs', { kind: 'text' });
    await desk.until('it is pasted', async () => editor.document.getText() !== '', 3000).catch(() => undefined);
    if (editor.document.getText() === '') await vscode.commands.executeCommand('editor.action.pasteAsText');
    await desk.until('it is pasted', async () => editor.document.getText() !== '');
    await desk.expectClasses(api, editor.document, 'PPP');
  });
});
