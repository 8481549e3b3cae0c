import * as vscode from 'vscode';
import type { RuleHit } from '../../core/gate/gateResult';
import { safeText } from '../../core/safeText';
import type { CommitView, FileView, SummaryView } from '../../core/views/signOffView';

/** What would move, in two or three words. */
export function gestureWords({ gesture, target, branch }: SummaryView): string {
  if (gesture === 'push') return vscode.l10n.t('Pushing to {0}', safeText(target, 80));
  if (branch === undefined) return vscode.l10n.t('Merging into {0}', safeText(target, 80));
  return vscode.l10n.t('Merging {0} into {1}', safeText(branch, 60), safeText(target, 80));
}

/** What that would meet. */
export function summaryWords({ state, waiting, commits, gesture }: SummaryView): string {
  switch (state) {
    case 'not-protected':
      return vscode.l10n.t('no policy protects it, so nothing is asked');
    case 'clear':
      return vscode.l10n.t('nothing is asked');
    case 'signed':
      return vscode.l10n.t('signed off');
    case 'undecided':
      return vscode.l10n.t('cannot be decided here');
    case 'advised':
      return `${waitingWords(waiting, commits)}; ${vscode.l10n.t('nothing is refused yet')}`;
    case 'blocked':
      if (waiting === 0) return vscode.l10n.t('would be refused');
      return gesture === 'push'
        ? waitingWords(waiting, commits)
        : `${vscode.l10n.t('will ask')}: ${waitingWords(waiting, commits)}`;
  }
}

function waitingWords(waiting: number, commits: number): string {
  return waiting === 1
    ? vscode.l10n.t('1 of {0} commits needs a senior sign-off', commits)
    : vscode.l10n.t('{0} of {1} commits need a senior sign-off', waiting, commits);
}

/** What a commit needs or has, behind its subject. */
export function commitWords(commit: CommitView): string {
  const { need, coverage, missing } = commit;
  const counting = coverage?.count.counting ?? 0;
  switch (need) {
    case 'needed': {
      const asks = missing === 1 ? vscode.l10n.t('needs 1 sign-off') : vscode.l10n.t('needs {0} sign-offs', missing);
      return counting === 0 ? asks : `${asks} · ${linesWords(counting)}`;
    }
    case 'covered':
      return vscode.l10n.t('signed off by {0}', people(coverage?.signedBy ?? []));
    case 'overridden':
      return vscode.l10n.t('let through without a sign-off, to be reviewed');
    case 'none':
      return counting === 0
        ? vscode.l10n.t('nothing asked')
        : `${vscode.l10n.t('nothing asked')} · ${linesWords(counting)}`;
    case 'unjudged':
      return '';
  }
}

function linesWords(count: number): string {
  return count === 1 ? vscode.l10n.t('1 line counts') : vscode.l10n.t('{0} lines count', count);
}

/** A rule that a commit reaches: what it counts. */
export function ruleWords({ counting, total }: RuleHit): string {
  return vscode.l10n.t('{0} of {1} changed lines are by AI or of unknown source', counting, total);
}

/** Which rule it is, and what it takes. */
export function ruleNeedWords({ risk, needed, isCovered }: RuleHit): string {
  const name = risk === null ? vscode.l10n.t('general rule') : vscode.l10n.t('risk "{0}"', safeText(risk, 60));
  const takes = needed === 1 ? vscode.l10n.t('1 sign-off') : vscode.l10n.t('{0} sign-offs', needed);
  return isCovered ? `${name}, ${takes}, ${vscode.l10n.t('given')}` : `${name}, ${takes}`;
}

/** Who may sign a commit. */
export function maySignWords(principals: readonly string[]): string {
  if (principals.length === 0) return vscode.l10n.t('Nobody in the roster may sign all of it');
  return vscode.l10n.t('May be signed by {0}', people(principals));
}

/** Who has signed at least a part of a commit that still needs more. */
export function signedByWords(principals: readonly string[]): string {
  return vscode.l10n.t('Signed so far by {0}', people(principals));
}

/** What counts in a file, behind its name. */
export function fileWords({ counting, deleted, lines, risks, isProtected }: FileView): string {
  const parts: string[] = [];
  if (lines !== undefined)
    parts.push(counting === 1 ? vscode.l10n.t('line {0} counts', lines) : vscode.l10n.t('lines {0} count', lines));
  else if (counting > deleted) parts.push(vscode.l10n.t('the change counts'));
  if (deleted > 0)
    parts.push(
      deleted === 1 ? vscode.l10n.t('1 deleted line counts') : vscode.l10n.t('{0} deleted lines count', deleted),
    );
  if (risks.length > 0) parts.push(risks.map((risk) => safeText(risk, 40)).join(', '));
  if (isProtected) parts.push(vscode.l10n.t('protected by the policy'));
  return parts.join(' · ');
}

/** Some names, and how many more. */
export function people(principals: readonly string[]): string {
  const shown = principals
    .slice(0, 3)
    .map((principal) => safeText(principal, 60))
    .join(', ');
  return principals.length > 3 ? vscode.l10n.t('{0} and {1} more', shown, principals.length - 3) : shown;
}
