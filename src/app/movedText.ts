import {
  type Attributed,
  attributedAsBase,
  attributedBy,
  hasUnexplained,
  splitAttributed,
} from '../core/attribution/attributed';
import { open } from '../core/attribution/explainText';
import { type Rewrite, rewriteStep } from '../core/attribution/rewrite';
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
 * A changed file with the blocks that left other files in the same step and stand in this one, known as they were there.
 * `known` is what is known of it otherwise. Nothing where none of the lines that are unexplained there left a file.
 */
export async function movedText(
  repo: Repository,
  origins: LineOrigins,
  parent: Sha | undefined,
  change: FileChange,
  changes: readonly FileChange[],
  known: Attributed,
): Promise<Attributed | undefined> {
  const lines = splitAttributed(known, lineStarts(known.text)).filter((line) => !isBlank(line.text));
  const unexplained = new Set(lines.filter(hasUnexplained).map(({ text }) => text.trimEnd()));
  const from = changes.filter(
    (other) => other !== change && removedLines(other).some((line) => unexplained.has(line.trimEnd())),
  );
  if (parent === undefined || from.length === 0) return undefined;
  const step: Rewrite[] = [];
  for (const other of from.slice(0, mostFiles)) {
    const old = other.oldOid === undefined ? undefined : await readBlobText(repo, other.oldOid);
    const after = other.newOid === undefined ? undefined : await readBlobText(repo, other.newOid);
    if (old === undefined) continue;
    const who = onNormalisedLines(await origins.linesAt(parent, other.oldPath ?? other.path), gitLineMap(old.bytes));
    step.push({ before: attributedByRecord(old.text, old.textId, who), after: after?.text ?? '' });
  }
  const own = change.oldOid === undefined ? undefined : await readBlobText(repo, change.oldOid);
  const before = own === undefined ? attributedBy(open, '') : attributedAsBase(own.textId, own.text);
  return rewriteStep([...step, { before, after: known.text }], open).at(-1);
}

function removedLines({ hunks }: FileChange): readonly string[] {
  return hunks.flatMap(({ removed }) => removed.map((line) => decodeBytes(line)));
}
