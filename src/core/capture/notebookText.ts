import type { Attributed } from '../attribution/attributed';
import { madeBy, pushRun, sliceRuns } from '../attribution/runs';
import type { Run, Source } from '../attribution/source';
import { likeOne } from './layoutRuns';
import { humanSource, unknownSource } from './namedSource';

const elsewhere: Source = unknownSource('not-watched', 'editor.notebook');
const frame: Source = humanSource('editor.notebook-frame');

/** Lines that the editor writes around the text of a cell (nbformat 4), whatever a person or a program does in it. */
const frameLine =
  /^\s*(?:[{}[\]],?|"(?:cell_type|execution_count|id|nbformat|nbformat_minor)": [\w"-]+,?|"(?:cells|metadata|outputs|source)": (?:\[\]?|\{\}?),?)$/;

/**
 * What cells that were edited say of the notebook's file (`.ipynb`): each of their lines stands in it as a JSON string,
 * in order. Outputs and metadata are unknown.
 */
export function notebookText(text: string, cells: readonly Attributed[]): Attributed {
  const runs: Run[] = [];
  let at = 0;
  for (const cell of cells) {
    let start = 0;
    for (const line of cell.text.split(/(?<=\n)/)) {
      const own = sliceRuns(cell.runs, start, start + line.length);
      start += line.length;
      const written = JSON.stringify(line);
      const found = line === '' ? -1 : text.indexOf(written, at);
      if (found < 0) continue;
      pushFrame(runs, text.slice(at, found));
      pushWritten(runs, line, own);
      at = found + written.length;
    }
  }
  pushFrame(runs, text.slice(at));
  return { text, runs, nicks: [], cuts: [] };
}

/** The runs of a line as a JSON string: an escape is of whoever made the character, the quotes of whoever made the one beside them. */
function pushWritten(runs: Run[], line: string, own: readonly Run[]): void {
  for (const run of likeOne(own[0], 'first', 1, elsewhere)) pushRun(runs, run);
  let at = 0;
  for (const character of line) {
    const [run] = sliceRuns(own, at, at + character.length);
    for (const other of likeOne(run, 'first', JSON.stringify(character).length - 2, elsewhere)) pushRun(runs, other);
    at += character.length;
  }
  for (const run of likeOne(own[own.length - 1], 'last', 1, elsewhere)) pushRun(runs, run);
}

function pushFrame(runs: Run[], text: string): void {
  for (const line of text.split(/(?<=\n)/))
    for (const run of madeBy(frameLine.test(line.trimEnd()) ? frame : elsewhere, line.length)) pushRun(runs, run);
}
