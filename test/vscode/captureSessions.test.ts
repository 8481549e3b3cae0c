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
import { pickGesture, type Stage, spaceFormatter } from './sessionGestures';
import { Dice, type Strictness, wrongOrigin } from './sessionOracle';

/** `COUNTERSIGN_SESSIONS=20 npm run test:sessions` runs so many sessions with seeds that begin at `COUNTERSIGN_SEED`; without it a short one with a fixed seed. */
const sessions = Number(process.env['COUNTERSIGN_SESSIONS'] ?? 0);
const firstSeed = Number(process.env['COUNTERSIGN_SEED'] ?? 1);
const [seeds, length] =
  sessions > 0 ? [Array.from({ length: sessions }, (_, index) => firstSeed + index), 300] : [[firstSeed], 60];

const longest = 20 * 60_000;

/** What became of a text, without the lines that are the same at its start and end. */
function changed(before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  while (old.length > 0 && old[0] === now[0]) for (const lines of [old, now]) lines.shift();
  while (old.length > 0 && old.at(-1) === now.at(-1)) for (const lines of [old, now]) lines.pop();
  return `${JSON.stringify(old.join('\n'))} -> ${JSON.stringify(now.join('\n'))}`;
}

describe('random editing sessions', () => {
  let folder: string;
  const log = new Log();
  const tiers: { readonly strictness: Strictness; readonly repositories: Repositories; readonly capture: Capture }[] =
    [];
  const settings: Readonly<Record<string, unknown>> = {
    'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
    'editor.suggestOnTriggerCharacters': false,
    'editor.parameterHints.enabled': false,
  };
  const setAll = async (values: Readonly<Record<string, unknown>>): Promise<void> => {
    for (const [name, value] of Object.entries(values))
      await vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);
  };
  const subscriptions: vscode.Disposable[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-session-'));
    await setAll(settings);
    for (const strictness of ['exact', 'or unknown'] as const) {
      const repositories = new Repositories(log);
      const changes = strictness === 'exact' ? undefined : desk.changesWithoutReasons;
      tiers.push({ strictness, repositories, capture: new Capture(repositories, log, changes) });
    }
    const files = { pattern: `${folder}/**` };
    subscriptions.push(
      vscode.languages.registerDocumentFormattingEditProvider(files, spaceFormatter),
      vscode.languages.registerDocumentRangeFormattingEditProvider(files, spaceFormatter),
    );
  });

  after(async () => {
    for (const { capture, repositories } of tiers) {
      capture.dispose();
      repositories.dispose();
    }
    for (const subscription of subscriptions) subscription.dispose();
    log.dispose();
    await setAll(Object.fromEntries(Object.keys(settings).map((name) => [name, undefined])));
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    await vscode.workspace.saveAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** What a tier says wrong of a document; nothing when all is right. */
  const problemOf = (tier: (typeof tiers)[number], document: vscode.TextDocument): string | undefined => {
    const tracker = tier.capture.get(document.uri)?.tracker;
    if (tracker === undefined) return 'the document is not followed';
    const text = document.getText().replaceAll('\r\n', '\n');
    if (tracker.text !== text) return `the text is ${JSON.stringify(tracker.text)}, not ${JSON.stringify(text)}`;
    const wrong = wrongOrigin(tracker.attributed(), tier.strictness);
    return wrong === undefined ? undefined : `${tier.strictness}: ${wrong}`;
  };

  const play = async (seed: number, steps: number): Promise<void> => {
    const dice = new Dice(seed);
    // What an earlier test left there is pasted where there is nothing to copy.
    await vscode.env.clipboard.writeText('abc');
    const uris = ['one.py', 'two.py'].map((name) => vscode.Uri.file(path.join(folder, `${seed}-${name}`)));
    const lineEnd = seed % 2 === 0 ? '\r\n' : '\n';
    for (const uri of uris) await desk.write(uri.fsPath, `${dice.lines('unknown', 4)}\n`.replaceAll('\n', lineEnd));
    let front = 0;
    let editor = await desk.show(uris[front] ?? assert.fail());
    const turn = async (): Promise<void> => {
      front = 1 - front;
      editor = await desk.show(uris[front] ?? assert.fail());
    };
    const done: string[] = [];
    let events: string[] = [];
    const listener = vscode.workspace.onDidChangeTextDocument(({ contentChanges, document, reason }) => {
      const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => [rangeOffset, rangeLength, text]);
      events.push(`${document.isDirty ? 'dirty' : 'clean'} ${reason ?? ''}${JSON.stringify(changes)}`);
    });
    subscriptions.push(listener);
    const check = async (): Promise<void> => {
      for (const tier of tiers) {
        for (const document of vscode.workspace.textDocuments) {
          if (document.isClosed || !uris.some((uri) => uri.toString() === document.uri.toString())) continue;
          // The first change of a clean document waits a moment for the event that tells what it was.
          for (let tries = 0; problemOf(tier, document) !== undefined && tries < 20; tries++) await sleep(50);
          const problem = problemOf(tier, document);
          if (problem !== undefined)
            assert.fail([`seed ${seed}, step ${done.length}: ${problem}`, ...done.slice(-10), ...events].join('\n'));
        }
      }
    };
    for (let step = 0; step < steps; step++) {
      const gesture = pickGesture(dice);
      const before = editor.document.getText();
      const stage: Stage = { dice, editor, turn };
      events = [];
      await gesture.run(stage);
      if (editor.document.isClosed) editor = await desk.show(uris[front] ?? assert.fail());
      done.push(`${gesture.name}: ${changed(before, editor.document.getText())}`);
      await check();
    }
    listener.dispose();
  };

  for (const seed of seeds) it(`seed ${seed}: no wrong origin`, () => play(seed, length)).timeout(longest);

  /** Plays with settings of the user, and with the harness's afterwards. */
  const playWith = async (values: Readonly<Record<string, unknown>>, afterwards: typeof values): Promise<void> => {
    await setAll(values);
    try {
      await play(firstSeed + 1_000_000, sessions > 0 ? 300 : 25);
    } finally {
      await setAll(afterwards);
    }
  };

  it('no wrong origin in accessibility mode either', () =>
    playWith({ 'editor.accessibilitySupport': 'on' }, { 'editor.accessibilitySupport': undefined })).timeout(longest);

  it('no wrong origin where files are saved by themselves', () =>
    playWith(
      { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': 50 },
      { 'files.autoSave': 'off', 'files.autoSaveDelay': undefined },
    )).timeout(longest);
});
