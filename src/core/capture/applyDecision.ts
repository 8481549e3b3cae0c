import { applyEdit, type TextEdit } from '../attribution/applyEdit';
import { type Attributed, sliceAttributed } from '../attribution/attributed';
import { rewriteText } from '../attribution/rewrite';
import { type Runs, spliceRuns } from '../attribution/runs';
import type { Source } from '../attribution/source';
import { isBlank } from '../text/lines';
import type { Decision } from './decision';
import { solid } from './formatterEdit';
import { keptPieces } from './keptPieces';
import { layoutRuns, spacedRuns } from './layoutRuns';
import { laidOutAs, rearrangedRuns } from './rearrange';

/** Where the text of an edit may have come from. */
export interface EditOrigins {
  /** The runs of a text that stood in the workspace; asked only where the decision allows for that. */
  readonly carried: (text: string) => Runs | undefined;
  /** What all changes of the event take out. */
  readonly removed: readonly Attributed[];
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
  { carried, removed }: EditOrigins,
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
      const copied = isBlank(piece.text) && removed.every((other) => isBlank(other.text));
      const runs = copied ? carried(edit.text) : rearrangedRuns(piece, removed, edit.text, source);
      return applyEdit(block, edit, source, runs);
    }
    case 'rewrite':
      return rewriteBlock(block, edit, decision);
    case 'edit':
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
