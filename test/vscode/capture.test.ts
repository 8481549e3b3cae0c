import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { attributedBy } from '../../src/core/attribution/attributed';
import type { AbsPath } from '../../src/core/brand';
import { textIdOf } from '../../src/core/text/textId';
import { rememberTranscript } from '../../src/store/agentTranscripts';
import { Ledger } from '../../src/store/ledger';
import type { Exports } from '../../src/vscode/extension';
import * as desk from './captureDesk';

// Ghost text that ends in a line end is not always shown.
const ghost = 'const answer = 42;\nconst question = undefined;';
const block = 'function pasted() {\n  return "from outside";\n}\n';
const ai = {
  origin: { kind: 'ai', session: { tool: 'codex', kind: 'agent', evidence: 'measured' } },
  rule: 'hook.pair',
  sure: 'certain',
} as const;

describe('who wrote what is edited', () => {
  let api: Exports;

  before(async () => {
    api = await desk.recordingExtension();
  });

  after(() => desk.git('clean', '-qfd'));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('typing is human, and what stood there stays what it was', async () => {
    const editor = await desk.show(await desk.write('typing.ts', 'first\n'));
    await desk.type('ab');
    assert.equal(editor.document.getText(), 'first\nab');
    await desk.expectClasses(api, editor.document, 'UH');
    await editor.document.save();
  });

  it('a committed file is known by its commits', async () => {
    const editor = await desk.show(vscode.Uri.file(`${desk.workspaceRoot()}/greet.ts`));
    desk.moveTo(editor, [1, 2]);
    await desk.type('x');
    await editor.document.save();
    assert.equal(desk.runKinds(await desk.lastState('greet.ts')), 'base human base');
    await desk.git('checkout', '-q', '--', 'greet.ts');
  });

  it('an accepted completion is AI, and a word changed in it makes its line edited', async () => {
    const editor = await desk.show(await desk.write('ghost.ts', ''));
    await desk.acceptCompletion(editor, ghost);
    await desk.expectClasses(api, editor.document, 'AA');
    const info = api.v1.classOf(editor.document.uri, 0);
    assert.equal(info?.tool, 'inline-ai');
    assert.equal(info?.evidence, 'measured');
    desk.moveTo(editor, [0, 6]);
    await desk.type('my');
    await desk.expectClasses(api, editor.document, 'EA');
    await editor.document.save();
    const state = await desk.lastState('ghost.ts');
    assert.equal(state?.attributed.text, editor.document.getText());
    assert.equal(desk.runKinds(state), 'ai human ai');
  });

  it('our command for accepting a completion runs the one of the editor', async () => {
    const editor = await desk.show(await desk.write('wrapped.ts', ''));
    await desk.until('the completion is accepted', async () => {
      await vscode.commands.executeCommand('fixtureInline.suggest', { text: ghost });
      await sleep(900);
      await vscode.commands.executeCommand('countersign.acceptCompletion', 'commit');
      return editor.document.getText() === ghost;
    });
    await desk.expectClasses(api, editor.document, 'AA');
    await vscode.commands.executeCommand('countersign.acceptCompletion', 'workbench.action.quit');
    await editor.document.save();
  });

  it('undo and redo bring back the origins', async () => {
    const editor = await desk.show(await desk.write('undo.ts', ''));
    await desk.type('mine\n');
    await desk.acceptCompletion(editor, ghost);
    await desk.expectClasses(api, editor.document, 'HAA');
    desk.moveTo(editor, [1, 6]);
    await desk.type('your');
    await desk.expectClasses(api, editor.document, 'HEA');
    await vscode.commands.executeCommand('undo');
    await desk.expectClasses(api, editor.document, 'HAA');
    await vscode.commands.executeCommand('undo');
    await desk.expectClasses(api, editor.document, 'H');
    await vscode.commands.executeCommand('redo');
    await desk.expectClasses(api, editor.document, 'HAA');
    await vscode.commands.executeCommand('redo');
    await desk.expectClasses(api, editor.document, 'HEA');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('a paste from outside is pasted; from inside it carries its origin', async () => {
    const editor = await desk.show(await desk.write('paste.ts', ''));
    await desk.paste(block);
    await desk.expectClasses(api, editor.document, 'PPP');
    await desk.acceptCompletion(editor, ghost);
    await desk.expectClasses(api, editor.document, 'PPPAA');
    const other = await desk.show(await desk.write('paste2.ts', ''));
    await desk.paste(ghost);
    await desk.expectClasses(api, other.document, 'AA');
    await desk.type('\nx');
    await desk.paste('word');
    await desk.expectClasses(api, other.document, 'AAH');
    await vscode.commands.executeCommand('workbench.action.files.saveAll');
  });

  it('a paste of what an agent wrote in its conversation is AI', async () => {
    const editor = await desk.show(await desk.write('told.ts', ''));
    const transcript = await desk.write('/tmp/countersign-transcript.jsonl', '');
    await desk.write(
      transcript.fsPath,
      `${JSON.stringify({ type: 'assistant', message: { role: 'assistant', content: 'a();\nb();\nc();' } })}\n`,
    );
    const commonDir = `${desk.workspaceRoot()}/.git` as AbsPath;
    rememberTranscript(commonDir, { tool: 'claude-code', conversation: 's1', path: transcript.fsPath });
    await desk.paste('a();\nb();\nc();\n');
    await desk.expectClasses(api, editor.document, 'AAA');
    const info = api.v1.classOf(editor.document.uri, 0);
    assert.deepEqual([info?.tool, info?.evidence], ['claude-code', 'inferred']);
    await desk.paste('d();\ne();\nf();\n');
    await desk.expectClasses(api, editor.document, 'AAAPPP');
    await editor.document.save();
  });

  it('several cursors', async () => {
    const editor = await desk.show(await desk.write('cursors.ts', ''));
    await desk.acceptCompletion(editor, ghost);
    desk.moveTo(editor, [0, 0], [1, 0]);
    await desk.type('zz');
    assert.equal(editor.document.getText(), 'zzconst answer = 42;\nzzconst question = undefined;');
    await desk.expectClasses(api, editor.document, 'EE');
    await editor.document.save();
    assert.equal(desk.runKinds(await desk.lastState('cursors.ts')), 'human ai human ai');
  });

  it('a document with CRLF', async () => {
    const editor = await desk.show(await desk.write('crlf.ts', 'one\r\ntwo\r\n'));
    assert.equal(editor.document.eol, vscode.EndOfLine.CRLF);
    await desk.type('typed\n');
    await desk.acceptCompletion(editor, ghost);
    await desk.expectClasses(api, editor.document, 'UUHAA');
    desk.moveTo(editor, [3, 0]);
    await desk.type('q');
    await desk.expectClasses(api, editor.document, 'UUHEA');
    await vscode.commands.executeCommand('undo');
    await desk.expectClasses(api, editor.document, 'UUHAA');
    await editor.document.save();
    assert.equal(
      (await desk.lastState('crlf.ts'))?.attributed.text,
      'one\ntwo\ntyped\nconst answer = 42;\nconst question = undefined;',
    );
  });

  it("another extension's edit is unknown", async () => {
    const editor = await desk.show(await desk.write('stranger.ts', ''));
    await vscode.commands.executeCommand('fixtureInline.applyEdit', {
      uri: editor.document.uri.toString(),
      range: [0, 0, 0, 0],
      text: 'const made = true;\n',
    });
    await desk.expectClasses(api, editor.document, 'U');
    assert.equal(api.v1.classOf(editor.document.uri, 0)?.reason, 'not-watched');
    await editor.document.save();
  });

  it('a write on disk is unknown until somebody says that it was theirs', async () => {
    const uri = await desk.write('disk.ts', '');
    const editor = await desk.show(uri);
    await desk.type('mine\n');
    await editor.document.save();
    const after = 'mine\nconst agent = true;\n';
    await desk.write('disk.ts', after);
    await desk.until('the file is read again', async () => editor.document.getText() === after);
    await desk.expectClasses(api, editor.document, 'HU');
    assert.equal(api.v1.classOf(uri, 1)?.reason, 'outside-write');
    await desk.type('typed\n');
    // The hook of an agent, in another process, tells late.
    const ledger = new Ledger(`${desk.workspaceRoot()}/.git` as AbsPath, 'agent-hook', Date.now);
    const attributed = attributedBy(ai, after);
    const place = {
      worktree: desk.workspaceRoot(),
      path: 'disk.ts',
      existence: 'there',
      role: 'state',
      adopted: [],
    } as const;
    ledger.append([{ ...place, chain: 'hook', textId: textIdOf(after), attributed }]);
    ledger.dispose();
    await desk.expectClasses(api, editor.document, 'HAH');
    assert.equal(api.v1.classOf(uri, 1)?.tool, 'codex');
    await editor.document.save();
    assert.equal(desk.runKinds(await desk.lastState('disk.ts')), 'human ai human');
  });

  it('a completion of an editor that tells of it by a hook, in a document that is not saved, while typing goes on', async () => {
    const uri = await desk.write('tab.ts', 'first\n');
    const editor = await desk.show(uri);
    await desk.type('const fo');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(1, 8), 'o = 1;\nconst bar = 2;');
    await vscode.workspace.applyEdit(edit);
    await desk.type('\nmine');
    await desk.expectClasses(api, editor.document, 'UUUH');
    await desk.record('cursor', {
      hook_event_name: 'afterTabFileEdit',
      file_path: uri.fsPath,
      edits: [
        {
          old_string: '',
          new_string: 'o = 1;\nconst bar = 2;',
          range: { start_line_number: 2, start_column: 9, end_line_number: 2, end_column: 9 },
          old_line: 'const fo',
          new_line: 'const foo = 1;',
        },
      ],
    });
    await desk.expectClasses(api, editor.document, 'UEAH');
    assert.equal(api.v1.classOf(uri, 2)?.tool, 'cursor');
    await editor.document.save();
    assert.equal(desk.runKinds(await desk.lastState('tab.ts')), 'unknown human ai human');
  });

  it('a file that git puts back is what its commit says', async () => {
    const uri = vscode.Uri.file(`${desk.workspaceRoot()}/greet.ts`);
    const editor = await desk.show(uri);
    const committed = editor.document.getText();
    await desk.type('// mine\n');
    await editor.document.save();
    await desk.git('checkout', '-q', '--', 'greet.ts');
    await desk.until('the file is read again', async () => editor.document.getText() === committed);
    await sleep(700);
    await desk.type('x');
    await editor.document.save();
    assert.equal(desk.runKinds(await desk.lastState('greet.ts')), 'base human');
    await desk.git('checkout', '-q', '--', 'greet.ts');
  });

  it('an untitled document that is saved as a file', async () => {
    const document = await vscode.workspace.openTextDocument({ content: '', language: 'typescript' });
    const editor = await vscode.window.showTextDocument(document);
    await desk.type('mine\n');
    await desk.acceptCompletion(editor, ghost);
    const edit = new vscode.WorkspaceEdit();
    const target = vscode.Uri.file(`${desk.workspaceRoot()}/untitled.ts`);
    edit.createFile(target, { contents: Buffer.from(document.getText()), overwrite: true });
    await vscode.workspace.applyEdit(edit);
    const saved = await desk.show(target);
    await desk.expectClasses(api, saved.document, 'HAA');
    await sleep(600);
    assert.equal(desk.runKinds(await desk.lastState('untitled.ts')), 'human ai');
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('a person may say who wrote a line; AI stays AI', async () => {
    const editor = await desk.show(await desk.write('claim.ts', 'found\n'));
    await desk.acceptCompletion(editor, ghost);
    await desk.expectClasses(api, editor.document, 'UAA');
    editor.selection = new vscode.Selection(0, 0, 2, 27);
    await vscode.commands.executeCommand('countersign.markAsHuman');
    await desk.expectClasses(api, editor.document, 'HAA');
    await editor.document.save();
    const made = (await desk.lastState('claim.ts'))?.attributed.runs[0];
    assert.ok(made?.kind === 'made');
    assert.equal(made.source.claimed?.by, 'Ann Author <ann@example.com>');
    await desk.until('the claim is shown', async () =>
      (await desk.hoverText(editor.document, 0)).includes('said by Ann Author'),
    );
    await vscode.commands.executeCommand('editor.action.deleteLines');
    await desk.type('x');
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('undo');
    await desk.expectClasses(api, editor.document, 'HAA');
    let argument: string | undefined;
    await desk.until('the claim can be taken back', async () => {
      argument = /takeBackClaim\?([^)]*)/.exec(await desk.hoverText(editor.document, 0))?.[1];
      return argument !== undefined;
    });
    await vscode.commands.executeCommand(
      'countersign.takeBackClaim',
      ...JSON.parse(decodeURIComponent(argument ?? '')),
    );
    await desk.expectClasses(api, editor.document, 'UAA');
    await desk.until('the ledger knows', async () => desk.runKinds(await desk.lastState('claim.ts')) === 'unknown ai');
  });

  it('what a person says of a line is known when the line comes back', async () => {
    const editor = await desk.show(await desk.write('back.ts', 'first\n'));
    await vscode.commands.executeCommand('editor.action.insertLineAfter');
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'unseen'));
    await desk.expectClasses(api, editor.document, 'UU');
    editor.selection = new vscode.Selection(1, 0, 1, 6);
    await vscode.commands.executeCommand('countersign.markAsHuman');
    await desk.expectClasses(api, editor.document, 'UH');
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.lineAt(1).text, '');
    await vscode.commands.executeCommand('redo');
    assert.equal(editor.document.lineAt(1).text, 'unseen');
    await desk.expectClasses(api, editor.document, 'UH');
  });

  it('a closed file that is opened again', async () => {
    const uri = await desk.write('again.ts', '');
    const editor = await desk.show(uri);
    await desk.acceptCompletion(editor, ghost);
    await editor.document.save();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const again = await desk.show(uri);
    await desk.expectClasses(api, again.document, 'AA');
  });
});
