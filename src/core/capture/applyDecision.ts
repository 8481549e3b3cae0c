import { applyEdit, type TextEdit } from '../attribution/applyEdit';
import { type Attributed, sliceAttributed, splitAttributed } from '../attribution/attributed';
import { rewriteText } from '../attribution/rewrite';
import { madeBy, type Runs, spliceRuns } from '../attribution/runs';
import type { Source } from '../attribution/source';
import { isBlank, lineStarts } from '../text/lines';
import type { Decision } from './decision';
import { solid } from './formatterEdit';
import { keptPieces } from './keptPieces';
import { layoutRuns, spacedRuns } from './layoutRuns';
import { solidText } from './madeSize';
import { laidOutAs, rearrangedRuns } from './rearrange';

/** Where the text of an edit may have come from. */
export interface EditOrigins {
  /** The runs of a text that stood in the workspace; asked only where the decision allows for that. */
  readonly carried: (text: string) => Runs | undefined;
  /** What was copied last; asked only where the decision allows for that. */
  readonly copied: () => Attributed | undefined;
  /** What all changes of the event take out. */
  readonly removed: readonly Attributed[];
  /** The whole lines that they touch, as they were: editors cut changes down to the characters that differ. */
  readonly lines: readonly Attributed[];
  /** The parts of these lines from the first change to the last, in whole words. */
  readonly parts: readonly Attributed[];
}

/**
 * Some lines after one replaced range, as the decision about the event says.
 *
 * Law: the text is that of `applyEdit`.
 */
export function applyDecision(
  block: Attributed,
  edit: TextEdit,
  decision: Decision,
  { carried, copied, removed, lines, parts }: EditOrigins,
): Attributed {
  const { source } = decision;
  switch (decision.kind) {
    case 'layout': {
      const piece = sliceAttributed(block, edit.start, edit.end);
      const runs = spacedRuns(piece, edit.text, source) ?? movedByLayout(piece, edit.text, removed, source);
      return applyEdit(block, edit, source, runs ?? layoutRuns(block, edit.start, piece, edit.text, source));
    }
    case 'paste':
    case 'undo':
    case 'redo':
      return applyEdit(block, edit, source, edit.text === '' ? undefined : carried(edit.text));
    case 'command': {
      const piece = sliceAttributed(block, edit.start, edit.end);
      if (edit.text === '') return applyEdit(block, edit, source);
      const copies = isBlank(piece.text) && removed.every((other) => isBlank(other.text));
      const runs = copies ? carried(edit.text) : rearrangedRuns(piece, [...removed, ...lines], edit.text, source);
      const result = applyEdit(block, edit, source, runs);
      // What gets a name was cut out of its line, and stands in another one, whole or member by member.
      const taken = isBlank(piece.text)
        ? parts.flatMap((part) => [part, ...membersOf(part)]).filter(isMoreThanName)
        : [];
      return { ...result, runs: taken.reduce((all, part) => filledIn(all, edit, part, source), result.runs) };
    }
    case 'rewrite':
      return rewriteBlock(block, edit, decision);
    case 'snippet': {
      const pieces = [copied(), sliceAttributed(block, edit.start, edit.end)];
      const result = rewriteBlock(block, edit, decision);
      // Templates are filled in with all of a text, or with each of its lines at a place of its own.
      const filled = pieces
        .flatMap((piece) => (piece === undefined ? [] : [...splitAttributed(piece, lineStarts(piece.text)), piece]))
        .reduce((runs, piece) => filledIn(runs, edit, piece, source), result.runs);
      return { ...result, runs: filled };
    }
    case 'edit': {
      // What is typed over a selection that begins or ends with the same character is typed all the same.
      const isOver = edit.text.length === 1 && edit.end - edit.start > 1;
      return applyEdit(block, edit, source, isOver ? madeBy(source, 1) : undefined);
    }
    case 'reload':
      return applyEdit(block, edit, source);
  }
}

/** The runs of what a change of layout puts in from elsewhere or in another order; nothing where it keeps what it replaces. */
function movedByLayout(
  piece: Attributed,
  text: string,
  removed: readonly Attributed[],
  source: Source,
): Runs | undefined {
  const words = solid([text]);
  if (words === '' || words === solid([piece.text])) return undefined;
  if (!isBlank(piece.text)) return rearrangedRuns(piece, removed, text, source);
  const whole = removed.find((other) => solid([other.text]) === words);
  return whole === undefined ? undefined : laidOutAs(whole, text, source);
}

/** The runs of a block in which the text of an edit has the sources of a piece wherever the piece stands in it as whole words, white space aside. */
function filledIn(runs: Runs, edit: TextEdit, piece: Attributed, source: Source): Runs {
  const words = solidText(piece.text);
  if (words.length < leastFilledIn || words === solidText(edit.text)) return runs;
  const places = Array.from(edit.text.matchAll(/\S/g), ({ index }) => index);
  const solid = solidText(edit.text);
  let filled = runs;
  for (let at = solid.indexOf(words); at >= 0; at = solid.indexOf(words, at + words.length)) {
    const [from = 0, last = 0] = [places[at], places[at + words.length - 1]];
    const text = edit.text.slice(from, last + 1);
    const isWhole = !continues(edit.text, from) && !continues(edit.text, last + 1);
    const own = isWhole ? spacedRuns(piece, text, source) : undefined;
    if (own !== undefined) filled = spliceRuns(filled, edit.start + from, edit.start + last + 1, own);
  }
  return filled;
}

/** What separators part in a text. */
function membersOf(part: Attributed): readonly Attributed[] {
  const members = part.text.matchAll(/[^;,{}]+/g);
  return Array.from(members, ({ index, 0: { length } }) => sliceAttributed(part, index, index + length));
}

/** Whether a text is more than a name, which a command may write anywhere. */
const isMoreThanName = ({ text }: Attributed): boolean =>
  solidText(text).length >= 8 && /[^\p{L}\p{N}_$\s]/u.test(text);

/** Fewer characters stand in any template by themselves. */
const leastFilledIn = 2;

/** Whether a word goes on from one side of a place in a text to the other. */
export const continues = (text: string, at: number): boolean => /^[\p{L}\p{N}_$]{2}$/u.test(text.slice(at - 1, at + 1));

/** Characters, before and after, beyond which the words of a line are not compared: an editor must not wait for that. */
const mostCompared = 20_000;

/** A piece of one line is compared by its words; of several lines each keeps what it shares with the one that it replaces. */
function rewriteBlock(block: Attributed, edit: TextEdit, { source }: Decision): Attributed {
  const piece = sliceAttributed(block, edit.start, edit.end);
  if (!piece.text.includes('\n')) {
    const result = applyEdit(block, edit, source);
    if (piece.text === '' || piece.text.length + edit.text.length > mostCompared) return result;
    const runs = spliceRuns(block.runs, edit.start, edit.end, keptPieces(piece, edit.text, source));
    return { ...result, runs };
  }
  const made = rewriteText(piece, edit.text, source);
  const result = applyEdit(block, edit, source, made.runs);
  const nicks = made.nicks.map((nick) => ({ ...nick, offset: nick.offset + edit.start }));
  return { ...result, nicks: [...result.nicks, ...nicks], cuts: [...result.cuts, ...made.cuts] };
}
