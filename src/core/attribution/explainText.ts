import type { UnknownReason } from '../origin';
import { isBlank, lineStarts } from '../text/lines';
import { type Attributed, attributedBy, joinAttributed, mergeCuts, splitAttributed } from './attributed';
import { nearestFirst, sharesAsMuch } from './resolve';
import { keepLines, rewriteText } from './rewrite';
import { placeholder, sourceBy } from './rules';
import type { Run, Source } from './source';

/** Everything that may say who wrote a text, in the order in which it is believed. */
export interface TextEvidence {
  /** Texts whose lines are known by the record of a commit that is being replayed or amended. */
  readonly replayed: readonly Attributed[];
  /** What the ledger's states of exactly this text say. */
  readonly exact: Attributed | undefined;
  /** Other texts of the ledger and of the commit this one follows, nearest first. */
  readonly near: readonly Attributed[];
  /** The one of those in which the file was seen last. */
  readonly last?: Attributed | undefined;
  /** Texts of commits that history left behind. */
  readonly left: readonly Attributed[];
  /** This very text as far as its lines left other files in the same step. */
  readonly moved: Attributed | undefined;
}

/** The source of text that nothing explains. */
export function unexplainedSource(reason: UnknownReason): Source {
  return sourceBy(`unexplained.${reason}`, { kind: 'unknown', reason });
}

/** Stands for what no evidence has spoken of; no result holds it. */
export const open = placeholder();

/**
 * Who wrote each line of a text. A line that stands as a whole in some evidence is of whom the first says that knows, and
 * then a line that is only laid out anew; only what stands nowhere is compared with the lines it replaced, in the text nearest to this one. What nothing explains
 * is unknown, for `reason`.
 *
 * What was removed is told by the exact states where there are some, since they saw it; else by the nearest text.
 */
export function explainText(text: string, evidence: TextEvidence, reason: UnknownReason): Attributed {
  const unexplained = unexplainedSource(reason);
  const { replayed, exact, near, last, left, moved } = evidence;
  const ordered = [...replayed, ...(exact === undefined ? [] : [exact]), ...near, ...left];
  const lines = new Lines(text);
  for (const candidate of ordered) {
    if (lines.areKnown()) break;
    lines.take(candidate.text === text ? candidate : keepLines(candidate, text, open, 'lines'));
  }
  // Git's hooks may call formatters, which write where nobody looks.
  for (const candidate of ordered) {
    if (!lines.hasOpen()) break;
    if (candidate.text !== text) lines.take(keepLines(candidate, text, open, 'layout'));
  }
  if (moved !== undefined) lines.take(moved, 'known');
  // Git puts such a text together itself, and shows lines of a side twice.
  if (lines.hasOpen() && hasConflictMarks(text)) for (const candidate of ordered) lines.takeCopies(candidate);
  // Whoever wrote unseen had before them what stood there last, as far as the text does not tell of another one.
  const others = [...replayed, ...(last === undefined ? [] : [last]), ...near, ...left];
  const [closest] = nearestFirst(text, others, 1);
  const isOfLast = last && closest && replayed.length === 0 && sharesAsMuch(text, last.text, closest.text);
  // Of texts without a line in common the first is as good as any.
  const nearest = exact ?? (isOfLast ? last : closest) ?? others[0];
  if (nearest === undefined) return lines.done([], unexplained);
  const made = nearest === exact ? exact : rewriteText(nearest, text, unexplained);
  if (lines.hasOpen()) lines.take(made);
  const cuts =
    exact === undefined ? made.cuts : replayed.reduce((all, { cuts: own }) => mergeCuts(all, own), exact.cuts);
  return lines.done(cuts, unexplained);
}

const conflictMark = /^(?:<{7}|>{7}) /m;

/** Whether git may have put both sides of a conflict into a text. */
export function hasConflictMarks(text: string): boolean {
  return conflictMark.test(text);
}

/** How much is known of a line: nothing at all, that nobody saw it, or who wrote it. */
type Knowledge = 'open' | 'unknown' | 'known';

const byKnowledge: readonly Knowledge[] = ['open', 'unknown', 'known'];

interface Line {
  readonly piece: Attributed;
  readonly knowledge: Knowledge;
}

/** The lines of a text, each with the best that was said of it. */
class Lines {
  readonly #starts: readonly number[];
  readonly #lines: Line[];

  constructor(text: string) {
    this.#starts = lineStarts(text);
    this.#lines = this.#split(attributedBy(open, text));
  }

  #split(view: Attributed): Line[] {
    return splitAttributed(view, this.#starts).map((piece) => ({ piece, knowledge: knowledgeOf(piece) }));
  }

  /** Takes from a view of the same text each line of which it knows more, and at least so much. */
  take(view: Attributed, least: Knowledge = 'unknown'): void {
    this.#split(view).forEach((line, index) => {
      const own = this.#lines[index]?.knowledge ?? 'open';
      const said = byKnowledge.indexOf(line.knowledge);
      if (said >= byKnowledge.indexOf(least) && said > byKnowledge.indexOf(own)) this.#lines[index] = line;
    });
  }

  /** Takes for lines of which nothing is known what another text says of a line of the same content, wherever it stands. */
  takeCopies(other: Attributed): void {
    const known = new Map<string, Line>();
    for (const piece of splitAttributed(other, lineStarts(other.text))) {
      const line = { piece, knowledge: knowledgeOf(piece) };
      if (line.knowledge === 'known') known.set(piece.text.trimEnd(), line);
    }
    this.#lines.forEach(({ piece, knowledge }, index) => {
      const copy = knowledge === 'open' && !isBlank(piece.text) ? known.get(piece.text.trimEnd()) : undefined;
      if (copy?.piece.text === piece.text) this.#lines[index] = copy;
    });
  }

  areKnown(): boolean {
    return this.#lines.every(({ knowledge }) => knowledge === 'known');
  }

  hasOpen(): boolean {
    return this.#lines.some(({ knowledge }) => knowledge === 'open');
  }

  done(cuts: Attributed['cuts'], unexplained: Source): Attributed {
    const isOpen = (run: Run): boolean => run.kind === 'made' && run.source === open;
    const parts = this.#lines.map(({ piece }) => ({
      ...piece,
      runs: piece.runs.map(
        (run): Run => (isOpen(run) ? { kind: 'made', length: run.length, source: unexplained } : run),
      ),
    }));
    return joinAttributed(parts, cuts);
  }
}

/** Of a line with anything in it its white space does not count. */
function knowledgeOf(line: Attributed): Knowledge {
  const isEmpty = isBlank(line.text);
  let least: Knowledge = 'known';
  let at = 0;
  for (const run of line.runs) {
    if (run.kind === 'made' && run.source.origin.kind === 'unknown') {
      const counts = isEmpty || !isBlank(line.text.slice(at, at + run.length));
      if (counts && run.source === open) return 'open';
      if (counts) least = 'unknown';
    }
    at += run.length;
  }
  return least;
}
