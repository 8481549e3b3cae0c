import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { withLateModels } from '../core/attribution/lateModel';
import type { State } from '../core/attribution/state';
import type { AbsPath } from '../core/brand';
import { ToolError } from '../core/errors';
import type { TextId } from '../core/text/textId';
import { rememberedModel } from './agentSessions';
import { formatEntry, parseJournal } from './journal';
import { isJournal, journalName } from './journalName';
import { type DeltaBase, decodeState, type EntryHeader, encodeState, isEntryHeader } from './ledgerEntry';

/** What a writer hands over; the ledger adds who writes, when, and the count. */
export type NewState = Omit<State, 'writer' | 'counter' | 'time'>;

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
  readonly entries: Entry[];
  /** By writer and counter: a compacted journal holds entries of many writers. */
  readonly byCounter: Map<string, Entry>;
}

interface Entry {
  readonly header: EntryHeader;
  readonly journal: Journal;
  readonly start: number;
  readonly end: number;
}

/** After so many deltas a text is written whole again, so that reading one never opens a long row of them. */
const mostDeltas = 20;

/** Each call of a hook is a chain: of a file that an agent worked on all day, only the latest are opened. */
const mostChains = 200;

/**
 * What is known about text that is not committed yet, under `<common git directory>/countersign/ledger`: one
 * append-only journal a writer (format: `journal.ts`, `ledgerEntry.ts`), so that writers never wait for each other.
 *
 * Reading sees what all writers had appended when `refresh` was called last. A torn tail is dropped and reported.
 */
export class Ledger {
  readonly #commonDir: AbsPath;
  readonly #directory: string;
  readonly #quiet: string;
  readonly #now: () => number;
  readonly #writer: string;
  readonly #journals = new Map<string, Journal>();
  readonly #byText = new Map<TextId, Entry[]>();
  readonly #byPath = new Map<string, Entry[]>();
  readonly #decoded = new WeakMap<Entry, State>();
  readonly #models = new Map<string, string | undefined>();
  readonly #lastText = new Map<string, DeltaBase & { readonly deltas: number }>();
  #descriptor: number | undefined;
  #counter = 0;

  /** `commonDir` is git's common directory; `writer` a name unique to this process, such as a UUID; `now` in ms. */
  constructor(commonDir: AbsPath, writer: string, now: () => number) {
    this.#commonDir = commonDir;
    this.#directory = join(commonDir, 'countersign', 'ledger');
    this.#quiet = join(commonDir, 'countersign', 'quiet');
    this.#writer = writer;
    this.#now = now;
  }

  /** The name entries of this process carry. */
  get writer(): string {
    return this.#writer;
  }

  /** File name of this process's own journal. */
  get journal(): string {
    return journalName(this.#writer, process.pid);
  }

  /** Folder of the journals, for whoever watches it. */
  get directory(): string {
    return this.#directory;
  }

  /**
   * Appends states in one write, before it returns: what it held is not lost if the process dies right after.
   * Throws `not-writable` if the ledger cannot be written.
   */
  append(states: readonly NewState[]): readonly State[] {
    if (states.length === 0) return [];
    this.#leaveIfCompacted();
    const written: State[] = [];
    const buffers: Buffer[] = [];
    let isAi = false;
    for (const state of states) {
      const whole: State = { ...state, writer: this.#writer, counter: ++this.#counter, time: this.#now() };
      const last = this.#lastText.get(state.chain);
      const base = last !== undefined && last.deltas < mostDeltas ? last : undefined;
      const entry = encodeState(whole, base);
      const header = entry.header as EntryHeader;
      this.#lastText.set(state.chain, {
        counter: whole.counter,
        text: state.attributed.text,
        deltas: header.delta === undefined ? 0 : (base?.deltas ?? 0) + 1,
      });
      buffers.push(formatEntry(entry));
      written.push(whole);
      isAi ||= header.ai === true;
    }
    try {
      writeSync(this.#open(), Buffer.concat(buffers));
    } catch (cause) {
      throw new ToolError('not-writable', `The ledger in ${this.#directory} cannot be written.`, { cause });
    }
    // Only now: who says meanwhile that all is quiet looks again afterwards, and sees what was written.
    if (isAi) this.markActive();
    return written;
  }

  /** A journal may be compacted away while its process sleeps: the next entries then go to a file of their own. */
  #leaveIfCompacted(): void {
    if (this.#descriptor === undefined || fstatSync(this.#descriptor).nlink > 0) return;
    this.dispose();
    // What came before lies in another file now, and a delta needs its base in its own.
    this.#lastText.clear();
  }

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY;
    this.#descriptor = openSync(join(this.#directory, this.journal), flags, 0o600);
    return this.#descriptor;
  }

