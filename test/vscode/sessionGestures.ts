/** What people, tools and programs do to a document in a random editing session, by the editor's own commands. */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import * as desk from './captureDesk';
import type { Dice } from './sessionOracle';

/** Where a session takes place. */
export interface Stage {
  readonly dice: Dice;
  readonly editor: vscode.TextEditor;
  /** Brings the other file to the front. */
  readonly turn: () => Promise<void>;
}

/** One thing that is done; `weight` says how often. */
export interface Gesture {
  readonly name: string;
  readonly weight: number;
  readonly run: (stage: Stage) => Promise<void>;
}

/** A longer document is cut down before it goes on. */
const mostLines = 60;

const run = async (...commands: readonly string[]): Promise<void> => {
  for (const command of commands) await vscode.commands.executeCommand(command);
};

function place({ dice, editor }: Stage): vscode.Position {
  const line = dice.below(editor.document.lineCount);
  return new vscode.Position(line, dice.below(editor.document.lineAt(line).text.length + 1));
}

/** Commands are given on the same way as selections, hence after them. */
function select({ editor }: Stage, ...selections: readonly vscode.Selection[]): void {
  editor.selections = selections;
}

async function cursorSomewhere(stage: Stage): Promise<void> {
  const at = place(stage);
  select(stage, new vscode.Selection(at, at));
}

async function selectSomething(stage: Stage): Promise<void> {
  const [from, to] = [place(stage), place(stage)];
  const near = new vscode.Position(Math.min(to.line, from.line + 3), to.character);
  select(stage, new vscode.Selection(from, stage.editor.document.validatePosition(near)));
}

async function selectLines(stage: Stage): Promise<void> {
  const { dice, editor } = stage;
  const first = dice.below(editor.document.lineCount);
  const last = Math.min(editor.document.lineCount - 1, first + dice.below(5));
  select(stage, new vscode.Selection(first, 0, last, editor.document.lineAt(last).text.length));
}

async function severalCursors(stage: Stage): Promise<void> {
  const count = 2 + stage.dice.below(3);
  select(stage, ...Array.from({ length: count }, () => place(stage)).map((at) => new vscode.Selection(at, at)));
}

/** A command of the editor over a selection of lines, or at a cursor. */
function command(id: string, over: 'lines' | 'cursor' | 'selection', weight = 1): Gesture {
  return {
    name: id,
    weight,
    run: async (stage) => {
      if (over === 'lines') await selectLines(stage);
      else if (over === 'cursor') await cursorSomewhere(stage);
      else await selectSomething(stage);
      await run(id);
    },
  };
}

async function suggest(stage: Stage, text: string, accept: readonly string[]): Promise<void> {
  const before = stage.editor.document.version;
  await vscode.commands.executeCommand('fixtureInline.suggest', { text });
  await sleep(stage.dice.pick([500, 700]));
  for (const id of accept) {
    await run(id);
    await sleep(30);
  }
  if (stage.editor.document.version === before) {
    await sleep(400);
    await run(...accept);
  }
  await vscode.commands.executeCommand('fixtureInline.suggest');
  await run('editor.action.inlineSuggest.hide');
}

const commit = 'editor.action.inlineSuggest.commit';
const nextWord = 'editor.action.inlineSuggest.acceptNextWord';
const nextLine = 'editor.action.inlineSuggest.acceptNextLine';

/** A formatter as extensions have them: it sees to spaces, and to nothing else. */
export const spaceFormatter: vscode.DocumentFormattingEditProvider & vscode.DocumentRangeFormattingEditProvider = {
  provideDocumentFormattingEdits: (document) =>
    Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line)).flatMap(({ text, range }) => {
      const laidOut = text
        .replace(/\s+/g, ' ')
        .replace(/ ?\( ?/g, '(')
        .trimEnd();
      return laidOut === text ? [] : [vscode.TextEdit.replace(range, laidOut)];
    }),
  provideDocumentRangeFormattingEdits: (document) => {
    const text = document.getText();
    const laidOut = text.replace(/\n{3,}/g, '\n\n').replace(/, ?/g, ',\n  ');
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    return laidOut === text ? [] : [vscode.TextEdit.replace(document.validateRange(whole), laidOut)];
  },
};

