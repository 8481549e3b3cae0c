import { diffLines } from '../text/lineDiff';
import { isBlank, lineStarts, splitLines } from '../text/lines';
import { type Attributed, joinAttributed, splitAttributed } from './attributed';
import { keepLines, rewriteText } from './rewrite';
import { sourceBy } from './rules';
import { pushRun, sliceRuns } from './runs';
import { type Run, type Source, sameSource } from './source';

/** What others know of a file since somebody who now claims what changed in it looked at it first. */
export interface OthersWord {
  /** States that others wrote since, latest first. */
  readonly states: readonly Attributed[];
  /** What others found who began to write the file and have not ended: what does not stand in it may be theirs. */
  readonly open: readonly Attributed[];
  /** Texts of {@link broughtText} that were there before: lines that stand in one, be they laid out anew, were not written now. */
  readonly brought: readonly Attributed[];
}

/** Rule of what two writers at once leave undecided. */
const overlapRule = 'hook.overlap';

/** What two at once may have written: nobody's, and not to be claimed later by one of them either. */
const overlap = sourceBy(overlapRule, { kind: 'unknown', reason: 'outside-write' });

/** Rule of text that git had before somebody ran git, and that nobody knew. */
const broughtRule = 'hook.brought';

/** A text that git had, whose unknown characters are not to be claimed by who brings it. */
export function broughtText(known: Attributed): Attributed {
  const source = sourceBy(broughtRule, { kind: 'unknown', reason: 'outside-write' });
  return {
    ...known,
    runs: known.runs.map((run) => (isUnknown(run) ? { kind: 'made', length: run.length, source } : run)),
  };
}

/** `source` while its claim is open: apart from what the same actor was given before. */
export function claimOf(source: Source): Source {
  return { ...source, rule: 'hook.claim' };
}

/** What a claim starts from, and what it has to leave to others. */
export interface ClaimBase {
  readonly base: Attributed;
  readonly others: OthersWord;
}

/**
 * What a claim is to start from: the last of `before` (oldest first), an older one that `after` is nearer to, or the text of
 * `others` (latest first) that came between, where `after` was made of that; what stood in the last of `before` was there
 * then. A text that somebody holds and has not saved is farther from `after` than `before` is.
 */
export function claimBase(before: readonly Attributed[], others: OthersWord, after: string): ClaimBase | undefined {
  const between = others.states.toReversed().filter(({ text, runs }) => text !== after && !runs.some(isUnknown));
  let base: Attributed | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const text of [...before, ...between]) {
    const own = distance(text.text, after);
    if (own <= least) [base, least] = [text, own];
  }
  if (base === undefined) return undefined;
  const found = before.slice(-1).filter((text) => text !== base);
  return { base, others: { ...others, brought: [...others.brought, ...found.map(broughtText)] } };
}

/**
 * `claimed`, in which the characters of {@link claimOf}`(source)` are claimed, decided: those that stand in a state of
 * somebody else since, and are known there, are theirs, as are those that nobody knew before; lines that were brought stay whose they
 * were; those that somebody who has
 * not ended may have written are unknown; the rest is `source`'s.
 */
export function settleClaim(claimed: Attributed, others: OthersWord, source: Source): Attributed {
  const claim = claimOf(source);
  const isOpen = (run: Run): boolean => run.kind === 'made' && sameSource(run.source, claim);
  const known = [...others.states, ...others.brought];
  let { runs, nicks, cuts } = known.reduce((all, state) => yieldLines(all, state, claim), claimed);
  for (const text of others.brought) {
    runs = choose(runs, keepLines(text, claimed.text, claim, 'layout').runs, (own, other) =>
      isOpen(own) && !isOpen(other) ? other : own,
    );
  }
  for (const state of others.states) {
    runs = choose(runs, rewriteText(state, claimed.text, claim).runs, (own, other) =>
      (isOpen(own) || !isTold(own)) && !isOpen(other) && isTold(other) ? other : own,
    );
  }
  const doubt: Run = { kind: 'made', length: 1, source: overlap };
  for (const found of others.open) {
    runs = choose(runs, rewriteText(found, claimed.text, claim).runs, (own, other) =>
      isOpen(own) && isOpen(other) ? { ...doubt, length: own.length } : own,
    );
  }
  const gone = others.open.length === 0 ? source : overlap;
  runs = choose(runs, runs, (own) => (own.kind === 'made' && isOpen(own) ? { ...own, source } : own));
  nicks = nicks.map((nick) => (sameSource(nick.source, claim) ? { ...nick, source: gone } : nick));
  cuts = cuts.map((cut) => (sameSource(cut.source, claim) ? { ...cut, source: gone } : cut));
  return { text: claimed.text, runs, nicks, cuts };
}

/**
 * `claimed`, in which each line that the claim had a part in, and that stands as a whole in the text of somebody else who knows of
 * it, is as it is there: that it is like a line which the claim took out says nothing.
 */
function yieldLines(claimed: Attributed, state: Attributed, claim: Source): Attributed {
  const starts = lineStarts(claimed.text);
  const theirs = splitAttributed(keepLines(state, claimed.text, claim, 'lines'), starts);
  const lines = splitAttributed(claimed, starts).map((own, line) => {
    const other = theirs[line] ?? own;
    const isClaimed =
      holds(own, (run) => isOf(run, claim)) || own.nicks.some(({ source }) => sameSource(source, claim));
    if (!isClaimed || isBlank(other.text) || holds(other, (run) => isOf(run, claim))) return own;
    // It stood so before: whoever wrote it, nothing was taken out of it since.
    if (holds(other, (run) => !isTold(run)))
      return { ...own, nicks: own.nicks.filter(({ source }) => !sameSource(source, claim)) };
    return other;
  });
  return joinAttributed(lines, claimed.cuts);
}

/** Whether a run that is not blank is so. */
function holds({ text, runs }: Attributed, test: (run: Run) => boolean): boolean {
  let at = 0;
  return runs.some((run) => {
    const piece = text.slice(at, at + run.length);
    at += run.length;
    return !isBlank(piece) && test(run);
  });
}

function isOf(run: Run, source: Source): boolean {
  return run.kind === 'made' && sameSource(run.source, source);
}

/** Whether somebody knows who made it, or that it cannot be known. */
function isTold(run: Run): boolean {
  return !isUnknown(run) || (run.kind === 'made' && [overlapRule, broughtRule].includes(run.source.rule));
}

function isUnknown(run: Run): boolean {
  return run.kind === 'made' && run.source.origin.kind === 'unknown';
}

/** For each stretch on which both are one run, what `pick` makes of the two. */
function choose(own: readonly Run[], other: readonly Run[], pick: (own: Run, other: Run) => Run): readonly Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const run of own) {
    let inner = 0;
    for (const part of sliceRuns(other, at, at + run.length)) {
      for (const piece of sliceRuns([run], inner, inner + part.length)) pushRun(runs, pick(piece, part));
      inner += part.length;
    }
    at += run.length;
  }
  return runs;
}

/** How many lines differ between two texts. */
function distance(a: string, b: string): number {
  if (a === b) return 0;
  const hunks = diffLines(splitLines(a), splitLines(b));
  return hunks.reduce((sum, { aStart, aEnd, bStart, bEnd }) => sum + aEnd - aStart + bEnd - bStart, 0);
}
