import type { Attributed, Nick } from '../attribution/attributed';
import { pushRun, type Runs, sliceRuns } from '../attribution/runs';
import type { Run } from '../attribution/source';
import type { TextId } from '../text/textId';

/** Stands for the id of a text that is still being looked up; no object has it, for ids of texts are hashes. */
export const pendingText = '0'.repeat(40) as TextId;

/** The runs that a look-up gives in place of one that refers to the pending text; any other run as it is. */
export function answerOf(known: Attributed, run: Run): Runs {
  return run.kind === 'base' && run.text === pendingText
    ? sliceRuns(known.runs, run.offset, run.offset + run.length)
    : [run];
}

/** `runs` with what a look-up says of the pending text. */
export function resolveRuns(known: Attributed, runs: Runs): Runs {
  const result: Run[] = [];
  for (const run of runs) for (const other of answerOf(known, run)) pushRun(result, other);
  return result;
}

/** The nicks of the text looked up, at the places where `runs` has its characters; those whose place is gone are left out. */
export function placedNicks(known: Attributed, runs: Runs): readonly Nick[] {
  return known.nicks.flatMap((nick) => {
    const offset = placeOf(runs, nick.offset);
    return offset === undefined ? [] : [{ ...nick, offset }];
  });
}

/** Where the character that was at `offset` of the text looked up stands now; nothing if it is gone. */
function placeOf(runs: Runs, offset: number): number | undefined {
  let at = 0;
  for (const run of runs) {
    if (run.kind === 'base' && run.text === pendingText && offset >= run.offset && offset <= run.offset + run.length) {
      return at + offset - run.offset;
    }
    at += run.length;
  }
  return undefined;
}
