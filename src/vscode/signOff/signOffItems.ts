import * as vscode from 'vscode';
import type { Finding } from '../../core/gate/findings';
import { safeText } from '../../core/safeText';
import type { CommitView, FileView, SummaryView } from '../../core/views/signOffView';
import { blobUri } from './blobUri';
import type { OutgoingEntry } from './outgoingWatch';
import {
  commitWords,
  fileWords,
  gestureWords,
  maySignWords,
  ruleNeedWords,
  ruleWords,
  signedByWords,
  summaryWords,
} from './words';

/** One row of the view, with what its commands need. */
export type SignOffNode =
  | { readonly kind: 'repository'; readonly entry: OutgoingEntry }
  | { readonly kind: 'commit'; readonly entry: OutgoingEntry; readonly commit: CommitView }
  | { readonly kind: 'file'; readonly entry: OutgoingEntry; readonly commit: CommitView; readonly file: FileView }
  | { readonly kind: 'words'; readonly id: string; readonly row: WordsRow };

/** A row that only tells. */
export interface WordsRow {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: vscode.ThemeIcon;
}

/** The rows at the top: of one repository its own, of several one for each. */
export function rootNodes(entries: readonly OutgoingEntry[]): readonly SignOffNode[] {
  const shown = entries.filter(isWorthShowing);
  const [only] = shown;
  if (only === undefined) return [];
  return shown.length === 1 ? repositoryNodes(only) : shown.map((entry) => ({ kind: 'repository', entry }));
}

/** Whether there are rows for it; what is empty has words of its own in the view. */
export function isWorthShowing({ state }: OutgoingEntry): boolean {
  return state.kind === 'failed' || (state.kind === 'ready' && state.view.commits.length > 0);
}

/** The rows below a row. */
export function childNodes(node: SignOffNode): readonly SignOffNode[] {
  switch (node.kind) {
    case 'repository':
      return repositoryNodes(node.entry);
    case 'commit':
      return commitNodes(node.entry, node.commit);
    case 'file':
    case 'words':
      return [];
  }
}

function repositoryNodes(entry: OutgoingEntry): readonly SignOffNode[] {
  const { state } = entry;
  const root = entry.repository.repo.worktree;
  switch (state.kind) {
    case 'failed': {
      const row = {
        label: safeText(state.message),
        ...(state.next === undefined ? {} : { description: safeText(state.next) }),
        icon: icon('error', 'list.errorForeground'),
      };
      return [{ kind: 'words', id: `${root}:failed`, row }];
    }
    case 'ready': {
      const { summary, general, commits } = state.view;
      const words = (id: string, row: WordsRow): SignOffNode => ({ kind: 'words', id: `${root}:${id}`, row });
      return [
        words('summary', summaryRow(summary, state.outgoing.judgement.result.base)),
        ...(summary.gesture === 'merge' && summary.branch !== undefined && summary.state !== 'not-protected'
          ? [words('free', freeRow(summary.branch))]
          : []),
        ...general.map((finding, index) => words(`finding:${index}`, findingRow(finding))),
        ...commits.map((commit): SignOffNode => ({ kind: 'commit', entry, commit })),
      ];
    }
    default:
      return [];
  }
}

function commitNodes(entry: OutgoingEntry, commit: CommitView): readonly SignOffNode[] {
  const rows: WordsRow[] = [];
  const { coverage } = commit;
  if (coverage !== undefined && commit.need !== 'none') {
    for (const hit of coverage.reasons)
      rows.push({
        label: ruleWords(hit),
        description: ruleNeedWords(hit),
        icon: icon(hit.isCovered ? 'check' : 'law'),
      });
    if (commit.need === 'needed') {
      if (coverage.signedBy.length > 0) rows.push({ label: signedByWords(coverage.signedBy), icon: icon('verified') });
      rows.push({ label: maySignWords(coverage.maySign), icon: icon('account') });
    }
  }
  rows.push(...commit.findings.map(findingRow));
  const id = commitId(entry, commit);
  return [
    ...rows.map((row, index): SignOffNode => ({ kind: 'words', id: `${id}:${index}`, row })),
    ...commit.files.map((file): SignOffNode => ({ kind: 'file', entry, commit, file })),
  ];
}

function commitId(entry: OutgoingEntry, { sha }: CommitView): string {
  return `${entry.repository.repo.worktree}:${sha}`;
}

/** A node as the tree shows it. Accessible names begin with the visible text. */
export function treeItem(node: SignOffNode): vscode.TreeItem {
  switch (node.kind) {
    case 'repository': {
      const { worktree } = node.entry.repository.repo;
      const { state } = node.entry;
      const item = new vscode.TreeItem(
        safeText(worktree.split('/').at(-1) ?? worktree),
        vscode.TreeItemCollapsibleState.Expanded,
      );
      item.description =
        state.kind === 'ready' ? `${gestureWords(state.view.summary)}: ${summaryWords(state.view.summary)}` : '';
      item.iconPath = icon('repo');
      return finished(item, worktree, 'repository', worktree);
    }
    case 'commit':
      return commitItem(node.entry, node.commit);
    case 'file':
      return fileItem(node);
    case 'words': {
      const item = new vscode.TreeItem(node.row.label, vscode.TreeItemCollapsibleState.None);
      if (node.row.description !== undefined) item.description = node.row.description;
      item.iconPath = node.row.icon;
      return finished(
        item,
        node.id,
        'words',
        node.row.tooltip ?? [node.row.label, node.row.description ?? ''].join('\n').trim(),
      );
    }
  }
}

