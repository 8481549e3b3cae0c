import { applyEdit, type TextEdit } from '../attribution/applyEdit';
import { type Attributed, sliceAttributed } from '../attribution/attributed';
import { rewriteText } from '../attribution/rewrite';
import type { Runs } from '../attribution/runs';
import type { Decision } from './classifyChange';
import { layoutRuns } from './layoutRuns';

/**
 * Some lines after one replaced range, as the decision about the event says. `carried` looks for the origins of a text
 * that may have stood in the workspace; it is asked only where the decision allows for that.
 *
 * Law: the text is that of `applyEdit`.
 */
export function applyDecision(
  block: Attributed,
  edit: TextEdit,
  decision: Decision,
  carried: (text: string) => Runs | undefined,
): Attributed {
  const { source } = decision;
  switch (decision.kind) {
    case 'layout': {
      const piece = sliceAttributed(block, edit.start, edit.end);
      return applyEdit(block, edit, source, layoutRuns(block, edit.start, piece, edit.text, source));
    }
    case 'paste':
    case 'undo':
    case 'redo':
      return applyEdit(block, edit, source, edit.text === '' ? undefined : carried(edit.text));
    case 'rewrite':
      return rewriteBlock(block, edit, decision);
    case 'edit':
    case 'reload':
      return applyEdit(block, edit, source);
  }
}

/** One line is compared by its start and end; of several each keeps what it shares with the one that it replaces. */
function rewriteBlock(block: Attributed, edit: TextEdit, { source }: Decision): Attributed {
  const piece = sliceAttributed(block, edit.start, edit.end);
  if (!piece.text.includes('\n')) return applyEdit(block, edit, source);
  const made = rewriteText(piece, edit.text, source);
  const result = applyEdit(block, edit, source, made.runs);
  const nicks = made.nicks.map((nick) => ({ ...nick, offset: nick.offset + edit.start }));
  return { ...result, nicks: [...result.nicks, ...nicks], cuts: [...result.cuts, ...made.cuts] };
}