/** Everything that happens in a session. */
export const gestures: readonly Gesture[] = [
  {
    name: 'type a word',
    weight: 10,
    run: async (stage) => {
      await cursorSomewhere(stage);
      await desk.type(stage.dice.word('human'));
    },
  },
  {
    name: 'type over a selection',
    weight: 4,
    run: async (stage) => {
      await selectSomething(stage);
      await desk.type(stage.dice.word('human', 3));
    },
  },
  {
    name: 'type lines',
    weight: 5,
    run: async (stage) => {
      await cursorSomewhere(stage);
      await desk.type(`\n${stage.dice.lines('human', 2)}`);
    },
  },
  {
    name: 'type with several cursors',
    weight: 4,
    run: async (stage) => {
      await severalCursors(stage);
      await desk.type(stage.dice.pick(['a', '(', '{\n', 'bc d', '"']));
    },
  },
  {
    name: 'type into a column',
    weight: 2,
    run: async (stage) => {
      await selectLines(stage);
      await run('editor.action.insertCursorAtEndOfEachLineSelected');
      await desk.type(stage.dice.word('human', 3));
    },
  },
  {
    name: 'delete keys',
    weight: 5,
    run: async (stage) => {
      await cursorSomewhere(stage);
      const id = stage.dice.pick(['deleteLeft', 'deleteRight', 'deleteWordLeft', 'deleteWordRight']);
      for (let times = 1 + stage.dice.below(4); times > 0; times--) await run(id);
    },
  },
  {
    name: 'accept a completion',
    weight: 4,
    run: async (stage) => {
      await cursorSomewhere(stage);
      await run('cursorLineEnd');
      await suggest(stage, stage.dice.lines('ai', 1 + stage.dice.below(3)), [commit]);
    },
  },
  {
    name: 'accept a completion in parts',
    weight: 2,
    run: async (stage) => {
      await cursorSomewhere(stage);
      await run('cursorLineEnd');
      const parts = stage.dice.pick<readonly string[]>([
        [nextWord],
        [nextWord, nextWord],
        [nextWord, commit],
        [nextLine],
      ]);
      await suggest(stage, stage.dice.lines('ai', 2), parts);
    },
  },
  {
    name: 'paste from outside',
    weight: 3,
    run: async (stage) => {
      await selectSomething(stage);
      await desk.paste(`${stage.dice.lines('pasted', 3)}${stage.dice.pick(['\n', ''])}`);
    },
  },
  {
    name: 'paste a word from outside',
    weight: 1,
    run: async (stage) => {
      await cursorSomewhere(stage);
      await desk.paste(stage.dice.word('human'));
    },
  },
  {
    name: 'copy and paste',
    weight: 4,
    run: async (stage) => {
      await stage.dice.pick([selectSomething, selectLines, cursorSomewhere])(stage);
      await run('editor.action.clipboardCopyAction');
      await cursorSomewhere(stage);
      await run('editor.action.clipboardPasteAction');
      await sleep(60);
    },
  },
  {
    name: 'cut and paste in the other file',
    weight: 3,
    run: async (stage) => {
      await stage.dice.pick([selectSomething, selectLines, cursorSomewhere])(stage);
      await run('editor.action.clipboardCutAction');
      await stage.turn();
      await run('editor.action.clipboardPasteAction');
      await sleep(60);
    },
  },
  command('editor.action.moveLinesUpAction', 'lines', 3),
  command('editor.action.moveLinesDownAction', 'lines', 3),
  command('editor.action.copyLinesUpAction', 'lines', 2),
  command('editor.action.copyLinesDownAction', 'lines', 2),
  command('editor.action.duplicateSelection', 'selection', 2),
  command('editor.action.joinLines', 'lines', 2),
  command('editor.action.sortLinesAscending', 'lines', 2),
  command('editor.action.sortLinesDescending', 'lines'),
  command('editor.action.reverseLines', 'lines'),
  command('editor.action.removeDuplicateLines', 'lines'),
  command('editor.action.deleteLines', 'lines'),
  command('editor.action.indentLines', 'lines'),
  command('editor.action.outdentLines', 'lines'),
  command('editor.action.commentLine', 'lines', 2),
  command('editor.action.blockComment', 'selection'),
  command('editor.action.transformToUppercase', 'selection'),
  command('editor.action.transformToLowercase', 'selection'),
  command('editor.action.transformToTitlecase', 'selection'),
  command('editor.action.transformToSnakecase', 'selection'),
  command('editor.action.transposeLetters', 'cursor', 2),
  command('editor.action.transpose', 'cursor'),
  command('editor.action.insertLineAfter', 'cursor'),
  command('editor.action.insertLineBefore', 'cursor'),
  command('editor.action.trimTrailingWhitespace', 'cursor'),
  command('editor.action.moveCarretRightAction', 'selection'),
  command('deleteAllLeft', 'cursor'),
  command('editor.action.formatDocument', 'cursor', 2),
  command('editor.action.formatSelection', 'lines'),
  {
    name: 'a snippet',
    weight: 2,
    run: async (stage) => {
      await cursorSomewhere(stage);
      const [first, second] = [stage.dice.word('human', 4), stage.dice.word('human', 4)];
      await vscode.commands.executeCommand('editor.action.insertSnippet', {
        snippet: `\${1:${first}}(\${2:${second}}) $1$0`,
      });
      await desk.type(stage.dice.word('human', 3));
      await run('jumpToNextSnippetPlaceholder');
      await desk.type(stage.dice.word('human', 3));
      await run('leaveSnippet');
    },
  },
  {
    name: 'undo',
    weight: 8,
    run: async (stage) => {
      for (let times = 1 + stage.dice.below(6); times > 0; times--) await run('undo');
    },
  },
  {
    name: 'redo',
    weight: 6,
    run: async (stage) => {
      for (let times = 1 + stage.dice.below(5); times > 0; times--) await run('redo');
    },
  },
  {
    name: 'replace all',
    weight: 1,
    run: async (stage) => {
      await cursorSomewhere(stage);
      await vscode.commands.executeCommand('editor.actions.findWithArgs', {
        searchString: stage.dice.pick(['a', 'm', 'h', 'u']),
        replaceString: stage.dice.word('human', 2),
      });
      await sleep(600);
      await run('editor.action.replaceAll', 'closeFindWidget', 'workbench.action.focusActiveEditorGroup');
    },
  },
  { name: 'save', weight: 3, run: async ({ editor }) => void (await editor.document.save()) },
  {
    name: 'revert',
    weight: 2,
    run: async () => {
      await run('workbench.action.files.revert');
    },
  },
  { name: 'turn to the other file', weight: 4, run: ({ turn }) => turn() },
  {
    name: 'close and open again',
    weight: 1,
    run: async ({ editor, turn }) => {
      await editor.document.save();
      await run('workbench.action.closeActiveEditor');
      await turn();
    },
  },
  {
    name: 'another program writes lines',
    weight: 2,
    run: async ({ dice, editor }) => {
      const { document } = editor;
      await document.save();
      const lineEnd = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
      const lines = document.getText().split(lineEnd);
      lines.splice(dice.below(lines.length), dice.below(2), dice.line('unknown', 3), dice.line('unknown', 2));
      lines.splice(dice.below(lines.length), 0, dice.line('unknown', 4));
      const text = lines.join(lineEnd);
      await writeFile(document.uri.fsPath, text);
      // A file that is saved by itself in this moment is in conflict: then what the other program wrote is taken.
      await desk
        .until('the file is read again', async () => document.getText() === text, 4000)
        .catch(() => run('workbench.action.files.revert'));
    },
  },
  {
    name: 'another program writes while the file is dirty',
    weight: 1,
    run: async ({ dice, editor }) => {
      const { document } = editor;
      if (!document.isDirty) return;
      await writeFile(document.uri.fsPath, dice.lines('unknown', 4));
      await sleep(100);
      await run('workbench.action.files.revert');
    },
  },
  {
    name: "another extension's edit",
    weight: 2,
    run: async (stage) => {
      const [from, to] = [place(stage), place(stage)];
      await vscode.commands.executeCommand('fixtureInline.applyEdit', {
        uri: stage.editor.document.uri.toString(),
        range: stage.dice.pick([
          [from.line, 0, from.line, 0],
          [from.line, from.character, from.line, from.character],
          [Math.min(from.line, to.line), 0, Math.max(from.line, to.line), 0],
        ]),
        text: `${stage.dice.lines('unknown', 2)}\n`,
      });
    },
  },
  {
    name: "another extension's edit by its editor",
    weight: 1,
    run: async (stage) => {
      const at = place(stage);
      const text = `${stage.dice.line('unknown', 2)}\n`;
      await stage.editor.edit((edit) => edit.insert(at, text));
    },
  },
  {
    name: 'cut down a long file',
    weight: 3,
    run: async (stage) => {
      const { lineCount } = stage.editor.document;
      if (lineCount <= mostLines) return;
      select(stage, new vscode.Selection(5, 0, 5 + lineCount - mostLines / 2, 0));
      await run('deleteLeft');
    },
  },
];

/** One gesture, by chance and weight. */
export function pickGesture(dice: Dice): Gesture {
  let left = dice.below(gestures.reduce((sum, { weight }) => sum + weight, 0));
  for (const gesture of gestures) {
    left -= gesture.weight;
    if (left < 0) return gesture;
  }
  throw new Error('no gesture');
}
