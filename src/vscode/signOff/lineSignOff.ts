import * as vscode from 'vscode';
import type { Sha } from '../../core/brand';
import { type CommitSignOff, commitSignOff, signedCommits } from '../../core/views/commitSignOff';
import type { Capture } from '../capture/capture';
import type { WatchedRepository } from '../capture/watchedRepository';
import type { SignOffWords } from '../display/hover';
import type { OutgoingWatch } from './outgoingWatch';
import { people } from './words';

/** Says of a line where its sign-off stands, for the hover over its mark. */
export function lineSignOffWords(capture: Capture, outgoing: OutgoingWatch): SignOffWords {
  return async (uri, line) => {
    const tracked = capture.get(uri);
    const { home } = tracked ?? {};
    if (tracked === undefined || home === undefined || !home.repository.isSetUp) return undefined;
    const commit = await home.repository.commitOfLine(home.path, tracked.tracker.text, line);
    if (commit === undefined) return vscode.l10n.t('Not committed yet, so nobody has signed it off');
    const view = outgoing.viewOf(home.repository);
    const state = view === undefined ? undefined : commitSignOff(view, commit);
    return state === undefined ? undefined : `${stateWords(state)} (${commit.slice(0, 8)})`;
  };
}

/** The commits of a repository that are outgoing and signed off. */
export function signedIn(outgoing: OutgoingWatch, repository: WatchedRepository): ReadonlySet<Sha> {
  const view = outgoing.viewOf(repository);
  return view === undefined ? new Set() : signedCommits(view);
}

function stateWords(state: CommitSignOff): string {
  switch (state.kind) {
    case 'signed':
      return vscode.l10n.t('Committed and signed off by {0}', people(state.by));
    case 'waiting': {
      const waits =
        state.missing === 1
          ? vscode.l10n.t('Committed; waits for a senior sign-off')
          : vscode.l10n.t('Committed; waits for {0} senior sign-offs', state.missing);
      return state.stale ? `${waits}; ${vscode.l10n.t('an earlier one no longer counts')}` : waits;
    }
    case 'refused':
      return state.by === undefined
        ? vscode.l10n.t('Committed; changes are requested')
        : vscode.l10n.t('Committed; changes are requested by {0}', people([state.by]));
    case 'overridden':
      return vscode.l10n.t('Committed and let through without a sign-off, to be reviewed');
    case 'not-asked':
      return vscode.l10n.t('Committed; not signed off, and nothing asks for it');
  }
}
