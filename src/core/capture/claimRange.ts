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

/** What is known after a text that was pasted turned out to be of `source`, wherever it stands and counts as pasted. */
export function explainPaste(before: Attributed, text: string, source: Source): Spoken {
  let spoken: Spoken = { after: before, changed: 0 };
  for (let at = before.text.indexOf(text); text !== '' && at >= 0; at = before.text.indexOf(text, at + text.length)) {
    const { after, changed } = withRange(spoken.after, at, at + text.length, (known) =>
      known.origin.kind === 'pasted' ? source : undefined,
    );
    spoken = { after, changed: spoken.changed + changed };
  }
  return spoken;
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
