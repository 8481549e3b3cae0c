import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { Capture } from '../../src/vscode/capture/capture';
import { Repositories } from '../../src/vscode/capture/repositories';
import { Log } from '../../src/vscode/log';
import * as desk from './captureDesk';

describe('who wrote what is edited, where the editor gives no reasons', () => {
  let folder: string;
  let capture: Capture;
  const log = new Log();
  const repositories = new Repositories(log);

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-stable-'));
    capture = new Capture(repositories, log, desk.changesWithoutReasons);
  });

  after(async () => {
    capture.dispose();
    repositories.dispose();
    log.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  /** `human:5 base:3`, whatever the rules. */
  const kinds = (uri: vscode.Uri): string => {
    const pieces: { kind: string; length: number }[] = [];
    for (const run of capture.get(uri)?.tracker.attributed().runs ?? []) {
      const kind = run.kind === 'made' ? run.source.origin.kind : run.kind;
      const last = pieces.at(-1);
      if (last?.kind === kind) last.length += run.length;
      else pieces.push({ kind, length: run.length });
    }
    return pieces.map(({ kind, length }) => `${kind}:${length}`).join(' ');
  };

  const expectKinds = async (uri: vscode.Uri, expected: string): Promise<void> => {
    await desk
      .until('the kinds are told', async () => kinds(uri) === expected, 2000)
      .catch(() => assert.equal(kinds(uri), expected));
  };

  const open = (name: string, text: string): Promise<vscode.TextEditor> =>
    desk.write(path.join(folder, name), text).then(desk.show);

  it('typing, with the first key in a clean file', async () => {
    const editor = await open('typing.txt', 'a\n');
    await desk.type('xyz');
    await expectKinds(editor.document.uri, 'unknown:2 human:3');
    await editor.document.save();
    await desk.type('q');
    await expectKinds(editor.document.uri, 'unknown:2 human:4');
    await editor.document.save();
  });

  it('keys over a selection, and commands that copy what is selected', async () => {
    const editor = await open('selected.txt', 'abc');
    const { uri } = editor.document;
    const select = (from: number, to: number): void => {
      editor.selection = new vscode.Selection(0, from, 0, to);
    };
    select(1, 2);
    await vscode.commands.executeCommand('editor.action.duplicateSelection');
    assert.equal(editor.document.getText(), 'abbc');
    await expectKinds(uri, 'unknown:4');
    select(1, 2);
    await desk.type('x');
    await expectKinds(uri, 'unknown:1 human:1 unknown:2');
    select(0, 4);
    await desk.type('(');
    assert.equal(editor.document.getText(), '(axbc)');
    await expectKinds(uri, 'human:1 unknown:1 human:1 unknown:2 human:1');
    select(6, 6);
    await desk.type('y');
    await expectKinds(uri, 'human:1 unknown:1 human:1 unknown:2 human:2');
    await editor.document.save();
  });

  it('reading from disk again', async () => {
    const editor = await open('disk.txt', 'a\n');
    await desk.type('x\n');
    await editor.document.save();
    await desk.write(path.join(folder, 'disk.txt'), 'a\nx\nagent\n');
    await desk.until('the file is read again', async () => editor.document.lineCount === 4);
    await expectKinds(editor.document.uri, 'unknown:2 human:2 unknown:6');
  });

  it('ghost text cannot be told from other blocks, so it is unknown and never human', async () => {
    const editor = await open('ghost.txt', '');
    await desk.acceptCompletion(editor, 'one line\nanother line\n');
    await expectKinds(editor.document.uri, 'unknown:22');
    await editor.document.save();
  });

  it('ghost text whose acceptance a command of ours runs around is AI, and nothing else is', async () => {
    const editor = await open('wrapped.txt', '');
    const { uri } = editor.document;
    await desk.until('the completion is accepted', async () => {
      await vscode.commands.executeCommand('fixtureInline.suggest', { text: 'one line\nanother line' });
      await sleep(900);
      await capture.acceptance.around(uri, () => vscode.commands.executeCommand('editor.action.inlineSuggest.commit'));
      return editor.document.getText() !== '';
    });
    await vscode.commands.executeCommand('fixtureInline.suggest');
    await expectKinds(uri, 'ai:21');
    await desk.type('x');
    await expectKinds(uri, 'ai:21 human:1');
    await capture.acceptance.around(vscode.Uri.file('/elsewhere'), () => desk.type('y'));
    await expectKinds(uri, 'ai:21 human:2');
    await editor.document.save();
  });

  it('a file that is saved under another name', async () => {
    const editor = await open('first.txt', '');
    await desk.type('typed by hand');
    const second = await open('second.txt', '');
    await second.edit((edit) => edit.insert(new vscode.Position(0, 0), editor.document.getText()));
    await expectKinds(second.document.uri, 'human:13');
    await vscode.workspace.saveAll();
  });

  it('lines that are moved and sorted', async () => {
    const editor = await open('sorted.txt', 'found\n');
    await desk.type('typed\n');
    editor.selection = new vscode.Selection(1, 0, 1, 0);
    await vscode.commands.executeCommand('editor.action.moveLinesUpAction');
    assert.equal(editor.document.getText(), 'typed\nfound\n');
    await expectKinds(editor.document.uri, 'human:6 unknown:5 human:1');
    editor.selection = new vscode.Selection(0, 0, 1, 5);
    await vscode.commands.executeCommand('editor.action.sortLinesAscending');
    await expectKinds(editor.document.uri, 'unknown:5 human:7');
    await editor.document.save();
  });

  it('undo and redo', async () => {
    const editor = await open('undo.txt', '');
    await desk.type('ab');
    await desk.acceptCompletion(editor, 'one\ntwo\n');
    await expectKinds(editor.document.uri, 'human:2 unknown:8');
    await vscode.commands.executeCommand('undo');
    await expectKinds(editor.document.uri, 'human:2');
    await vscode.commands.executeCommand('redo');
    await expectKinds(editor.document.uri, 'human:2 unknown:8');
    await editor.document.save();
  });

  it('a cut that is pasted again carries its origin', async () => {
    const editor = await open('cut.txt', '');
    await desk.type('typed by hand');
    await vscode.commands.executeCommand('editor.action.selectAll');
    await vscode.commands.executeCommand('editor.action.clipboardCutAction');
    await sleep(200);
    await expectKinds(editor.document.uri, '');
    await vscode.commands.executeCommand('undo');
    await expectKinds(editor.document.uri, 'human:13');
    await editor.document.save();
  });
});
