import type { UnknownReason } from '../origin';
import { type Attributed, attributedBy, fillUnexplained, hasUnexplained, mergeCuts } from './attributed';
import { rewriteText } from './rewrite';
import { sourceBy } from './rules';
import type { Source } from './source';

/** Everything that may say who wrote a text, in the order in which it is believed. */
export interface TextEvidence {
  /** Texts whose lines are known by the record of a commit that is being replayed or amended. */
  readonly replayed: readonly Attributed[];
  /** What the ledger's states of exactly this text say. */
  readonly exact: Attributed | undefined;
  /** Other texts of the ledger and of the commit this one follows, nearest first. */
  readonly near: readonly Attributed[];
  /** Texts of commits that history left behind. */
  readonly left: readonly Attributed[];
}

/** The source of text that nothing explains. */
export function unexplainedSource(reason: UnknownReason): Source {
  return sourceBy(`unexplained.${reason}`, { kind: 'unknown', reason });
}

/**
 * Who wrote each character of a text: what the first evidence leaves unexplained is asked of the next, and what nothing
 * explains is unknown, for `reason`.
 *
 * What was removed is told by the exact states where there are some, since they saw it; else by the nearest text.
 */
export function explainText(text: string, evidence: TextEvidence, reason: UnknownReason): Attributed {
  const unexplained = unexplainedSource(reason);
  const ordered = [
    ...evidence.replayed,
    ...(evidence.exact === undefined ? [] : [evidence.exact]),
    ...evidence.near,
    ...evidence.left,
  ];
  let known: Attributed | undefined;
  for (const candidate of ordered) {
    if (known !== undefined && !hasUnexplained(known)) break;
    const view = candidate.text === text ? candidate : rewriteText(candidate, text, unexplained);
    known = known === undefined ? view : fillUnexplained(known, view, unexplained);
  }
  if (known === undefined) return attributedBy(unexplained, text);
  if (evidence.exact === undefined) return known;
  const cuts = evidence.replayed.reduce((all, candidate) => mergeCuts(all, candidate.cuts), evidence.exact.cuts);
  return { ...known, cuts };
}
