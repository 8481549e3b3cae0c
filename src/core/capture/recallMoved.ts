import { type Attributed, joinAttributed, splitAttributed } from '../attribution/attributed';
import { rewriteStep } from '../attribution/rewrite';
import { lineStarts } from '../text/lines';
import { isKnown } from './editHistory';
import { spacedRuns } from './layoutRuns';
import { unknownSource } from './namedSource';

const nobodySaw = unknownSource('not-watched', 'unexplained.not-watched');

/**
 * A text in which lines that nobody explained have the origins of texts that just left other documents, as {@link rewriteStep}
 * finds them, whatever their indentation is now.
 */
export function recallMoved(made: Attributed, left: readonly Attributed[]): Attributed {
  const lines = linesOf(made);
  const layouts = new Map(lines.map(({ text }) => [text.trim(), text]));
  const step = left.map((piece) => {
    const laidOut = linesOf(piece).map((line) => {
      const text = layouts.get(line.text.trim()) ?? line.text;
      return { ...line, text, runs: spacedRuns(line, text, nobodySaw) ?? line.runs };
    });
    return { before: joinAttributed(laidOut, []), after: '' };
  });
  const known = joinAttributed(
    lines.filter(({ runs }) => runs.every(isKnown)),
    [],
  );
  const found = rewriteStep([...step, { before: known, after: made.text }], nobodySaw).at(-1) ?? made;
  return { ...found, nicks: [], cuts: [] };
}

function linesOf(whole: Attributed): readonly Attributed[] {
  return splitAttributed(whole, lineStarts(whole.text));
}
