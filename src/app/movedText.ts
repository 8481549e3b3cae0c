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
import type { Sha } from '../core/brand';
import { attributedByRecord } from '../core/record/recordReader';
import { gitLineMap } from '../core/text/gitLines';
import { isBlank, lineStarts } from '../core/text/lines';
import { decodeBytes } from '../core/text/textId';
import type { FileChange } from '../git/diff';
import { readBlobText } from './blobs';
import { onNormalisedLines } from './gitLineOrigins';
import type { LineOrigins } from './lineOrigins';
import type { Repository } from './repository';

/** From how many other files of a step lines may have come. */
const mostFiles = 20;

/**
 * Finds, for a changed file of a step from `parent`, the blocks that left other files in it and stand in this one, known as
 * they were there. `known` is what is known of the file otherwise. Nothing where none of the lines that are unexplained
 * there left a file.
 */
export function movedTexts(
  repo: Repository,
  origins: LineOrigins,
  parent: Sha | undefined,
  changes: readonly FileChange[],
): (change: FileChange, known: Attributed) => Promise<Attributed | undefined> {
  let departed: ReadonlyMap<string, ReadonlySet<FileChange>> | undefined;
  return async (change, known) => {
    departed ??= departedLines(changes);
    const from = new Set<FileChange>();
    for (const line of splitAttributed(known, lineStarts(known.text))) {
      if (!hasUnexplained(line) || isBlank(line.text)) continue;
      for (const other of departed.get(line.text.trimEnd()) ?? []) if (other !== change) from.add(other);
    }
    if (parent === undefined || from.size === 0) return undefined;
    const step: Rewrite[] = [];
    for (const other of [...from].slice(0, mostFiles)) {
      const old = other.oldOid === undefined ? undefined : await readBlobText(repo, other.oldOid);
      const after = other.newOid === undefined ? undefined : await readBlobText(repo, other.newOid);
      if (old === undefined) continue;
      const who = onNormalisedLines(await origins.linesAt(parent, other.oldPath ?? other.path), gitLineMap(old.bytes));
      step.push({ before: attributedByRecord(old.text, old.textId, who), after: after?.text ?? '' });
    }
    const own = change.oldOid === undefined ? undefined : await readBlobText(repo, change.oldOid);
    const before = own === undefined ? attributedBy(open, '') : attributedAsBase(own.textId, own.text);
    return rewriteStep([...step, { before, after: known.text }], open).at(-1);
  };
}

/** By the content of a line up to some files that lost it; lines that many lost tell nothing. */
function departedLines(changes: readonly FileChange[]): ReadonlyMap<string, ReadonlySet<FileChange>> {
  const departed = new Map<string, Set<FileChange>>();
  for (const change of changes) {
    for (const line of change.hunks.flatMap(({ removed }) => removed)) {
      const text = decodeBytes(line).trimEnd();
      const files = departed.get(text);
      if (files === undefined) departed.set(text, new Set([change]));
      else if (files.size < mostFiles) files.add(change);
    }
  }
  return departed;
}
