import { type Attributed, attributedAsBase, attributedBy, hasUnexplained } from '../../core/attribution/attributed';
import { madeBy, type Runs } from '../../core/attribution/runs';
import { explainPaste, standsPasted } from '../../core/capture/claimRange';
import { aiSource, unknownSource } from '../../core/capture/namedSource';
import { type KnownLines, recallLines } from '../../core/capture/recallLines';
import { recallMoved } from '../../core/capture/recallMoved';
import { isBlank } from '../../core/text/lines';
import { textIdOf } from '../../core/text/textId';
import type { Repositories } from './repositories';
import type { Home, TrackedDocument } from './trackedDocument';

const nobodySaw = unknownSource('not-watched', 'editor.opened');

/** Looks for the repository that a document's file is in. */
export async function findHome(tracked: TrackedDocument, repositories: Repositories): Promise<void> {
  const repository = await repositories.find(tracked.uri);
  const path = repository?.pathOf(tracked.uri.fsPath);
  tracked.home = repository === undefined || path === undefined ? undefined : { repository, path };
}

/** Tells the tracker of a document that was opened what is known of its text; `beside` knows the lines of the other cells of its notebook. */
export async function settleOpened({ home, tracker, openedText }: TrackedDocument, beside: KnownLines): Promise<void> {
  tracker.settle(
    home === undefined
      ? recallLines(attributedBy(nobodySaw, openedText), nobodySaw, beside)
      : await home.repository.known(home.path, openedText),
  );
}

/**
 * Looks up text whose maker nobody saw: another writer may have told of it, or it stood in a commit or in the file
 * before. Says whether that explained anything.
 */
export async function explainUnseen(tracked: TrackedDocument): Promise<boolean> {
  const { home, tracker } = tracked;
  if (home === undefined || !tracker.isSettled) return false;
  const { text } = tracker;
  home.repository.repo.ledger.refresh();
  const told = tracked.adoptFromOthers();
  const head = await home.repository.headText(home.path);
  if (tracker.text !== text) return told;
  if (head === text) {
    const found = tracker.adopt(attributedAsBase(textIdOf(text, home.repository.repo.git.objectFormat), text));
    return tracker.dropScars(head) || found || told;
  }
  if (!hasUnexplained(tracker.attributed())) return told;
  const known = await home.repository.known(home.path, text);
  // What was removed on the way was seen as it happened; what was removed before is known here already.
  return tracker.adopt({ ...known, nicks: [], cuts: [] }) || told;
}

/** A text that left a document, and where that one lies. */
export interface LeftText {
  readonly attributed: Attributed;
  readonly home: Home | undefined;
}

/** Looks for unseen text in what just left documents, as a refactoring moves it. Says whether that explained anything. */
export async function explainMoved({ tracker }: TrackedDocument, left: readonly LeftText[]): Promise<boolean> {
  if (left.length === 0 || !tracker.isSettled || !hasUnexplained(tracker.attributed())) return false;
  const texts = await Promise.all(
    left.map(({ attributed, home }) => home?.repository.detached(home.path, attributed) ?? attributed),
  );
  return tracker.adopt(recallMoved(tracker.attributed(), texts));
}

/** Takes in that the repository stands on another commit. Says whether that explained anything. */
export async function explainByHead(tracked: TrackedDocument): Promise<boolean> {
  const { home, tracker } = tracked;
  if (home === undefined || !tracker.isSettled) return false;
  const explained = await explainUnseen(tracked);
  const head = await home.repository.headText(home.path);
  return (head !== undefined && tracker.dropScars(head)) || explained;
}

/** Takes from a document that shows exactly the same text, as when one is saved under another name. Says whether that explained anything. */
export function explainBySame({ tracker }: TrackedDocument, others: Iterable<TrackedDocument>): boolean {
  if (!tracker.isSettled || isBlank(tracker.text)) return false;
  for (const other of others) {
    if (other.tracker === tracker || !other.tracker.isSettled || other.tracker.text !== tracker.text) continue;
    if (tracker.adopt({ ...other.tracker.attributed(), nicks: [], cuts: [] })) return true;
  }
  return false;
}

/**
 * Asks the conversations of agents for what was pasted from outside, then the repositories whether it stands, or stood
 * lately, in a file that is not open here. Says whether that explained anything.
 */
export async function explainPasted(
  { home, tracker }: TrackedDocument,
  texts: readonly string[],
  repositories: Repositories,
): Promise<boolean> {
  let changed = 0;
  for (const text of new Set(texts)) {
    if (!standsPasted(tracker.attributed(), text)) continue;
    const session = home?.repository.transcriptAuthor(text);
    const runs =
      session === undefined
        ? await findInRepositories(home, text, repositories)
        : madeBy(aiSource(session, 'editor.paste-transcript'), text.length);
    if (runs !== undefined) changed += tracker.take((before) => explainPaste(before, text, runs));
  }
  return changed > 0;
}

async function findInRepositories(
  home: Home | undefined,
  text: string,
  repositories: Repositories,
): Promise<Runs | undefined> {
  const own = home?.repository;
  for (const repository of [...(own === undefined ? [] : [own]), ...repositories.all.filter((one) => one !== own)]) {
    const runs = await repository.workspaceText(text, repository === own ? home?.path : undefined);
    if (runs !== undefined) return runs;
  }
  return undefined;
}
