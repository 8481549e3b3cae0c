/** What the capture suites share: files to edit, and what the extension says of their lines. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { State } from '../../src/core/attribution/state';
import type { AbsPath } from '../../src/core/brand';
import { Ledger } from '../../src/store/ledger';
import type { Exports } from '../../src/vscode/extension';

const run = promisify(execFile);

/** The extension under test, awake. */
export async function extensionUnderTest(): Promise<Exports> {
  const extension = vscode.extensions.getExtension<Exports>('countersign.countersign');
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

/** The extension under test in a repository that is set up, once it follows what is edited there. */
export async function recordingExtension(): Promise<Exports> {
  await git('config', 'countersign.enabled', 'true');
  const api = await extensionUnderTest();
  // The extension notices the setting by itself; opening a file makes it look.
  await show(await write('start.ts', 'start\n'));
  await sleep(600);
  return api;
}

/** The folder that is open. */
export function workspaceRoot(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return folder.uri.fsPath;
}

/** Runs git in the workspace. */
export async function git(...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', workspaceRoot(), ...args], {
    env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1' },
  });
  return stdout;
}

/** Has the command line take in what a hook of an agent tells. */
export async function record(agent: string, payload: unknown): Promise<void> {
  const extension = vscode.extensions.getExtension('countersign.countersign');
  const cli = path.join(extension?.extensionPath ?? '', 'dist', 'cli.js');
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const told = run(process.execPath, [cli, 'record', agent], { env });
  told.child.stdin?.end(JSON.stringify(payload));
  await told;
}

/** The changes of all documents as an editor sends them that does not offer reasons: the same events without the key. */
export const changesWithoutReasons: vscode.Event<vscode.TextDocumentChangeEvent> = (listener, self, disposables) =>
  vscode.workspace.onDidChangeTextDocument(
    ({ document, contentChanges, reason }) => listener.call(self, { document, contentChanges, reason }),
    undefined,
    disposables,
  );

/** Writes a file of the workspace, or one elsewhere by its absolute path. */
export async function write(name: string, text: string): Promise<vscode.Uri> {
  const file = path.resolve(workspaceRoot(), name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return vscode.Uri.file(file);
}

/** Opens a file in the active editor with the cursor at its end. */
export async function show(uri: vscode.Uri): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
  toEnd(editor);
  await sleep(150);
  return editor;
}

/** Puts the cursor behind the last character. */
export function toEnd(editor: vscode.TextEditor): void {
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
}

/** Puts the cursor to a place; lines and characters from 0. */
export function moveTo(
  editor: vscode.TextEditor,
  ...places: readonly (readonly [line: number, character: number])[]
): void {
  editor.selections = places.map(([line, character]) => new vscode.Selection(line, character, line, character));
}

/** Types a text as a person would. */
export async function type(text: string): Promise<void> {
  await vscode.commands.executeCommand('type', { text });
}

/** Has the fixture offer ghost text and accepts it. */
export async function acceptCompletion(editor: vscode.TextEditor, text: string): Promise<void> {
  const before = editor.document.getText().length;
  const isThere = async (): Promise<boolean> => editor.document.getText().length > before;
  await until('the completion is accepted', async () => {
    // On a busy machine the change comes late; a second acceptance would put the text in twice.
    if (await isThere()) return true;
    await vscode.commands.executeCommand('fixtureInline.suggest', { text });
    await sleep(900);
    await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
    await until('the change comes', isThere, 800).catch(() => undefined);
    return isThere();
  });
  await vscode.commands.executeCommand('fixtureInline.suggest');
}

/** Puts a text onto the clipboard and pastes it. */
export async function paste(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  await vscode.commands.executeCommand('editor.action.clipboardPasteAction');
  await sleep(200);
}

/** A letter for the class of each line. */
export function classes(api: Exports, document: vscode.TextDocument): string {
  const letters = { ai: 'A', 'ai-edited': 'E', human: 'H', pasted: 'P', unknown: 'U' } as const;
  let result = '';
  for (let line = 0; line < document.lineCount; line++) {
    if (line === document.lineCount - 1 && document.lineAt(line).text === '') break;
    const info = api.v1.classOf(document.uri, line);
    result += info === undefined ? '-' : letters[info.class];
  }
  return result;
}

/** Waits until the lines are of these classes. */
export async function expectClasses(api: Exports, document: vscode.TextDocument, expected: string): Promise<void> {
  let found = '';
  await until(
    `the lines are ${expected}`,
    async () => {
      found = classes(api, document);
      return found === expected;
    },
    3000,
  ).catch(() => assert.equal(found, expected));
}

/** What the hover over the mark of a line (from 0) says, as Markdown; empty where there is no mark. */
export async function hoverText(document: vscode.TextDocument, line: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    new vscode.Position(line, 0),
  );
  const texts = hovers.flatMap(({ contents }) =>
    contents.map((content) => (content instanceof vscode.MarkdownString ? content.value : '')),
  );
  return (texts.find((text) => text.includes('countersign.toggleMarks')) ?? '').replaceAll('&nbsp;', ' ');
}

/** The lines (from 0) that carry a mark, as their hovers tell. */
export async function markedLines(document: vscode.TextDocument): Promise<string> {
  const marked: number[] = [];
  for (let line = 0; line < document.lineCount; line++) if ((await hoverText(document, line)) !== '') marked.push(line);
  return marked.join(' ');
}

/** The newest state of a file in the ledger of the workspace, or of the repository at `root`; read from disk, as after a crash. */
export async function lastState(name: string, root = workspaceRoot()): Promise<State | undefined> {
  const common = path.resolve(root, (await git('-C', root, 'rev-parse', '--git-common-dir')).trim());
  const ledger = new Ledger(common as AbsPath, 'test', Date.now);
  ledger.refresh();
  const states = [...ledger.lastStates(name)].sort((a, b) => a.time - b.time || a.counter - b.counter);
  ledger.dispose();
  return states.at(-1);
}

/** The committed file of the workspace, of three lines, with two lines of an AI and one by hand below them, saved. */
export async function greetWithAi(api: Exports): Promise<vscode.TextEditor> {
  await git('checkout', '-q', 'HEAD', '--', 'greet.ts');
  const editor = await show(vscode.Uri.file(path.join(workspaceRoot(), 'greet.ts')));
  await until('it is read', async () => !editor.document.getText().includes('answer'));
  toEnd(editor);
  await acceptCompletion(editor, 'const answer = 42;\nconst question = undefined;');
  await type('\nmine\n');
  await editor.document.save();
  await expectClasses(api, editor.document, 'UUUAAH');
  return editor;
}

/** The kinds of the runs of a state, joined: `human ai human`. */
export function runKinds(state: State | undefined): string {
  return (state?.attributed.runs ?? [])
    .map((item) => (item.kind === 'base' ? 'base' : item.source.origin.kind))
    .join(' ');
}

/** Waits until something holds. */
export async function until(what: string, holds: () => Promise<boolean>, limit = 12_000): Promise<void> {
  const end = Date.now() + limit;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await sleep(50);
  }
}
