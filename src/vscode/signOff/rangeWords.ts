import * as vscode from 'vscode';
import type { SignableRange } from '../../app/gate/sign';
import { safeText } from '../../core/safeText';

const mostCommits = 12;
const mostPaths = 20;

/** What is to be signed, as lines for whoever signs it: where, what, and which lines count. */
export function describeRange(worktree: string, { commits, result, base, head }: SignableRange): readonly string[] {
  const { counting, total } = result.coverage.netCount;
  const paths = new Map<string, string>();
  for (const commit of result.coverage.commits) {
    for (const { path, lines, risks } of commit.counting) {
      const known = paths.get(path);
      const words = [
        lines ?? vscode.l10n.t('deletions'),
        ...(risks.length === 0 ? [] : [`(${risks.map((risk) => safeText(risk, 40)).join(', ')})`]),
      ].join(' ');
      paths.set(path, known === undefined ? words : `${known}; ${words}`);
    }
  }
  const shownPaths = [...paths]
    .slice(0, mostPaths)
    .map(([path, words]) => `   ${safeText(path, 100)}: ${safeText(words, 100)}`);
  return [
    safeText(worktree, 200),
    `${safeText(result.target, 120)}, ${base.slice(0, 10)}..${head.slice(0, 10)}`,
    '',
    ...commits
      .slice(-mostCommits)
      .reverse()
      .map(({ sha, subject }) => `${sha.slice(0, 10)} ${safeText(subject, 80)}`),
    ...(commits.length > mostCommits ? [vscode.l10n.t('and {0} more commits', commits.length - mostCommits)] : []),
    '',
    vscode.l10n.t('{0} of {1} changed lines count:', counting, total),
    ...shownPaths,
    ...(paths.size > mostPaths ? [vscode.l10n.t('and {0} more files', paths.size - mostPaths)] : []),
  ];
}
