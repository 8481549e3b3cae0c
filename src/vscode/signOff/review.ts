import * as vscode from 'vscode';
import type { Outgoing } from '../../app/gate/outgoing';
import type { ChangedFile, OriginRegion, ReviewPair } from '../../app/gate/reviewFiles';
import type { Sha } from '../../core/brand';
import { safeText } from '../../core/safeText';
import { nextRegion, type ReviewPlace, riskOrder } from '../../core/views/regionWalk';
import { shortRef } from '../../core/views/signOffView';
import type { WatchedRepository } from '../capture/watchedRepository';
import { classWords } from '../display/words';
import { blobUri, parseBlobUri } from './blobUri';
import type { OutgoingEntry, OutgoingWatch } from './outgoingWatch';
import { pickEntry } from './pickEntry';
import { type ReviewMarks, regionDetails } from './reviewMarks';
import type { SignOffNode } from './signOffItems';

/** Files of a comparison that were read, so that a walk through them reads nothing twice. */
interface Comparison {
  readonly repository: WatchedRepository;
  readonly pair: ReviewPair;
  readonly files: readonly ChangedFile[];
}

/** Opens what is outgoing for review: all of it, one commit, one file, one region after the other. */
export class Review {
  readonly #watch: OutgoingWatch;
  readonly #marks: ReviewMarks;
  #last: Comparison | undefined;

  constructor(watch: OutgoingWatch, marks: ReviewMarks) {
    this.#watch = watch;
    this.#marks = marks;
  }

  /** Shows everything that is outgoing in one editor of many differences. */
  async openAll(): Promise<void> {
    const ready = await this.#ready();
    if (ready === undefined) return;
    const { repository, outgoing } = ready;
    const { result } = outgoing.judgement;
    const count = outgoing.commits.length;
    const target = safeText(shortRef(result.target), 60);
    const title =
      count === 1
        ? vscode.l10n.t('Review 1 commit for {0}', target)
        : vscode.l10n.t('Review {0} commits for {1}', count, target);
    await this.#openChanges(title, await this.#compare(repository, outgoing, wholePair(outgoing)));
  }

  /** Shows what one commit changes. */
  async openCommit(node: SignOffNode | undefined): Promise<void> {
    if (node?.kind !== 'commit' || node.entry.state.kind !== 'ready') return;
    const { repository, state } = node.entry;
    const comparison = await this.#compareCommit(repository, state.outgoing, node.commit.sha);
    await this.#openChanges(`${node.commit.sha.slice(0, 10)} ${safeText(node.commit.subject, 60)}`, comparison);
  }

  /** Shows what a commit changes in one file, at the first line that counts. */
  async openChange(node: SignOffNode | undefined): Promise<void> {
    if (node?.kind !== 'file' || node.entry.state.kind !== 'ready') return;
    const { repository, state } = node.entry;
    const comparison = await this.#compareCommit(repository, state.outgoing, node.commit.sha);
    const file = comparison.files.find(({ path }) => path === node.file.path);
    if (file !== undefined) await this.#openFile(comparison, file, node.file.firstLine);
  }

