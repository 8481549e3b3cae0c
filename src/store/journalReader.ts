import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { State } from '../core/attribution/state';
import { parseJournal } from './journal';
import { isJournal } from './journalName';
import { decodeState, type EntryHeader, isEntryHeader } from './ledgerEntry';

/** A place of the ledger that is damaged; what stood before it is kept. */
export interface LedgerProblem {
  readonly journal: string;
  readonly tornBytes: number;
}

interface Journal {
  readonly name: string;
  readonly path: string;
  /** Bytes parsed so far. */
  parsed: number;
  torn: number;
  /** By writer and counter: a compacted journal holds entries of many writers. */
  readonly byCounter: Map<string, Entry>;
}

/** A state in a journal, whose text is read when it is asked for. */
export interface Entry {
  readonly header: EntryHeader;
  readonly journal: Journal;
  readonly start: number;
  readonly end: number;
}

/** Reads the journals of all writers. */
export class JournalReader {
  readonly #directory: string;
  readonly #journals = new Map<string, Journal>();
  readonly #decoded = new WeakMap<Entry, State>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** What all writers appended since the last call. */
  refresh(): readonly Entry[] {
    let names: string[];
    try {
      names = readdirSync(this.#directory);
    } catch {
      return []; // No ledger yet: nothing is known.
    }
    const entries: Entry[] = [];
    for (const name of names.sort()) {
      if (!isJournal(name)) continue;
      const journal = this.#journals.get(name) ?? {
        name,
        path: join(this.#directory, name),
        parsed: 0,
        torn: 0,
        byCounter: new Map<string, Entry>(),
      };
      this.#journals.set(name, journal);
      for (const entry of readTail(journal)) entries.push(entry);
    }
    return entries;
  }

  /** What is damaged, as of the last `refresh`; the journal of a writer that is at work may look so for a moment. */
  problems(): readonly LedgerProblem[] {
    return [...this.#journals.values()]
      .filter((journal) => journal.torn > 0)
      .map((journal) => ({ journal: journal.name, tornBytes: journal.torn }));
  }

  /** The state of an entry as it was written; nothing where it cannot be read. */
  decode(entry: Entry): State | undefined {
    const known = this.#decoded.get(entry);
    if (known !== undefined) return known;
    let payload: string;
    try {
      payload = readPart(entry.journal.path, entry.start, entry.end).toString('latin1');
    } catch {
      return undefined;
    }
    const state = decodeState(entry.header, payload, (counter) => {
      const base =
        counter < entry.header.counter ? entry.journal.byCounter.get(`${entry.header.writer}\0${counter}`) : undefined;
      return base === undefined ? undefined : this.decode(base)?.attributed.text;
    });
    if (state !== undefined) this.#decoded.set(entry, state);
    return state;
  }
}

/** Takes in the rest of a journal. */
function readTail(journal: Journal): readonly Entry[] {
  let bytes: Buffer;
  try {
    const size = statSync(journal.path).size;
    if (size <= journal.parsed) return [];
    bytes = readPart(journal.path, journal.parsed, size);
  } catch {
    return []; // Compacted away in this moment: its entries live in another journal.
  }
  const { entries, goodBytes, tornBytes } = parseJournal(bytes);
  const taken: Entry[] = [];
  for (const { header, payloadStart, payloadEnd } of entries) {
    if (!isEntryHeader(header)) continue;
    const entry: Entry = { header, journal, start: journal.parsed + payloadStart, end: journal.parsed + payloadEnd };
    journal.byCounter.set(`${header.writer}\0${header.counter}`, entry);
    taken.push(entry);
  }
  journal.parsed += goodBytes;
  journal.torn = tornBytes;
  return taken;
}

function readPart(path: string, from: number, to: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(to - from);
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(descriptor, bytes, done, bytes.length - done, from + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(descriptor);
  }
}
