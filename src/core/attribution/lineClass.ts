import type { ClaimVia, LineClass, Origin, Session, UnknownReason } from '../origin';
import { lineStarts } from '../text/lines';
import type { TextId } from '../text/textId';
import type { Attributed } from './attributed';
import { type Source, sameSession } from './source';

/** What a line counts as, and what goes with its class. */
export interface LineOrigin {
  readonly class: LineClass;
  /** The AI session with most characters in the line; only with `ai` and `ai-edited`, where one is known. */
  readonly session?: Session;
  /** Only with `unknown`. */
  readonly reason?: UnknownReason;
  /** How a person's claim came; only with `human`. */
  readonly claim?: ClaimVia;
}

/** Looks up what the line of text `text` that holds the character at `offset` counts as, or nothing if that is not known. */
export type BaseLookup = (text: TextId, offset: number) => LineOrigin | undefined;

/** What a line's class says of each of its characters. */
export function originOfLine(line: LineOrigin): Origin {
  switch (line.class) {
    case 'ai':
      return line.session === undefined
        ? { kind: 'ai-edited', session: undefined }
        : { kind: 'ai', session: line.session };
    case 'ai-edited':
      return { kind: 'ai-edited', session: line.session };
    case 'human':
      return line.claim === undefined ? { kind: 'human' } : { kind: 'human', claim: line.claim };
    case 'pasted':
      return { kind: 'pasted' };
    case 'unknown':
      return { kind: 'unknown', reason: line.reason ?? 'no-record' };
  }
}

const closers = /[)\]}>;,]/u;
const endWordLanguages = /\.(?:rb|rake|gemspec|lua|ex|exs|jl|cr|f90|f95|vb|m|pas|adb|ads|vhd|sh)$/iu;

/** The characters of a line that decide: those that are neither blank nor closers, else the closers, else all. */
function decidingOffsets(line: string, path: string): readonly number[] {
  const solid: number[] = [];
  const closing: number[] = [];
  const endWord = endWordLanguages.test(path) ? Array.from(line.matchAll(/\bend\b/gu), (match) => match.index) : [];
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? '';
    if (/\s/u.test(character)) continue;
    const isEndWord = endWord.some((at) => index >= at && index < at + 3);
    if (closers.test(character) || isEndWord) closing.push(index);
    else solid.push(index);
  }
  if (solid.length > 0) return solid;
  return closing.length > 0 ? closing : Array.from({ length: line.length }, (_, index) => index);
}

interface Tally {
  readonly origin: Origin;
  count: number;
}

function addTo(tallies: Tally[], origin: Origin): void {
  const same = tallies.find((tally) => {
    const known = tally.origin;
    if (known.kind !== origin.kind) return false;
    if (known.kind === 'unknown' && origin.kind === 'unknown') return known.reason === origin.reason;
    if ((known.kind === 'ai' || known.kind === 'ai-edited') && (origin.kind === 'ai' || origin.kind === 'ai-edited'))
      return sameSession(known.session, origin.session);
    if (known.kind === 'human' && origin.kind === 'human') return known.claim === origin.claim;
    return true;
  });
  if (same === undefined) tallies.push({ origin, count: 1 });
  else same.count++;
}

function largestFirst(tallies: readonly Tally[]): readonly Tally[] {
  return [...tallies].sort((a, b) => b.count - a.count);
}

function sessionOf(tallies: readonly Tally[]): Session | undefined {
  for (const { origin } of largestFirst(tallies)) {
    if ((origin.kind === 'ai' || origin.kind === 'ai-edited') && origin.session !== undefined) return origin.session;
  }
  return undefined;
}

function withSession(lineClass: 'ai' | 'ai-edited', session: Session | undefined): LineOrigin {
  return session === undefined ? { class: lineClass } : { class: lineClass, session };
}

/** The class of a line from the origins of its deciding characters (design: "The class of a line follows from ..."). */
function classOf(tallies: readonly Tally[], nick: Source | undefined): LineOrigin {
  const kinds = new Set(tallies.map((tally) => tally.origin.kind));
  if (kinds.has('ai') || kinds.has('ai-edited')) {
    return withSession(kinds.size === 1 && kinds.has('ai') ? 'ai' : 'ai-edited', sessionOf(tallies));
  }
  if (nick?.origin.kind === 'ai') return withSession('ai-edited', nick.origin.session);
  for (const { origin } of largestFirst(tallies)) {
    if (origin.kind === 'unknown') return { class: 'unknown', reason: origin.reason };
  }
  if (kinds.has('pasted')) return { class: 'pasted' };
  for (const { origin } of largestFirst(tallies)) {
    if (origin.kind === 'human' && origin.claim !== undefined) return { class: 'human', claim: origin.claim };
  }
  return kinds.has('human') ? { class: 'human' } : { class: 'unknown', reason: 'not-watched' };
}

/** A run of characters laid over line numbers, resolved. */
interface Cursor {
  index: number;
  start: number;
}

/**
 * The class of every line of an attributed text (lines of `splitLines`), in order.
 *
 * `lookup` answers for text that stands as in a commit; where it knows nothing, the characters are `unknown` (`no-record`).
 * `path` only tells the language, whose word for a block's end is a closer.
 */
export function classifyLines(attributed: Attributed, path: string, lookup: BaseLookup): readonly LineOrigin[] {
  const { text, runs } = attributed;
  const starts = lineStarts(text);
  const nicks = [...attributed.nicks].sort((a, b) => a.offset - b.offset);
  const result: LineOrigin[] = [];
  const cursor: Cursor = { index: 0, start: 0 };
  let nickIndex = 0;
  for (let line = 0; line + 1 < starts.length; line++) {
    const from = starts[line] ?? 0;
    const to = starts[line + 1] ?? text.length;
    while (cursor.index < runs.length && cursor.start + (runs[cursor.index]?.length ?? 0) <= from) {
      cursor.start += runs[cursor.index]?.length ?? 0;
      cursor.index++;
    }
    const contentEnd = text.charCodeAt(to - 1) === 10 ? to - 1 : to;
    while (nickIndex < nicks.length && (nicks[nickIndex]?.offset ?? 0) < from) nickIndex++;
    const nick = nicks[nickIndex];
    const nicked = nick !== undefined && nick.offset <= contentEnd ? nick.source : undefined;
    const first = runs[cursor.index];
    if (first !== undefined && cursor.start + first.length >= to && nicked === undefined) {
      // The whole line is of one run: no need to look at its characters.
      result.push(
        first.kind === 'made'
          ? classOf([{ origin: first.source.origin, count: 1 }], undefined)
          : ofBase(lookup, first.text, first.offset + from - cursor.start),
      );
      continue;
    }
    const tallies: Tally[] = [];
    let index = cursor.index;
    let start = cursor.start;
    for (const offset of decidingOffsets(text.slice(from, to), path)) {
      const at = from + offset;
      while (index < runs.length && start + (runs[index]?.length ?? 0) <= at) {
        start += runs[index]?.length ?? 0;
        index++;
      }
      const run = runs[index];
      if (run === undefined) break;
      addTo(
        tallies,
        run.kind === 'made' ? run.source.origin : originOfLine(ofBase(lookup, run.text, run.offset + at - start)),
      );
    }
    result.push(classOf(tallies, nicked));
  }
  return result;
}

function ofBase(lookup: BaseLookup, text: TextId, offset: number): LineOrigin {
  return lookup(text, offset) ?? { class: 'unknown', reason: 'no-record' };
}