  /** Goes to the next region that counts, riskiest file first; tells what it is, for whoever does not see the mark. */
  async next(): Promise<void> {
    const ready = await this.#ready();
    if (ready === undefined) return;
    const comparison = await this.#compare(ready.repository, ready.outgoing, wholePair(ready.outgoing));
    const place = nextRegion(comparison.files, this.#here(comparison));
    const file = comparison.files.find(({ path }) => path === place?.path);
    if (place === undefined || file === undefined) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Nothing that is outgoing counts towards a senior sign-off.'),
      );
      return;
    }
    await this.#openFile(comparison, file, place.line);
    const region = file.regions.find(({ start }) => start === place.line);
    if (region !== undefined) vscode.window.setStatusBarMessage(placeWords(file, region), 8000);
  }

  /** Where the cursor is in the comparison; nothing in any other document. */
  #here({ repository, pair }: Comparison): ReviewPlace | undefined {
    const editor = vscode.window.activeTextEditor;
    const address = editor === undefined ? undefined : parseBlobUri(editor.document.uri);
    if (editor === undefined || address === undefined) return undefined;
    if (address.root !== repository.repo.worktree || address.commit !== pair.to) return undefined;
    return { path: address.path as ReviewPlace['path'], line: editor.selection.active.line + 1 };
  }

  async #ready(): Promise<{ readonly repository: WatchedRepository; readonly outgoing: Outgoing } | undefined> {
    const entry: OutgoingEntry | undefined = await pickEntry(this.#watch, vscode.l10n.t('Review which repository?'));
    if (entry?.state.kind !== 'ready') return undefined;
    return { repository: entry.repository, outgoing: entry.state.outgoing };
  }

  async #compareCommit(repository: WatchedRepository, outgoing: Outgoing, commit: Sha): Promise<Comparison> {
    const { app } = await import('./app');
    return this.#compare(repository, outgoing, { from: await app.firstParent(repository.repo, commit), to: commit });
  }

  async #compare(repository: WatchedRepository, outgoing: Outgoing, pair: ReviewPair): Promise<Comparison> {
    const last = this.#last;
    if (last?.repository === repository && last.pair.from === pair.from && last.pair.to === pair.to) return last;
    const { app } = await import('./app');
    const { repo } = repository;
    const files = await vscode.window.withProgress({ location: { viewId: 'countersign.signOff' } }, () =>
      app.reviewFiles(repo, app.recordsOf(repo), outgoing.judgement, pair),
    );
    this.#last = { repository, pair, files };
    return this.#last;
  }

  async #openChanges(title: string, comparison: Comparison): Promise<void> {
    // A second one would stand beside the first, which `vscode.changes` does not use again once it is kept.
    const open = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
      tabs.filter(({ label }) => label.startsWith(`${title} (`)),
    );
    if (open.length > 0) await vscode.window.tabGroups.close(open, true);
    const resources = riskOrder(comparison.files).map((file) => {
      const { left, right } = this.#sides(comparison, file);
      return [right ?? left, left, right];
    });
    await vscode.commands.executeCommand('vscode.changes', title, resources);
    // Else "Open File" in one of its headers would replace the whole review.
    await vscode.commands.executeCommand('workbench.action.keepEditor');
  }

  async #openFile(comparison: Comparison, file: ChangedFile, line: number | undefined): Promise<void> {
    const { left, right } = this.#sides(comparison, file);
    const { root, path, commit } = addressOf(comparison, file);
    const empty = blobUri({ root, path, blob: undefined, commit });
    const title = `${safeText(file.path.slice(file.path.lastIndexOf('/') + 1), 80)} (${comparison.pair.to.slice(0, 10)})`;
    const at = Math.max(0, (line ?? 1) - 1);
    await vscode.commands.executeCommand('vscode.diff', left ?? empty, right ?? empty, title, {
      selection: new vscode.Range(at, 0, at, 0),
      preview: true,
    });
  }

  #sides(
    comparison: Comparison,
    file: ChangedFile,
  ): { readonly left: vscode.Uri | undefined; readonly right: vscode.Uri | undefined } {
    const { root, path, commit } = addressOf(comparison, file);
    const left =
      file.oldBlob === undefined
        ? undefined
        : blobUri({ root, path: file.oldPath ?? path, blob: file.oldBlob, commit: undefined });
    const right = file.newBlob === undefined ? undefined : blobUri({ root, path, blob: file.newBlob, commit });
    if (right !== undefined) this.#marks.set(right, file);
    return { left, right };
  }
}

function addressOf(
  { repository, pair }: Comparison,
  { path }: ChangedFile,
): { readonly root: string; readonly path: ChangedFile['path']; readonly commit: Sha } {
  return { root: repository.repo.worktree, path, commit: pair.to };
}

function wholePair({ judgement }: Outgoing): ReviewPair {
  return { from: judgement.result.base ?? judgement.target.policyTip, to: judgement.head };
}

function placeWords(file: ChangedFile, region: OriginRegion): string {
  const lines =
    region.count === 1
      ? vscode.l10n.t('Line {0}', region.start)
      : vscode.l10n.t('Lines {0} to {1}', region.start, region.start + region.count - 1);
  return [`${safeText(file.path, 120)}, ${lines}: ${classWords(region.origin.class)}`, ...regionDetails(region)].join(
    '; ',
  );
}
