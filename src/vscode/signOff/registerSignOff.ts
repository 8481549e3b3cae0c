import * as vscode from 'vscode';
import { ToolError } from '../../core/errors';
import type { Repositories } from '../capture/repositories';
import type { Log } from '../log';
import { registerBlobDocuments } from './blobDocuments';
import { setUpKey } from './keySetup';
import type { OutgoingWatch } from './outgoingWatch';
import { removeSetUp } from './removeSetUp';
import { Review } from './review';
import { ReviewMarks } from './reviewMarks';
import { Signing } from './sign';
import type { SignOffNode } from './signOffItems';
import { registerSignOffTree } from './signOffTree';

/** The view of what needs a senior sign-off, reviewing and signing it. */
export function registerSignOff(watch: OutgoingWatch, repositories: Repositories, log: Log): vscode.Disposable {
  const marks = new ReviewMarks();
  const review = new Review(watch, marks);
  const signing = new Signing(watch, () => review.openAll());
  const command = (
    id: string,
    doing: string,
    run: (node: SignOffNode | undefined) => Promise<void>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (argument?: unknown) => {
      try {
        await run(isNode(argument) ? argument : undefined);
      } catch (problem) {
        tell(log, doing, problem);
      }
    });
  return vscode.Disposable.from(
    watch,
    marks,
    registerBlobDocuments(repositories),
    registerSignOffTree(watch),
    command('countersign.refresh', 'checking what is outgoing', () => watch.refresh()),
    command('countersign.review', 'opening the review', () => review.openAll()),
    command('countersign.reviewCommit', 'opening the commit', (node) => review.openCommit(node)),
    command('countersign.openChange', 'opening the change', (node) => review.openChange(node)),
    command('countersign.nextCountingRegion', 'going to the next region', () => review.next()),
    // What a caller passes decides nothing: always the range that is checked, and always by a person's hand.
    command('countersign.sign', 'signing', () => signing.run('approve')),
    command('countersign.requestChanges', 'requesting changes', () => signing.run('request-changes')),
    command('countersign.keySetup', 'setting up a key', () => setUpKey(repositories)),
    command('countersign.removeSetUp', 'removing from the repository', () => removeSetUp(repositories)),
  );
}

/** Where commands of this part end that could not go on. */
function tell(log: Log, doing: string, problem: unknown): void {
  if (problem instanceof vscode.CancellationError) return;
  if (problem instanceof ToolError && problem.code === 'sign-cancelled') return;
  log.fault(doing, problem);
  const next = problem instanceof ToolError && problem.next !== undefined ? ` ${problem.next}` : '';
  void vscode.window.showErrorMessage(`${problem instanceof Error ? problem.message : String(problem)}${next}`);
}

/** The view and its menus hand over rows; whatever else calls a command might hand over anything. */
function isNode(value: unknown): value is SignOffNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'commit' || value.kind === 'file') &&
    'entry' in value
  );
}