  /** Whether it could be appended to; where it is not there yet, whether it could be made. */
  isWritable(): boolean {
    let folder = this.#directory;
    while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
    try {
      accessSync(folder, constants.W_OK);
      return statSync(folder).isDirectory();
    } catch {
      return false;
    }
  }

  /** Says to the hooks that a commit may carry AI work, so that they start the program. @throws ToolError `not-writable` */
  markActive(): void {
    try {
      rmSync(this.#quiet, { force: true });
    } catch (cause) {
      throw new ToolError('not-writable', `${this.#quiet} cannot be removed.`, { cause });
    }
  }

  /**
   * Says to the hooks that there is no AI work anywhere, so that they need not start the program, for as long as `refs`,
   * all those that hold records, stay what they are.
   */
  markQuiet(refs: readonly { readonly name: string; readonly oid: string }[]): void {
    try {
      mkdirSync(join(this.#quiet, '..'), { recursive: true, mode: 0o700 });
      writeFileSync(this.#quiet, refs.map(({ name, oid }) => `${oid} ${name}\n`).join(''), { mode: 0o600 });
    } catch {
      // A read-only git directory: without the file the hooks start the program, which is right, only slower.
    }
  }

  /** Takes in what all writers appended since the last call. */
  refresh(): void {
    this.#models.clear();
    let names: string[];
    try {
      names = readdirSync(this.#directory);
    } catch {
      return; // No ledger yet: nothing is known.
    }
    for (const name of names.sort()) {
      if (!isJournal(name)) continue;
      const journal = this.#journals.get(name) ?? {
        name,
        path: join(this.#directory, name),
        parsed: 0,
        torn: 0,
        entries: [],
        byCounter: new Map<string, Entry>(),
      };
      this.#journals.set(name, journal);
      this.#readTail(journal);
    }
  }

  #readTail(journal: Journal): void {
    let bytes: Buffer;
    try {
      const size = statSync(journal.path).size;
      if (size <= journal.parsed) return;
      bytes = readPart(journal.path, journal.parsed, size);
    } catch {
      return; // Compacted away in this moment: its entries live in another journal.
    }
    const { entries, goodBytes, tornBytes } = parseJournal(bytes);
    for (const { header, payloadStart, payloadEnd } of entries) {
      if (!isEntryHeader(header)) continue;
      const entry: Entry = { header, journal, start: journal.parsed + payloadStart, end: journal.parsed + payloadEnd };
      journal.entries.push(entry);
      journal.byCounter.set(`${header.writer}\0${header.counter}`, entry);
      pushTo(this.#byText, header.textId, entry);
      pushTo(this.#byPath, header.path, entry);
    }
    journal.parsed += goodBytes;
    journal.torn = tornBytes;
  }

  /** What is damaged, as of the last `refresh`; the journal of a writer that is at work may look so for a moment. */
  problems(): readonly LedgerProblem[] {
    return [...this.#journals.values()]
      .filter((journal) => journal.torn > 0)
      .map((journal) => ({ journal: journal.name, tornBytes: journal.torn }));
  }

  /** The states of a text, of any path and work tree, oldest first within a writer. */
  statesOf(textId: TextId): readonly State[] {
    return this.#decodeAll(this.#byText.get(textId) ?? []);
  }

  /** The last state of each chain that held the file at `path`, any work tree; of many chains the newest ones. */
  lastStates(path: string): readonly State[] {
    const last = new Map<string, Entry>();
    for (const entry of this.#byPath.get(path) ?? []) last.set(`${entry.header.writer}\0${entry.header.chain}`, entry);
    const newest = [...last.values()].sort((a, b) => b.header.time - a.header.time).slice(0, mostChains);
    return this.#decodeAll(newest.reverse());
  }

  /** States since a moment, of any file and work tree: first the last of each chain, then what it had before, newest first. */
  *statesSince(time: number): Generator<State> {
    const last = new Map<string, Entry>();
    const entries = [...this.#byPath.values()].flat().filter(({ header }) => header.time >= time);
    entries.sort((a, b) => a.header.time - b.header.time || a.header.counter - b.header.counter);
    for (const entry of entries) last.set(`${entry.header.writer}\0${entry.header.chain}`, entry);
    const newest = [...last.values()].sort((a, b) => b.header.time - a.header.time);
    const isLast = new Set(newest);
    for (const entry of [...newest, ...entries.reverse().filter((other) => !isLast.has(other))]) {
      const state = this.#decode(entry);
      if (state !== undefined) yield state;
    }
  }

  /** Every path that some state is of. */
  paths(): readonly string[] {
    return [...this.#byPath.keys()];
  }

  /** For each actor the newest first half of a hook pair on `path` after which the actor left no state there. */
  openBefores(path: string, worktree: string): readonly State[] {
    const open = new Map<string, Entry>();
    for (const entry of this.#byPath.get(path) ?? []) {
      const { role, actor, worktree: at } = entry.header;
      if (role !== 'before' || actor === undefined || at !== worktree) continue;
      const known = open.get(actor);
      if (known === undefined || isLater(entry.header, known.header)) open.set(actor, entry);
    }
    for (const { header } of open.size === 0 ? [] : (this.#byPath.get(path) ?? [])) {
      const before = header.actor === undefined ? undefined : open.get(header.actor);
      if (before === undefined || header.role !== 'state' || header.worktree !== worktree) continue;
      if (isLater(header, before.header)) open.delete(before.header.actor ?? '');
    }
    return this.#decodeAll([...open.values()]);
  }

  /** Paths of which the ledger has a state that an AI had a part in. */
  pathsWithAi(): readonly string[] {
    return [...this.#byPath].filter(([, entries]) => entries.some(({ header }) => header.ai)).map(([path]) => path);
  }

  /** Whether the ledger has any state of the file. */
  knowsPath(path: string): boolean {
    return this.#byPath.has(path);
  }

  #decodeAll(entries: readonly Entry[]): readonly State[] {
    return entries.flatMap((entry) => this.#decode(entry) ?? []);
  }

  /** A state with the models that became known since. */
  #decode(entry: Entry): State | undefined {
    const state = this.#decodeText(entry);
    if (state === undefined || entry.header.ai !== true) return state;
    const attributed = withLateModels(state.attributed, (session) => this.#modelOf(session));
    return attributed === state.attributed ? state : { ...state, attributed };
  }

  /** Read once between two calls of `refresh`. */
  #modelOf(session: string): string | undefined {
    if (!this.#models.has(session)) this.#models.set(session, rememberedModel(this.#commonDir, session));
    return this.#models.get(session);
  }

  #decodeText(entry: Entry): State | undefined {
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
      return base === undefined ? undefined : this.#decodeText(base)?.attributed.text;
    });
    if (state !== undefined) this.#decoded.set(entry, state);
    return state;
  }

  /** Closes the journal; may be called twice. */
  dispose(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** Whether `header` was written after `other`; of two writers in one millisecond both are. */
function isLater(header: EntryHeader, other: EntryHeader): boolean {
  if (header.time !== other.time || header.writer !== other.writer) return header.time >= other.time;
  return header.counter > other.counter;
}

function pushTo<K>(map: Map<K, Entry[]>, key: K, entry: Entry): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
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
