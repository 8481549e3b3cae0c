import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { State } from '../core/attribution/state';
import { decodeAttribution, encodeAttribution } from '../core/attribution/stateCodec';
import { isSha } from '../core/brand';
import type { TextId } from '../core/text/textId';
import type { JournalEntry } from './journal';

/** What an entry says before its payload is opened; the names are short because every entry repeats them. */
export interface EntryHeader {
  readonly v: 1;
  readonly writer: string;
  readonly chain: string;
  readonly time: number;
  readonly counter: number;
  readonly worktree: string;
  readonly path: string;
  readonly textId: TextId;
  readonly gone: boolean;
  readonly role: State['role'];
  readonly actor?: string;
  readonly adopted: readonly (readonly [TextId, number])[];
  /** Whether an AI made or removed any of the text, as far as the ledger alone can tell. */
  readonly ai: boolean;
  /** Counter of the entry of the same writer that the text is a delta of; absent where the text is whole. */
  readonly delta?: number;
}

/** An earlier text of the same writer, to write the next one as a delta of. */
export interface DeltaBase {
  readonly counter: number;
  readonly text: string;
}

/** `[characters kept at the start, characters kept at the end, what stands between]`, in UTF-16 units. */
type Delta = readonly [number, number, string];

function deltaOf(before: string, after: string): Delta {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (end < most - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end))
    end++;
  return [start, end, after.slice(start, after.length - end)];
}

function hasAi(state: State): boolean {
  const { runs, nicks, cuts } = state.attributed;
  const isAi = (kind: string): boolean => kind === 'ai' || kind === 'ai-edited';
  return (
    runs.some((run) => run.kind === 'made' && isAi(run.source.origin.kind)) ||
    nicks.length > 0 ||
    cuts.some((cut) => isAi(cut.source.origin.kind))
  );
}

/** The journal entry of a state; its text is a delta of `base` where that is smaller. */
export function encodeState(state: State, base: DeltaBase | undefined): JournalEntry {
  const delta = base === undefined ? undefined : deltaOf(base.text, state.attributed.text);
  const useDelta = base !== undefined && delta !== undefined && delta[2].length * 2 < state.attributed.text.length;
  const header: EntryHeader = {
    v: 1,
    writer: state.writer,
    chain: state.chain,
    time: state.time,
    counter: state.counter,
    worktree: state.worktree,
    path: state.path,
    textId: state.textId,
    gone: state.existence === 'gone',
    role: state.role,
    ...(state.actor === undefined ? {} : { actor: state.actor }),
    adopted: state.adopted.map(({ textId, time }) => [textId, time] as const),
    ai: hasAi(state),
    ...(useDelta ? { delta: base.counter } : {}),
  };
  const body = JSON.stringify({
    attribution: encodeAttribution(state.attributed),
    text: useDelta ? delta : state.attributed.text,
  });
  return { header, payload: deflateRawSync(Buffer.from(body, 'utf8'), { level: 3 }).toString('base64') };
}

/** Whether a header of a journal is one that this version writes. */
export function isEntryHeader(value: unknown): value is EntryHeader {
  if (typeof value !== 'object' || value === null) return false;
  const header = value as Readonly<Record<string, unknown>>;
  return (
    header['v'] === 1 &&
    ['writer', 'chain', 'worktree', 'path', 'role'].every((key) => typeof header[key] === 'string') &&
    ['time', 'counter'].every((key) => typeof header[key] === 'number') &&
    isSha(header['textId']) &&
    Array.isArray(header['adopted'])
  );
}

/** Most bytes a text of the ledger may have once it is unpacked. */
const mostUnpacked = 256 * 1024 * 1024;

/** The state of an entry, or nothing if its payload is not what this version writes. `textOf` gives earlier texts of the writer. */
export function decodeState(
  header: EntryHeader,
  payload: string,
  textOf: (counter: number) => string | undefined,
): State | undefined {
  let body: unknown;
  try {
    body = JSON.parse(
      inflateRawSync(Buffer.from(payload, 'base64'), { maxOutputLength: mostUnpacked }).toString('utf8'),
    );
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || !('text' in body) || !('attribution' in body)) return undefined;
  const text = unpackText(body.text, header.delta, textOf);
  const attributed = text === undefined ? undefined : decodeAttribution(body.attribution, text);
  if (attributed === undefined) return undefined;
  return {
    writer: header.writer,
    chain: header.chain,
    time: header.time,
    counter: header.counter,
    worktree: header.worktree,
    path: header.path,
    textId: header.textId,
    existence: header.gone ? 'gone' : 'there',
    role: header.role,
    ...(header.actor === undefined ? {} : { actor: header.actor }),
    adopted: header.adopted.map(([textId, time]) => ({ textId, time })),
    attributed,
  };
}

function unpackText(
  packed: unknown,
  delta: number | undefined,
  textOf: (counter: number) => string | undefined,
): string | undefined {
  if (delta === undefined) return typeof packed === 'string' ? packed : undefined;
  const base = textOf(delta);
  if (base === undefined || !Array.isArray(packed)) return undefined;
  const [start, end, middle]: readonly unknown[] = packed;
  if (typeof start !== 'number' || typeof end !== 'number' || typeof middle !== 'string') return undefined;
  return base.slice(0, start) + middle + base.slice(base.length - end);
}
