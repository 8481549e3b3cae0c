import type * as vscode from 'vscode';
import { type ApiV1, makeApi } from './api';
import { Capture } from './capture/capture';
import { Repositories } from './capture/repositories';
import { registerAcceptCompletion } from './commands/acceptCompletion';
import { registerClaims } from './commands/claims';
import { registerMarkCommands } from './commands/marks';
import { registerSetUp } from './commands/setUp';
import { registerDecorations } from './display/decorations';
import { registerFileBadges } from './display/fileBadges';
import { registerHover } from './display/hover';
import { Marks } from './display/marks';
import { registerStatusBar } from './display/statusBar';
import { Log } from './log';
import { registerPush } from './push/registerPush';
import { lineSignOffWords } from './signOff/lineSignOff';
import { OutgoingWatch } from './signOff/outgoingWatch';
import { registerSignOff } from './signOff/registerSignOff';

/** What other extensions get; see {@link ApiV1}. */
export interface Exports {
  readonly v1: ApiV1;
}

/** Called by the editor once it is idle after starting. */
export function activate(context: vscode.ExtensionContext): Exports {
  const log = new Log();
  const repositories = new Repositories(log);
  const capture = new Capture(repositories, log);
  const marks = new Marks(capture, repositories, log);
  const outgoing = new OutgoingWatch(repositories, log);
  const parts: readonly vscode.Disposable[] = [
    registerDecorations(marks, context.extensionUri),
    registerHover(marks, lineSignOffWords(capture, outgoing), log),
    registerStatusBar(marks),
    registerFileBadges({ marks, repositories, outgoing, log }),
    registerAcceptCompletion(capture.acceptance),
    registerClaims(capture),
    registerMarkCommands(marks, log),
    registerSetUp(capture, repositories, context.extensionUri, log),
    registerSignOff(outgoing, repositories, log),
    registerPush(outgoing, repositories, log),
  ];
  // Disposed in this order when the window closes: what is not in the ledger yet is written before the repositories close.
  context.subscriptions.push(...parts, marks, capture, repositories, log);
  return { v1: makeApi(marks) };
}
