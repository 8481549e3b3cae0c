import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';

/** The part of the proposed `textDocumentChangeReason` that is looked at. */
interface ReasonedEvent extends vscode.TextDocumentChangeEvent {
  readonly detailedReason?: { readonly source: string; readonly metadata: Readonly<Record<string, unknown>> };
}

describe('the editor under test', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('fixtureInline.suggest');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('runs the extension in the host of a remote, apart from the window', function () {
    if (vscode.env.uiKind !== vscode.UIKind.Web) this.skip();
    const extension = vscode.extensions.getExtension('countersign.countersign');
    assert.equal(extension?.extensionKind, vscode.ExtensionKind.Workspace);
    assert.ok(vscode.env.remoteName);
  });

  it('opens the workspace', () => {
    assert.equal(path.basename(workspaceFile('greet.ts').fsPath), 'greet.ts');
  });

  it('reports typing as typing', async () => {
    const editor = await show('greet.ts');
    const events = await recordWhile(editor.document, async () => {
      await vscode.commands.executeCommand('type', { text: 'ab' });
    });
    assert.deepEqual(insertions(events), ['a', 'b']);
    assert.deepEqual(sources(events), ['cursor', 'cursor']);
    assert.equal(events[0]?.detailedReason?.metadata['kind'], 'type');
  });

  it('reports an accepted inline completion with the extension that made it', async () => {
    const editor = await show('greet.ts');
    const text = 'const answer = 42;\nconst question = undefined;';
    const events = await recordWhile(editor.document, async () => {
      await waitFor(async () => {
        await vscode.commands.executeCommand('fixtureInline.suggest', { text });
        // Nothing tells an extension that ghost text shows; accepting too early drops it.
        await sleep(1_000);
        await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
        return editor.document.getText().includes('question');
      });
    });
    assert.deepEqual(insertions(events), [text]);
    assert.deepEqual(sources(events), ['inlineCompletionAccept']);
    assert.equal(events[0]?.detailedReason?.metadata['$extensionId'], 'countersign-fixtures.inline-ai');
  });

  it("reports another extension's edit without a name", async () => {
    const editor = await show('greet.ts');
    const events = await recordWhile(editor.document, async () => {
      await vscode.commands.executeCommand('fixtureInline.applyEdit', {
        uri: editor.document.uri.toString(),
        text: '// edit\n',
      });
    });
    assert.deepEqual(insertions(events), ['// edit\n']);
    assert.deepEqual(sources(events), ['unknown']);
  });
});

function workspaceFile(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, name);
}

async function show(name: string): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(workspaceFile(name));
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
  return editor;
}

/** The events with changes of one document while `act` runs and shortly after. */
async function recordWhile(document: vscode.TextDocument, act: () => Promise<void>): Promise<ReasonedEvent[]> {
  const events: ReasonedEvent[] = [];
  const subscription = vscode.workspace.onDidChangeTextDocument((event: ReasonedEvent) => {
    if (event.document === document && event.contentChanges.length > 0) events.push(event);
  });
  try {
    await act();
    await sleep(200);
  } finally {
    subscription.dispose();
  }
  return events;
}

function insertions(events: readonly ReasonedEvent[]): string[] {
  return events.flatMap((event) => event.contentChanges.map((change) => change.text));
}

function sources(events: readonly ReasonedEvent[]): (string | undefined)[] {
  return events.map((event) => event.detailedReason?.source);
}

async function waitFor(isDone: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    if (await isDone()) return;
    await sleep(100);
  }
  assert.fail('waited in vain');
}
