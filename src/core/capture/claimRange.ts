import type { Attributed } from '../attribution/attributed';
import { pushRun, sliceRuns } from '../attribution/runs';
import type { Run, Source } from '../attribution/source';

/**
 * What is known after a person said who wrote the characters from `start` up to `end`, and how many of them now say so.
 * Committed text is left alone, and what is known to be an AI's never becomes human, unless that was only inferred.
 */
export function claimRange(
  before: Attributed,
  start: number,
  end: number,
  source: Source,
): { readonly after: Attributed; readonly claimed: number } {
  const runs: Run[] = [];
  let claimed = 0;
  for (const run of sliceRuns(before.runs, 0, start)) pushRun(runs, run);
  for (const run of sliceRuns(before.runs, start, end)) {
    if (isClaimable(run, source)) claimed += run.length;
    pushRun(runs, isClaimable(run, source) ? { kind: 'made', length: run.length, source } : run);
  }
  for (const run of sliceRuns(before.runs, end, before.text.length)) pushRun(runs, run);
  return { after: { ...before, runs }, claimed };
}

function isClaimable(run: Run, source: Source): boolean {
  if (run.kind === 'base') return false;
  const { origin } = run.source;
  if (source.origin.kind !== 'human') return true;
  return (origin.kind !== 'ai' && origin.kind !== 'ai-edited') || origin.session?.evidence === 'inferred';
}
