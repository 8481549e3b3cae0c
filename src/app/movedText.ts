import {
  type Attributed,
  attributedAsBase,
  attributedBy,
  hasUnexplained,
  splitAttributed,
} from '../core/attribution/attributed';
import { open } from '../core/attribution/explainText';
import { rewriteStep } from '../core/attribution/rewrite';
import type { Rewrite } from '../core/attribution/rewriteSide';
import type { RepoPath, Sha } from '../core/brand';
import { attributedByRecord } from '../core/record/recordReader';
import { gitLineMap } from '../core/text/gitLines';
import { isBlank, lineStarts, splitLines } from '../core/text/lines';
import { decodeBytes, textOfBytes } from '../core/text/textId';
import type { FileChange } from '../git/diff';
import { readStatus } from '../git/worktree';
import { readWorkFile } from '../store/workFile';
import { readBlobText } from './blobs';
import { onNormalisedLines } from './gitLineOrigins';
import type { CommittedText } from './knownText';
import type { LineOrigins } from './lineOrigins';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** From how many other files of a step lines may have come. */
const mostFiles = 20;

/** How many states of the ledger are looked at, newest first, and how old they are at most (milliseconds). */
const mostStates = 100;
const oldestState = 12 * 60 * 60 * 1000;

/** A file that may have lost lines. */
interface Loss {
  readonly path: RepoPath;
  readonly lines: Iterable<string>;
  /** As it was, and as it is; nothing where that cannot be told. */
  read(): Promise<Rewrite | undefined>;
}

/** By the content of a line up to some files that lost it; lines that many lost tell nothing. */
type Departed = ReadonlyMap<string, ReadonlySet<Loss>>;

/**
 * Finds, for a file of a step, the blocks that left other files in it and stand in this one, known as they were there. `known`
 * is what is known of the file otherwise, `old` what it was before. Nothing where none of the lines that are unexplained there
 * left a file.
 */
export type MovedTexts = (
  file: { readonly path: RepoPath; readonly old: CommittedText | undefined },
  known: Attributed,
) => Promise<Attributed | undefined>;

/** Of the step from `parent` that made these changes, and what the work tree has lost since the ledger saw it. */
export function movedTexts(
  repo: Repository,
  origins: LineOrigins,
  parent: Sha | undefined,
  changes: readonly FileChange[],
): MovedTexts {
  const lossOf = (change: FileChange): Loss => ({
    path: change.path,
    lines: change.hunks.flatMap(({ removed }) => removed.map((line) => decodeBytes(line))),
    read: async () => {
      const old = change.oldOid === undefined ? undefined : await readBlobText(repo, change.oldOid);
      if (old === undefined || parent === undefined) return undefined;
      const after = change.newOid === undefined ? undefined : await readBlobText(repo, change.newOid);
      const who = onNormalisedLines(
        await origins.linesAt(parent, change.oldPath ?? change.path),
        gitLineMap(old.bytes),
      );
      return { before: attributedByRecord(old.text, old.textId, who), after: after?.text ?? '' };
    },
  });
  return movedFrom(async () => [...changes.map(lossOf), ...lostSinceSeen(repo)]);
}

/** Of what lies on disk, compared with `HEAD` and with what the ledger saw of it. */
export function movedOnDisk(repo: Repository): MovedTexts {
  return movedFrom(async () => {
    const losses: Loss[] = [];
    for (const { path, headOid } of (await readStatus(repo.git)).slice(0, mostStates)) {
      const old = headOid === undefined ? undefined : await readBlobText(repo, headOid);
      if (old !== undefined) losses.push(lostOnDisk(repo, path, attributedAsBase(old.textId, old.text)));
    }
    return [...losses, ...lostSinceSeen(repo)];
  });
}

function lostSinceSeen(repo: Repository): readonly Loss[] {
  const losses: Loss[] = [];
  for (const { path, worktree, attributed } of repo.ledger.statesSince(repo.now() - oldestState)) {
    if (worktree === repo.worktree) losses.push(lostOnDisk(repo, path as RepoPath, attributed));
    if (losses.length === mostStates) break;
  }
  return losses;
}

function lostOnDisk(repo: Repository, path: RepoPath, before: Attributed): Loss {
  return {
    path,
    lines: splitLines(before.text),
    read: async () => {
      const file = readWorkFile(workPathOf(repo, path));
      if (file.kind === 'not-followed') return undefined;
      return { before, after: file.kind === 'gone' ? '' : textOfBytes(file.bytes) };
    },
  };
}

/** The losses are asked for at the first file of which something is unexplained. */
function movedFrom(losses: () => Promise<readonly Loss[]>): MovedTexts {
  let departed: Promise<Departed> | undefined;
  return async ({ path, old }, known) => {
    const unexplained = splitAttributed(known, lineStarts(known.text)).filter(
      (line) => hasUnexplained(line) && !isBlank(line.text),
    );
    if (unexplained.length === 0) return undefined;
    departed ??= losses().then(departedLines);
    const places = await departed;
    const from = new Set<Loss>();
    for (const line of unexplained)
      for (const other of places.get(line.text.trimEnd()) ?? []) if (other.path !== path) from.add(other);
    const step: Rewrite[] = [];
    for (const other of [...from].slice(0, mostFiles)) {
      const rewrite = await other.read();
      if (rewrite !== undefined && rewrite.before.text !== rewrite.after) step.push(rewrite);
    }
    if (step.length === 0) return undefined;
    const before = old === undefined ? attributedBy(open, '') : attributedAsBase(old.textId, old.text);
    return rewriteStep([...step, { before, after: known.text }], open).at(-1);
  };
}

function departedLines(losses: readonly Loss[]): Departed {
  const departed = new Map<string, Set<Loss>>();
  for (const loss of losses) {
    for (const line of loss.lines) {
      const text = line.trimEnd();
      const files = departed.get(text);
      if (files === undefined) departed.set(text, new Set([loss]));
      else if (files.size < mostFiles) files.add(loss);
    }
  }
  return departed;
}
