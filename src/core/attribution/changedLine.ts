import { remembersRemoval } from './applyEdit';
import { type Attributed, type Cut, lineKey, type Nick } from './attributed';
import { madeBy, pushRun, runAt, sliceRuns } from './runs';
import type { Run, Source } from './source';
import { commonTokens, tokensOf } from './tokens';

/** A line made of an old one: the tokens both have, in order, keep their sources. */
export function changeLine(before: Attributed, after: string, source: Source): Attributed {
  const oldTokens = tokensOf(before.text);
  const newTokens = tokensOf(after);
  const runs: Run[] = [];
  let at = 0;
  const kept = new Set<number>();
  for (const [oldIndex, newIndex] of commonTokens(oldTokens, newTokens)) {
    const oldToken = oldTokens[oldIndex];
    const newToken = newTokens[newIndex];
    if (oldToken === undefined || newToken === undefined) continue;
    kept.add(oldIndex);
    for (const run of madeBy(source, newToken.at - at)) pushRun(runs, run);
    for (const run of sliceRuns(before.runs, oldToken.at, oldToken.at + oldToken.text.length)) pushRun(runs, run);
    at = newToken.at + newToken.text.length;
  }
  for (const run of madeBy(source, after.length - at)) pushRun(runs, run);
  const lost = oldTokens.filter((_, index) => !kept.has(index));
  const foreign = lost.some((token) => {
    const run = runAt(before.runs, token.at);
    return run !== undefined && !(run.kind === 'made' && run.source.origin.kind === 'ai');
  });
  const nicks: Nick[] = before.nicks.map((nick) => ({ ...nick, offset: Math.min(nick.offset, after.length) }));
  if (foreign && source.origin.kind === 'ai') nicks.push({ offset: 0, source });
  const cuts: Cut[] = lost.length > 0 && remembersRemoval(source) ? [{ line: lineKey(before.text), source }] : [];
  return { text: after, runs, nicks, cuts };
}
