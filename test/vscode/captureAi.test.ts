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

/** What the editor says of the edits of chats and of others, which no extension can cause: it takes the place of the reason of the next real edits. */
let said: { readonly source: string; readonly metadata: Readonly<Record<string, unknown>> } | undefined;

const changesAsSaid: vscode.Event<vscode.TextDocumentChangeEvent> = (listener, self, disposables) =>
  vscode.workspace.onDidChangeTextDocument(
    (event) => listener.call(self, said === undefined ? event : { ...event, detailedReason: said }),
    undefined,
    disposables,
  );

const chat = {
  source: 'Chat.applyEdits',
  metadata: {
    $modelId: 'anthropic|claude-opus-4-6',
    $extensionId: 'github.copilot-chat',
    $$sessionId: 's1',
    $$requestId: 'r1',
    $$mode: 'agent',
  },
};

describe('what AI tools do in the editor', () => {
  let folder: string;
  const log = new Log();
  const repositories = new Repositories(log);
  let precise: Capture;
  let stable: Capture;
  const subscriptions: vscode.Disposable[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-ai-'));
    precise = new Capture(repositories, log, changesAsSaid);
    stable = new Capture(repositories, log, desk.changesWithoutReasons);
    subscriptions.push(
      vscode.workspace.registerTextDocumentContentProvider('cline-diff', { provideTextDocumentContent: () => 'old\n' }),
    );
  });

  after(async () => {
    for (const subscription of [...subscriptions, precise, stable]) subscription.dispose();
    repositories.dispose();
    log.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    said = undefined;
    await vscode.commands.executeCommand('fixtureInline.suggest');
    await vscode.workspace.saveAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const open = (name: string, text: string): Promise<vscode.TextEditor> =>
    desk.write(path.join(folder, name), text).then(desk.show);

  /** A letter for the origin of each character. */
  const letters = (capture: Capture, { uri }: vscode.TextDocument): string => {
    const letter = { ai: 'A', 'ai-edited': 'E', human: 'H', pasted: 'P', unknown: 'U' } as const;
    const runs = capture.get(uri)?.tracker.attributed().runs ?? [];
    return runs.map((run) => (run.kind === 'base' ? 'B' : letter[run.source.origin.kind]).repeat(run.length)).join('');
  };

  const expect = async (capture: Capture, document: vscode.TextDocument, expected: string): Promise<void> => {
    await desk
      .until('the origins are told', async () => letters(capture, document) === expected, 2000)
      .catch(() => assert.equal(letters(capture, document), expected));
  };

  const edit = async (document: vscode.TextDocument, range: vscode.Range, text: string): Promise<void> => {
    const change = new vscode.WorkspaceEdit();
    change.replace(document.uri, range, text);
    assert.ok(await vscode.workspace.applyEdit(change));
  };

  const accept = async (
    { document }: vscode.TextEditor,
    offer: { readonly text: string; readonly range?: readonly number[]; readonly edit?: boolean },
    ...commands: readonly string[]
  ): Promise<void> => {
    const before = document.version;
    await desk.until('it is accepted', async () => {
      await vscode.commands.executeCommand('fixtureInline.suggest', offer);
      await sleep(900);
      for (const command of commands) {
        await vscode.commands.executeCommand(command);
        await sleep(150);
      }
      return document.version > before;
    });
  };

  it('an agent of the chat streams an edit, which is kept', async () => {
    const { document } = await open('kept.txt', '');
    await desk.type('mine\nold\n');
    said = chat;
    await edit(document, new vscode.Range(1, 0, 2, 0), 'new\n');
    await edit(document, new vscode.Range(2, 0, 2, 0), 'next\n');
    // The line end that stands already keeps its origin.
    await expect(precise, document, 'HHHHHAAAHAAAAA');
    const run = precise.get(document.uri)?.tracker.attributed().runs.at(-1);
    assert.ok(run?.kind === 'made' && run.source.origin.kind === 'ai');
    const { tool, model, kind, session } = run.source.origin.session;
    assert.deepEqual([tool, model, kind, session?.length], ['copilot', 'anthropic/claude-opus-4-6', 'agent', 14]);
    // Keeping is saving: nothing is changed.
    await document.save();
    await expect(precise, document, 'HHHHHAAAHAAAAA');
    await expect(stable, document, 'HHHHHUUUHUUUUU');
  });

  it('a chat edit that is discarded leaves what was there', async () => {
    const editor = await open('discarded.txt', '');
    const { document } = editor;
    await desk.type('by\nme\n');
    said = chat;
    await edit(document, new vscode.Range(0, 0, 2, 0), 'one\ntwo\n');
    await expect(precise, document, 'AAAHAAAH');
    said = { source: 'Chat.undoEdits', metadata: {} };
    await edit(document, new vscode.Range(0, 0, 2, 0), 'by\nme\n');
    await expect(precise, document, 'HHHHHH');
  });

  it('one of several chat edits that is discarded after more was typed', async () => {
    const { document } = await open('hunk.txt', '');
    await desk.type('written by me\nsecond\n');
    said = chat;
    await edit(document, new vscode.Range(0, 0, 1, 0), 'an agent was here\n');
    said = undefined;
    await desk.type('x');
    said = { source: 'Chat.undoEdits', metadata: {} };
    await edit(document, new vscode.Range(0, 0, 1, 0), 'written by me\n');
    await expect(precise, document, 'H'.repeat(22));
  });

  it('inline chat', async () => {
    const { document } = await open('inline.txt', '');
    await desk.type('mine\n');
    said = { source: 'inlineChat.applyEdits', metadata: { $modelId: 'gpt|5', $extensionId: 'github.copilot-chat' } };
    await edit(document, new vscode.Range(1, 0, 1, 0), 'theirs\n');
    await expect(precise, document, 'HHHHHAAAAAAA');
  });

  it('a suggestion and a quick fix of an AI', async () => {
    const { document } = await open('offers.txt', '');
    said = { source: 'suggest', metadata: { $extensionId: 'github.copilot' } };
    await edit(document, new vscode.Range(0, 0, 0, 0), 'one\n');
    said = { source: 'codeAction', metadata: { $extensionId: 'github.copilot-chat', $kind: 'quickfix' } };
    await edit(document, new vscode.Range(1, 0, 1, 0), 'two\n');
    await expect(precise, document, 'AAAAAAAA');
  });

  it('a completion that replaces what stands ahead keeps what both have', async () => {
    const editor = await open('ahead.txt', '');
    await desk.type('call(first)');
    desk.moveTo(editor, [0, 10]);
    await accept(editor, { text: 'call(first, second)', range: [0, 0, 0, 11] }, 'editor.action.inlineSuggest.commit');
    assert.equal(editor.document.getText(), 'call(first, second)');
    await expect(precise, editor.document, 'HHHHHHHHHHAAAAAAAAH');
    await expect(stable, editor.document, 'HHHHHHHHHHUUUUUUUUH');
  });

  it('a next edit suggestion, to which the first key jumps', async () => {
    const editor = await open('next.txt', '');
    await desk.type('let total = 0;\n\n\n\nprint(totl);\n');
    desk.moveTo(editor, [0, 14]);
    await accept(
      editor,
      { text: 'print(total);', range: [4, 0, 4, 12], edit: true },
      'editor.action.inlineSuggest.jump',
      'editor.action.inlineSuggest.commit',
    );
    assert.equal(editor.document.lineAt(4).text, 'print(total);');
    await expect(precise, editor.document, `${'H'.repeat(27)}A${'H'.repeat(4)}`);
    const made = precise.get(editor.document.uri)?.tracker.attributed().runs;
    const ai = made?.find((run) => run.kind === 'made' && run.source.origin.kind === 'ai');
    assert.ok(ai?.kind === 'made' && ai.source.origin.kind === 'ai');
    assert.equal(ai.source.origin.session.kind, 'next-edit');
  });

  it('a tool that writes into a diff editor of its own, and a person who types there', async () => {
    const { document } = await open('diffed.txt', 'old\n');
    const left = vscode.Uri.from({ scheme: 'cline-diff', path: document.uri.path });
    await vscode.commands.executeCommand('vscode.diff', left, document.uri, 'diffed.txt: Original ↔ Changes');
    await sleep(300);
    await edit(document, new vscode.Range(1, 0, 1, 0), 'streamed\nby a tool\n');
    await expect(precise, document, `UUUU${'A'.repeat(19)}`);
    await expect(stable, document, `UUUU${'A'.repeat(19)}`);
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.toString(), document.uri.toString());
    if (editor !== undefined) desk.toEnd(editor);
    await desk.type('me');
    await expect(precise, document, `UUUU${'A'.repeat(19)}HH`);
    await expect(stable, document, `UUUU${'A'.repeat(19)}HH`);
    await document.save();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await sleep(200);
    await edit(document, new vscode.Range(0, 0, 0, 0), 'somebody else\n');
    await desk.until('it is followed', async () => letters(precise, document).startsWith('U'.repeat(14)));
  });

  it('keys that an editing extension handles are keys', async () => {
    const override = vscode.commands.registerCommand('type', (keys: { readonly text: string }) =>
      vscode.commands.executeCommand('default:type', keys),
    );
    try {
      const { document } = await open('vim.txt', '');
      await desk.type('abc');
      await expect(precise, document, 'HHH');
      await expect(stable, document, 'HHH');
    } finally {
      override.dispose();
    }
  });

  it('what is saved by itself is told as what is saved by hand', async () => {
    const settings = vscode.workspace.getConfiguration('files');
    await settings.update('autoSave', 'afterDelay', vscode.ConfigurationTarget.Global);
    await settings.update('autoSaveDelay', 50, vscode.ConfigurationTarget.Global);
    try {
      const editor = await open('auto.txt', '');
      for (const word of ['one ', 'two ', 'three']) {
        await desk.type(word);
        await desk.until('it is saved', async () => !editor.document.isDirty);
      }
      await accept(editor, { text: 'ghost' }, 'editor.action.inlineSuggest.commit');
      await desk.until('it is saved', async () => !editor.document.isDirty);
      await expect(precise, editor.document, `${'H'.repeat(13)}AAAAA`);
      await expect(stable, editor.document, `${'H'.repeat(13)}UUUUU`);
    } finally {
      // The web build saves by itself where nothing is set.
      await settings.update('autoSave', 'off', vscode.ConfigurationTarget.Global);
      await settings.update('autoSaveDelay', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('a read-only file and a document of another scheme do no harm', async () => {
    const shown = await vscode.workspace.openTextDocument(vscode.Uri.parse('cline-diff:/virtual.txt'));
    await vscode.window.showTextDocument(shown);
    await desk.type('x');
    assert.equal(precise.get(shown.uri), undefined);
    const { document } = await open('locked.txt', 'locked\n');
    await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
    await desk.type('x');
    await vscode.commands.executeCommand('workbench.action.files.resetActiveEditorReadonlyInSession');
    assert.equal(document.getText(), 'locked\n');
    await expect(precise, document, 'UUUUUUU');
  });
});