function commitItem(entry: OutgoingEntry, commit: CommitView): vscode.TreeItem {
  const hasChildren = childNodes({ kind: 'commit', entry, commit }).length > 0;
  const state = !hasChildren
    ? vscode.TreeItemCollapsibleState.None
    : commit.need === 'needed'
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(safeText(commit.subject, 120) || vscode.l10n.t('(no subject)'), state);
  item.description = commitWords(commit);
  item.iconPath = commitIcon(commit);
  const details = [`${commit.sha.slice(0, 12)} · ${safeText(commit.author, 80)}`, commitWords(commit)];
  // Another state opens or closes the row by itself, which VS Code does for rows it has not met yet.
  return finished(
    item,
    `${commitId(entry, commit)}:${commit.need}`,
    'commit',
    [safeText(commit.subject, 200), ...details].join('\n'),
  );
}

function commitIcon({ need }: CommitView): vscode.ThemeIcon {
  switch (need) {
    case 'needed':
      return icon('shield', 'list.warningForeground');
    case 'covered':
      return icon('verified-filled', 'testing.iconPassed');
    case 'overridden':
      return icon('unverified', 'list.warningForeground');
    case 'none':
    case 'unjudged':
      return icon('git-commit');
  }
}

function fileItem({ entry, commit, file }: SignOffNode & { readonly kind: 'file' }): vscode.TreeItem {
  const at = file.path.lastIndexOf('/');
  const item = new vscode.TreeItem(safeText(file.path.slice(at + 1), 120), vscode.TreeItemCollapsibleState.None);
  const folder = at < 0 ? '' : safeText(file.path.slice(0, at), 120);
  item.description = [fileWords(file), folder].filter((part) => part !== '').join(' · ');
  // Of our own scheme, so that no other extension decorates it; it chooses the icon.
  item.resourceUri = blobUri({
    root: entry.repository.repo.worktree,
    path: file.path,
    blob: undefined,
    commit: undefined,
  });
  item.iconPath = vscode.ThemeIcon.File;
  item.command = {
    command: 'countersign.openChange',
    title: vscode.l10n.t('Open Change'),
    arguments: [{ kind: 'file', entry, commit, file }],
  };
  return finished(
    item,
    `${commitId(entry, commit)}:${file.path}`,
    'file',
    [safeText(file.path, 300), fileWords(file)].join('\n'),
  );
}

function summaryRow(summary: SummaryView, base: string | null): WordsRow {
  const from = base === null ? '' : vscode.l10n.t('{0} commits since {1}', summary.commits, base.slice(0, 12));
  return {
    label: gestureWords(summary),
    description: summaryWords(summary),
    tooltip: [`${gestureWords(summary)}: ${summaryWords(summary)}`, from].join('\n').trim(),
    icon: summaryIcon(summary.state),
  };
}

function summaryIcon(state: SummaryView['state']): vscode.ThemeIcon {
  switch (state) {
    case 'blocked':
      return icon('lock', 'list.warningForeground');
    case 'advised':
      return icon('info', 'list.warningForeground');
    case 'undecided':
      return icon('question', 'list.warningForeground');
    case 'signed':
    case 'clear':
      return icon('pass', 'testing.iconPassed');
    case 'not-protected':
      return icon('circle-large-outline');
  }
}

function freeRow(branch: string): WordsRow {
  return {
    label: vscode.l10n.t('Pushing {0} itself is never held up', safeText(branch, 60)),
    icon: icon('cloud-upload'),
  };
}

function findingRow({ severity, message, next }: Finding): WordsRow {
  return { label: message, ...(next === null ? {} : { description: next }), icon: findingIcon(severity) };
}

function findingIcon(severity: Finding['severity']): vscode.ThemeIcon {
  switch (severity) {
    case 'block':
      return icon('error', 'list.errorForeground');
    case 'undecided':
      return icon('question', 'list.warningForeground');
    case 'warn':
      return icon('warning', 'list.warningForeground');
    case 'info':
      return icon('info');
  }
}

function icon(id: string, colour?: string): vscode.ThemeIcon {
  return colour === undefined ? new vscode.ThemeIcon(id) : new vscode.ThemeIcon(id, new vscode.ThemeColor(colour));
}

function finished(item: vscode.TreeItem, id: string, contextValue: string, tooltip: string): vscode.TreeItem {
  item.id = id;
  item.contextValue = contextValue;
  item.tooltip = tooltip;
  const visible = [item.label, item.description].filter((part) => typeof part === 'string' && part !== '').join(' ');
  item.accessibilityInformation = { label: visible };
  return item;
}
