import type { Attributed } from '../attribution/attributed';
import { pushRun, type Runs, sliceRuns } from '../attribution/runs';
import type { Claimed, Run, Source } from '../attribution/source';

/** What is known after a person spoke of a range, and of how many characters that is another thing than before. */
export interface Spoken {
  readonly after: Attributed;
  readonly changed: number;
}

/**
 * What is known after somebody said who wrote the characters from `start` up to `end`. Committed text is left alone, and
 * what is known to be an AI's never becomes human, unless that was only inferred. What was known before is kept.
 */
export function claimRange(
  before: Attributed,
  start: number,
  end: number,
  source: Source,
  said: Omit<Claimed, 'was'>,
): Spoken {
  return withRange(before, start, end, (known) => {
    const was = known.claimed?.was ?? known;
    return isClaimable(was, source) ? { ...source, claimed: { ...said, was } } : undefined;
  });
}

/** What is known after what was said of the characters from `start` up to `end` was taken back. */
export function releaseRange(before: Attributed, start: number, end: number): Spoken {
  return withRange(before, start, end, (known) => known.claimed?.was);
}

/** What is known after a text that was pasted turned out to be made of `made`, wherever it stands and counts as pasted. */
export function explainPaste(before: Attributed, text: string, made: Runs): Spoken {
  let spoken: Spoken = { after: before, changed: 0 };
  for (let at = before.text.indexOf(text); text !== '' && at >= 0; at = before.text.indexOf(text, at + text.length)) {
    let [from, { after, changed }] = [at, spoken];
    for (const run of made) {
      const known = (source: Source): Source | undefined =>
        source.origin.kind === 'pasted' && run.kind === 'made' ? run.source : undefined;
      const next = withRange(after, from, from + run.length, known);
      [from, after, changed] = [from + run.length, next.after, changed + next.changed];
    }
    spoken = { after, changed };
  }
  return spoken;
}

/** Whether a text stands somewhere where any of it counts as pasted. */
export function standsPasted({ text: whole, runs }: Attributed, text: string): boolean {
  for (let at = whole.indexOf(text); text !== '' && at >= 0; at = whole.indexOf(text, at + text.length))
    if (sliceRuns(runs, at, at + text.length).some((run) => run.kind === 'made' && run.source.origin.kind === 'pasted'))
      return true;
  return false;
}

function withRange(before: Attributed, start: number, end: number, say: (known: Source) => Source | undefined): Spoken {
  const runs: Run[] = [];
  let changed = 0;
  const keep = (kept: Runs): void => {
    for (const run of kept) pushRun(runs, run);
  };
  keep(sliceRuns(before.runs, 0, start));
  for (const run of sliceRuns(before.runs, start, end)) {
    const source = run.kind === 'made' ? say(run.source) : undefined;
    if (source !== undefined) changed += run.length;
    pushRun(runs, source === undefined ? run : { kind: 'made', length: run.length, source });
  }
  keep(sliceRuns(before.runs, end, before.text.length));
  return { after: { ...before, runs }, changed };
}

function isClaimable({ origin }: Source, source: Source): boolean {
  if (source.origin.kind !== 'human') return true;
  return (origin.kind !== 'ai' && origin.kind !== 'ai-edited') || origin.session?.evidence === 'inferred';
}
