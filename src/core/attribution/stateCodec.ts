import { isSha } from '../brand';
import type { Session } from '../origin';
import type { TextId } from '../text/textId';
import { type Attributed, type Cut, isConsistent, type Nick } from './attributed';
import type { Run, Source } from './source';

/**
 * The payload of a ledger entry, without the text itself: sources and base texts in tables, runs as
 * `[length, source]` or `[length, -1 - base, offset]`, nicks as `[offset, source]`, cuts as `[line key, source]`.
 */
export interface EncodedAttribution {
  readonly sources: readonly Source[];
  readonly bases: readonly TextId[];
  readonly runs: readonly (readonly number[])[];
  readonly nicks: readonly (readonly [number, number])[];
  readonly cuts: readonly (readonly [string, number])[];
}

/** The ledger's form of what is known about a text. */
export function encodeAttribution(attributed: Attributed): EncodedAttribution {
  const sources: Source[] = [];
  const keys = new Map<string, number>();
  const bases: TextId[] = [];
  const sourceIndex = (source: Source): number => {
    const key = JSON.stringify(source);
    const known = keys.get(key);
    if (known !== undefined) return known;
    keys.set(key, sources.length);
    sources.push(source);
    return sources.length - 1;
  };
  const baseIndex = (base: TextId): number => {
    const known = bases.indexOf(base);
    return known >= 0 ? known : bases.push(base) - 1;
  };
  const runs = attributed.runs.map((run) =>
    run.kind === 'made' ? [run.length, sourceIndex(run.source)] : [run.length, -1 - baseIndex(run.text), run.offset],
  );
  const nicks = attributed.nicks.map((nick): [number, number] => [nick.offset, sourceIndex(nick.source)]);
  const cuts = attributed.cuts.map((cut): [string, number] => [cut.line, sourceIndex(cut.source)]);
  return { sources, bases, runs, nicks, cuts };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isSession(value: unknown): value is Session {
  return (
    isObject(value) &&
    typeof value['tool'] === 'string' &&
    typeof value['kind'] === 'string' &&
    typeof value['evidence'] === 'string'
  );
}

function isClaimed(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['by'] === 'string' &&
    typeof value['at'] === 'number' &&
    isObject(value['was']) &&
    value['was']['claimed'] === undefined &&
    isSource(value['was'])
  );
}

function isSource(value: unknown): value is Source {
  if (isObject(value) && value['claimed'] !== undefined && !isClaimed(value['claimed'])) return false;
  if (!isObject(value) || typeof value['rule'] !== 'string' || typeof value['sure'] !== 'string') return false;
  const origin = value['origin'];
  if (!isObject(origin)) return false;
  switch (origin['kind']) {
    case 'ai':
      return isSession(origin['session']);
    case 'ai-edited':
      return origin['session'] === undefined || isSession(origin['session']);
    case 'unknown':
      return typeof origin['reason'] === 'string';
    case 'human':
    case 'pasted':
      return true;
    default:
      return false;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What {@link encodeAttribution} wrote, put back on its text; nothing if it is not of that form or does not fit the text. */
export function decodeAttribution(value: unknown, text: string): Attributed | undefined {
  if (!isObject(value)) return undefined;
  const sources = listOf(value['sources']);
  const bases = listOf(value['bases']);
  if (!sources.every(isSource) || !bases.every(isSha)) return undefined;
  const runs: Run[] = [];
  for (const entry of listOf(value['runs'])) {
    const [length, index, offset] = listOf(entry);
    if (typeof length !== 'number' || typeof index !== 'number') return undefined;
    const source = sources[index];
    const base = bases[-1 - index];
    if (index >= 0 && source !== undefined) runs.push({ kind: 'made', length, source });
    else if (base !== undefined && typeof offset === 'number') runs.push({ kind: 'base', length, text: base, offset });
    else return undefined;
  }
  const nicks: Nick[] = [];
  for (const entry of listOf(value['nicks'])) {
    const [offset, index] = listOf(entry);
    const source = typeof index === 'number' ? sources[index] : undefined;
    if (typeof offset !== 'number' || source === undefined) return undefined;
    nicks.push({ offset, source });
  }
  const cuts: Cut[] = [];
  for (const entry of listOf(value['cuts'])) {
    const [line, index] = listOf(entry);
    const source = typeof index === 'number' ? sources[index] : undefined;
    if (typeof line !== 'string' || source === undefined) return undefined;
    cuts.push({ line, source });
  }
  const attributed: Attributed = { text, runs, nicks, cuts };
  return isConsistent(attributed) ? attributed : undefined;
}
