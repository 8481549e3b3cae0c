import type { Attributed } from '../attribution/attributed';
import { type BaseLookup, originOfLine } from '../attribution/lineClass';
import { sourceBy } from '../attribution/rules';
import { pushRun, type Runs, sliceRuns } from '../attribution/runs';
import type { Run } from '../attribution/source';

/** The runs of a piece with what a look-up says of its committed lines in place of the reference to them; where it knows nothing the reference stays. */
export function answerBase(piece: Attributed, lookup: BaseLookup): Runs {
  const runs: Run[] = [];
  let at = 0;
  for (const run of piece.runs) {
    if (run.kind === 'made') pushRun(runs, run);
    else {
      for (let done = 0; done < run.length; ) {
        const end = piece.text.indexOf('\n', at + done);
        const stop = end < 0 ? run.length : Math.min(run.length, end + 1 - at);
        const line = lookup(run.text, run.offset + done);
        const [known] = sliceRuns([run], done, stop);
        if (line === undefined && known !== undefined) pushRun(runs, known);
        if (line !== undefined)
          pushRun(runs, {
            kind: 'made',
            length: stop - done,
            source: sourceBy('editor.paste-committed', originOfLine(line)),
          });
        done = stop;
      }
    }
    at += run.length;
  }
  return runs;
}
