import { type LineClass, leastFavourableFirst } from '../origin';
import { isBlank, splitLines } from '../text/lines';
import { type Attributed, mergeCuts } from './attributed';
import { pushRun, sliceRuns } from './runs';
import type { Run } from './source';
import type { State } from './state';

/** For whom a text is looked up. */
export interface Place {
  readonly worktree: string;
  readonly path: string;
}

function rankOf(run: Run): number {
  if (run.kind === 'base') return leastFavourableFirst.length;
  const kind: LineClass = run.source.origin.kind;
  return leastFavourableFirst.indexOf(kind);
}

/** For each character the least favourable of both; text that stands as in a commit says less than a run that was made. */
function leastFavourable(a: Attributed, b: Attributed): Attributed {
  const runs: Run[] = [];
  let at = 0;
  for (const own of a.runs) {
    let inner = at;
    for (const other of sliceRuns(b.runs, at, at + own.length)) {
      const mine = sliceRuns(a.runs, inner, inner + other.length);
      const wins = rankOf(other) < rankOf(own) && !(own.kind === 'base' && isUnknown(other));
      for (const run of wins || (isUnknown(own) && other.kind === 'base') ? [other] : mine) pushRun(runs, run);
      inner += other.length;
    }
    at += own.length;
  }
  return { text: a.text, runs, nicks: [...a.nicks, ...b.nicks], cuts: mergeCuts(a.cuts, b.cuts) };
}

function isUnknown(run: Run): boolean {
  return run.kind === 'made' && run.source.origin.kind === 'unknown';
}

function isLater(a: State, b: State): boolean {
  return a.time > b.time || (a.time === b.time && a.writer === b.writer && a.counter > b.counter);
}

/** The last state of each chain, latest first. */
export function lastOfChains(states: readonly State[]): readonly State[] {
  const last = new Map<string, State>();
  for (const state of states) {
    const key = `${state.writer}\0${state.chain}`;
    const known = last.get(key);
    if (known === undefined || isLater(state, known)) last.set(key, state);
  }
  return [...last.values()].sort((a, b) => (isLater(a, b) ? -1 : 1));
}

function supersedes(newer: State, older: State): boolean {
  return (
    newer !== older &&
    newer.worktree === older.worktree &&
    newer.adopted.some((adoption) => adoption.textId === older.textId && adoption.time >= older.time)
  );
}

function preferred<T>(items: readonly T[], test: (item: T) => boolean): readonly T[] {
  const some = items.filter(test);
  return some.length > 0 ? some : items;
}

/**
 * What the states of one and the same text say of it together, or nothing if there are none.
 *
 * Of a chain its last state counts. States of the same path and work tree are preferred. A chain that took over the
 * text from another one speaks in its stead. Where the rest disagree, each character takes the least favourable.
 */
export function resolveExact(states: readonly State[], place: Place): Attributed | undefined {
  const there = states.filter((state) => state.existence === 'there');
  const local = preferred(
    preferred(there, (state) => state.path === place.path),
    (state) => state.worktree === place.worktree,
  );
  const last = lastOfChains(local);
  const standing = last.filter((state) => !last.some((other) => supersedes(other, state)));
  const [first, ...rest] = standing.length > 0 ? standing : last;
  if (first === undefined) return undefined;
  const known = rest.reduce((all, state) => leastFavourable(all, state.attributed), first.attributed);
  // The same text under another name (a rename, a copy): who wrote it is the same, what was removed is not.
  return first.path === place.path ? known : { ...known, cuts: [] };
}

/** How many lines have to be put in, taken out or replaced to turn one text into the other, moved lines not counted; and in common. */
function compareLines(
  text: readonly string[],
  candidate: readonly string[],
): { readonly common: number; readonly distance: number } {
  const left = new Map<string, number>();
  for (const line of candidate) left.set(line, (left.get(line) ?? 0) + 1);
  let common = 0;
  for (const line of text) {
    const count = left.get(line) ?? 0;
    if (count === 0) continue;
    left.set(line, count - 1);
    common++;
  }
  return { common, distance: Math.max(text.length, candidate.length) - common };
}

/**
 * Whether at least half of a text's lines that are not blank stand in another: then it may be that file under another
 * name. A text without such lines may not.
 */
export function sharesMostLines(text: string, other: string): boolean {
  const lines = splitLines(text).filter((line) => !isBlank(line));
  return lines.length > 0 && compareLines(lines, splitLines(other)).common * 2 >= lines.length;
}

/** Whether a text shares no fewer lines with one text than with another. */
export function sharesAsMuch(text: string, one: string, other: string): boolean {
  const lines = splitLines(text);
  const [a, b] = [one, other].map((candidate) => compareLines(lines, splitLines(candidate)).common);
  return (a ?? 0) > 0 && (a ?? 0) >= (b ?? 0);
}

/** How many more texts than asked for may be added because they alone have some line. */
const mostAdded = 18;

/**
 * The texts nearest to `text`, by the lines that differ, the first given first where equal; those with no line in common
 * are left out. Behind the `most` nearest come those that have lines which none before them has: a text may be put together
 * from parts of several, as one that was staged in part is.
 */
export function nearestFirst<T extends { readonly text: string }>(
  text: string,
  candidates: readonly T[],
  most: number,
): readonly T[] {
  const lines = splitLines(text);
  const ranked = candidates
    .map((candidate, index) => ({ candidate, index, ...compareLines(lines, splitLines(candidate.text)) }))
    .filter(({ common }) => common > 0)
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .map(({ candidate }) => candidate);
  const nearest = ranked.slice(0, most);
  const open = new Set(lines.filter((line) => !isBlank(line)));
  const cover = (candidate: T): boolean => {
    const before = open.size;
    for (const line of splitLines(candidate.text)) open.delete(line);
    return open.size < before;
  };
  for (const candidate of nearest) cover(candidate);
  for (const candidate of ranked.slice(most)) {
    if (open.size === 0 || nearest.length >= most + mostAdded) break;
    if (cover(candidate)) nearest.push(candidate);
  }
  return nearest;
}
