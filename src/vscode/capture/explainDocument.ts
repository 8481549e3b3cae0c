import { attributedBy } from '../../core/attribution/attributed';
import type { Source } from '../../core/attribution/source';
import type { Repositories } from './repositories';
import type { TrackedDocument } from './trackedDocument';

const nobodySaw: Source = {
  origin: { kind: 'unknown', reason: 'not-watched' },
  rule: 'editor.opened',
  sure: 'certain',
};

/** Looks for the repository that a document's file is in. */
export async function findHome(tracked: TrackedDocument, repositories: Repositories): Promise<void> {
  const repository = await repositories.find(tracked.uri);
  const path = repository?.pathOf(tracked.uri.fsPath);
  tracked.home = repository === undefined || path === undefined ? undefined : { repository, path };
}

/** Tells the tracker of a document that was opened what is known of its text. */
export async function settleOpened({ home, tracker, openedText }: TrackedDocument): Promise<void> {
  tracker.settle(
    home === undefined ? attributedBy(nobodySaw, openedText) : await home.repository.known(home.path, openedText),
  );
}

/** Looks up what nobody saw come: another writer may have told of it, or it may stand in a commit. Says whether that explained anything. */
export async function explainUnseen(tracked: TrackedDocument): Promise<boolean> {
  const { home, tracker } = tracked;
  if (home === undefined || !tracker.isSettled) return false;
  const { text } = tracker;
  home.repository.repo.ledger.refresh();
  let explained = tracked.adoptFromOthers();
  const head = await home.repository.headText(home.path);
  if (tracker.text === text && head === text) {
    explained = tracker.adopt(await home.repository.known(home.path, text)) || explained;
    explained = tracker.dropScars() || explained;
  }
  return explained;
}

/** Takes in that the repository stands on another commit. */
export async function explainByHead({ home, tracker }: TrackedDocument): Promise<void> {
  if (home === undefined || (await home.repository.headText(home.path)) !== tracker.text) return;
  tracker.adopt(await home.repository.known(home.path, tracker.text));
  tracker.dropScars();
}
