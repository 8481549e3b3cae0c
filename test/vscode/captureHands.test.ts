/** Commands that put text around other text, apart, together and beside it, in both tiers at once. */
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

const letters = { ai: 'A', 'ai-edited': 'E', human: 'H', pasted: 'P', unknown: 'U' } as const;

describe('text that commands put around other text, apart and together', () => {
  let folder: string;
  const log = new Log();
  const repositories = new Repositories(log);
  let precise: Capture;
  let stable: Capture;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-hands-'));
    precise = new Capture(repositories, log);
    stable = new Capture(repositories, log, desk.changesWithoutReasons);
  });

  after(async () => {
    for (const capture of [precise, stable]) capture.dispose();
    repositories.dispose();
    log.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    await vscode.workspace.saveAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const run = async (...commands: readonly string[]): Promise<void> => {
    for (const command of commands) await vscode.commands.executeCommand(command);
  };

  const open = (name: string, text = ''): Promise<vscode.TextEditor> =>
    desk.write(path.join(folder, name), text).then(desk.show);

  /** Accepts a completion that both tiers know for one. */
  const accept = async (editor: vscode.TextEditor, text: string): Promise<void> => {
    const { document } = editor;
    const before = document.getText();
    await desk.until('the completion is accepted', async () => {
      if (document.getText() !== before) return true;
      await vscode.commands.executeCommand('fixtureInline.suggest', { text });
      await sleep(900);
      await stable.acceptance.around(document.uri, () => run('editor.action.inlineSuggest.commit'));
      return document.getText() !== before;
    });
    await vscode.commands.executeCommand('fixtureInline.suggest');
  };

  /** Each line with a letter for each of its characters, white space aside. */
  const drawn = (capture: Capture, document: vscode.TextDocument): string => {
    const known = capture.get(document.uri)?.tracker.attributed();
    if (known === undefined) return 'not followed';
    const owners = known.runs.map((item) =>
      (item.kind === 'base' ? 'B' : letters[item.source.origin.kind]).repeat(item.length),
    );
    const all = owners.join('');
    return known.text.replace(/\S/g, (_, at: number) => all[at] ?? '?');
  };

  const expectDrawn = async (document: vscode.TextDocument, expected: string, inStable = expected): Promise<void> => {
    const found = (): readonly string[] => [drawn(precise, document), drawn(stable, document)];
    await desk
      .until('it is told', async () => found().join() === [expected, inStable].join(), 2500)
      .catch(() => assert.deepEqual(found(), [expected, inStable], JSON.stringify(document.getText())));
  };

  const line = 'work(ai);';

  it('a snippet around what is selected', async () => {
    const editor = await open('around.ts');
    await accept(editor, line);
    await run('editor.action.selectAll');
    await vscode.commands.executeCommand('editor.action.insertSnippet', { snippet: 'if (x) { $TM_SELECTED_TEXT }$0' });
    assert.equal(editor.document.getText(), `if (x) { ${line} }`);
    await expectDrawn(editor.document, 'HH HHH H AAAAAAAAA H', 'UU UUU U AAAAAAAAA U');
  });

  it('a snippet around short lines, and around a word over several', async () => {
    const editor = await open('lines.ts');
    await accept(editor, 'go\nrun');
    await run('editor.action.selectAll');
    await vscode.commands.executeCommand('editor.action.insertSnippet', { snippet: 'all($TM_SELECTED_TEXT, x, y)$0' });
    assert.equal(editor.document.getText(), 'all(go\nrun, x, y)');
    await expectDrawn(editor.document, 'HHHHAA\nAAAH HH HH', 'UUUUUU\nUUUU UU UU');
    const other = await open('word.ts');
    await accept(other, 'go');
    await run('editor.action.selectAll');
    await vscode.commands.executeCommand('editor.action.insertSnippet', {
      snippet: 'try {\n\t$TM_SELECTED_TEXT;\n} finally {\n\tgoing;\n}$0',
    });
    await expectDrawn(
      other.document,
      'HHH H\n    AAH\nH HHHHHHH H\n    HHHHHH\nH',
      'UUU U\n    AAU\nU UUUUUUU U\n    UUUUUU\nU',
    );
  });

  it('an abbreviation around each of some lines', async () => {
    const editor = await open('list.html');
    await accept(editor, 'one\ntwo');
    await run('editor.action.selectAll');
    await vscode.commands.executeCommand('editor.emmet.action.wrapWithAbbreviation', { abbreviation: 'ul>li*' });
    await desk.until('it is wrapped', async () => editor.document.getText().includes('</ul>'));
    await expectDrawn(
      editor.document,
      'HHHH\n    HHHHAAAHHHHH\n    HHHHAAAHHHHH\nHHHHH',
      'UUUU\n    UUUUUUUUUUUU\n    UUUUUUUUUUUU\nUUUUU',
    );
  });

  it('an abbreviation around a line', async () => {
    const editor = await open('wrap.html');
    await accept(editor, 'words of an AI');
    await run('editor.action.selectAll');
    await vscode.commands.executeCommand('editor.emmet.action.wrapWithAbbreviation', { abbreviation: 'p' });
    await desk.until('it is wrapped', async () => editor.document.getText().includes('</p>'));
    assert.equal(editor.document.getText(), '<p>words of an AI</p>');
    await expectDrawn(editor.document, 'HHHAAAAA AA AA AAHHHH', 'UUUAAAAA AA AA AAUUUU');
  });

  it('a replacement that puts what it finds into another order', async () => {
    const editor = await open('swap.ts');
    await accept(editor, 'eat(total);');
    await vscode.commands.executeCommand('editor.actions.findWithArgs', {
      searchString: '(\\w+)\\((\\w+)\\)',
      replaceString: 'the.$2.$1()',
      isRegex: true,
    });
    await sleep(700);
    await run('editor.action.replaceAll', 'closeFindWidget');
    await desk.until('it is replaced', async () => editor.document.getText().startsWith('the'));
    assert.equal(editor.document.getText(), 'the.total.eat();');
    await expectDrawn(editor.document, 'HHHHAAAAAHAAAAAA', 'UUUUAAAAAUAAAAAA');
  });

  it('a cell that is split, and cells that are joined', async () => {
    const cell = { cell_type: 'code', source: ['found()'], metadata: {}, outputs: [], execution_count: null };
    const content = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    const uri = await desk.write(path.join(folder, 'book.ipynb'), JSON.stringify(content, undefined, 1));
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await sleep(1500);
    await run('notebook.cell.edit');
    await sleep(500);
    await run('cursorBottom');
    await desk.type('\nmine_one()\nmine_too()');
    await desk.until('it is typed', async () => notebook.cellAt(0).document.lineCount === 3);
    await expectDrawn(notebook.cellAt(0).document, 'UUUUUUU\nHHHHHHHHHH\nHHHHHHHHHH');
    await run('cursorUp', 'cursorLineStart', 'notebook.cell.split');
    await desk.until('it is split', async () => notebook.cellCount === 2);
    await expectDrawn(notebook.cellAt(0).document, 'UUUUUUU\n');
    await expectDrawn(notebook.cellAt(1).document, 'HHHHHHHHHH\nHHHHHHHHHH');
    await run('notebook.cell.joinBelow');
    await desk.until('they are joined', async () => notebook.cellCount === 1);
    await expectDrawn(notebook.cellAt(0).document, 'UUUUUUU\n\nHHHHHHHHHH\nHHHHHHHHHH');
    await notebook.save();
  });

  it('a cell that is split inside a line, and one that is copied', async () => {
    const cell = { cell_type: 'code', source: ['found()'], metadata: {}, outputs: [], execution_count: null };
    const content = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    const uri = await desk.write(path.join(folder, 'split.ipynb'), JSON.stringify(content, undefined, 1));
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await sleep(1500);
    await run('notebook.cell.edit');
    await sleep(500);
    await run('cursorBottom');
    await desk.type('\nmy = 1');
    await desk.until('it is typed', async () => notebook.cellAt(0).document.lineCount === 2);
    await run('cursorLeft', 'cursorLeft', 'cursorLeft', 'notebook.cell.split');
    await desk.until('it is split', async () => notebook.cellCount === 2);
    await expectDrawn(notebook.cellAt(0).document, 'UUUUUUU\nHH ');
    await expectDrawn(notebook.cellAt(1).document, 'H H');
    await run('notebook.cell.quitEdit', 'notebook.cell.copy', 'notebook.cell.paste');
    await desk.until('it is there twice', async () => notebook.cellCount === 3);
    await expectDrawn(notebook.cellAt(2).document, 'H H');
    await notebook.save();
  });
});
