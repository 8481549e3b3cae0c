import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Sha } from '../../src/core/brand';
import { blobUri, parseBlobUri } from '../../src/vscode/signOff/blobUri';
import { extensionUnderTest, git, until, workspaceRoot } from './captureDesk';

describe('documents of a review', () => {
  it('show a file as a commit has it', async () => {
    await extensionUnderTest();
    const blob = (await git('rev-parse', 'HEAD:greet.ts')).trim() as Sha;
    const uri = blobUri({ root: workspaceRoot(), path: 'greet.ts', blob, commit: undefined });
    let document: vscode.TextDocument | undefined;
    // The repository is opened shortly after the window.
    await until('the document opens', async () => {
      document = await Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => undefined);
      return document !== undefined;
    });
    assert.equal(document?.getText(), await git('cat-file', 'blob', blob));
    assert.equal(document?.languageId, 'typescript');
  });

  it('are empty for the missing side of a new file', async () => {
    const uri = blobUri({ root: workspaceRoot(), path: 'gone.ts', blob: undefined, commit: undefined });
    assert.equal((await vscode.workspace.openTextDocument(uri)).getText(), '');
  });

  it('read from no repository that is not open', async () => {
    const blob = (await git('rev-parse', 'HEAD:greet.ts')).trim() as Sha;
    await assert.rejects(async () =>
      vscode.workspace.openTextDocument(blobUri({ root: '/elsewhere', path: 'greet.ts', blob, commit: undefined })),
    );
  });

  it('are of addresses that we made, and of no others', () => {
    const address = { root: '/r', path: 'a b/ü.ts', blob: 'a'.repeat(40) as Sha, commit: 'b'.repeat(40) as Sha };
    assert.deepEqual(parseBlobUri(vscode.Uri.parse(blobUri(address).toString())), address);
    for (const query of ['', '{}', '[]', '[1]', 'x'])
      assert.equal(parseBlobUri(vscode.Uri.from({ scheme: 'countersign-blob', path: '/a', query })), undefined, query);
    const foreign = vscode.Uri.from({ scheme: 'countersign-blob', path: '/a', query: '["/r","HEAD:secret","--all"]' });
    assert.deepEqual(parseBlobUri(foreign), { root: '/r', path: 'a', blob: undefined, commit: undefined });
  });
});

describe('commands of the sign-off view', () => {
  it('do nothing when code passes them a row of its own making', async () => {
    await extensionUnderTest();
    const before = await git('for-each-ref');
    await vscode.commands.executeCommand('countersign.sign', { kind: 'commit', key: '/tmp/key', yes: true });
    await vscode.commands.executeCommand('countersign.openChange', { kind: 'file' });
    await vscode.commands.executeCommand('countersign.reviewCommit', 'HEAD');
    assert.equal(await git('for-each-ref'), before);
  });
});
