import type { Session } from '../origin';
import { type Cut, lineKey } from './attributed';
import { sameSession } from './source';

/** Lines that one session, or somebody unseen, removed. */
export interface Deletion {
  readonly by: Session | 'unknown';
  readonly count: number;
}

/** The lines that a recorded commit removed from a file, and what its record says of them. */
export interface LinesGone {
  readonly lines: readonly string[];
  readonly deletions: readonly Deletion[];
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

function byOf(cut: Cut): Session | 'unknown' | undefined {
  const { origin } = cut.source;
  if (origin.kind === 'ai') return origin.session;
  return origin.kind === 'unknown' ? 'unknown' : undefined;
}

/**
 * Who removed the lines that a commit removes from a file.
 *
 * Where a replayed commit removed the very same lines, its record says. Else each line is looked for among the cuts, an
 * AI's before those of somebody unseen; a line without a cut was removed by a person, who is not listed.
 */
export function explainDeletions(
  removed: readonly string[],
  cuts: readonly Cut[],
  replayed: readonly LinesGone[],
): readonly Deletion[] {
  const same = replayed.find((gone) => sameLines(gone.lines, removed));
  if (same !== undefined) return same.deletions;
  const left = new Map<string, Cut[]>();
  const aiFirst = [...cuts].sort(
    (a, b) => Number(b.source.origin.kind === 'ai') - Number(a.source.origin.kind === 'ai'),
  );
  for (const cut of aiFirst) {
    const list = left.get(cut.line);
    if (list === undefined) left.set(cut.line, [cut]);
    else list.push(cut);
  }
  const deletions: { by: Session | 'unknown'; count: number }[] = [];
  for (const line of removed) {
    const cut = left.get(lineKey(line))?.shift();
    const by = cut === undefined ? undefined : byOf(cut);
    if (by === undefined) continue;
    const known = deletions.find((entry) =>
      entry.by === 'unknown' || by === 'unknown' ? entry.by === by : sameSession(entry.by, by),
    );
    if (known === undefined) deletions.push({ by, count: 1 });
    else known.count++;
  }
  return deletions;
}
