import { closeSync, constants, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { State } from '../core/attribution/state';
import { ToolError } from '../core/errors';
import { formatEntry } from './journal';
import { journalName } from './journalName';
import { type DeltaBase, type EntryHeader, encodeState } from './ledgerEntry';

/** What a writer hands over; the ledger adds who writes, when, and the count. */
export type NewState = Omit<State, 'writer' | 'counter' | 'time'>;

/** After so many deltas a text is written whole again, so that reading one never opens a long row of them. */
const mostDeltas = 20;

/** Appends to the one journal of a process. */
export class JournalWriter {
  readonly #directory: string;
  readonly #writer: string;
  readonly #now: () => number;
  readonly #lastText = new Map<string, DeltaBase & { readonly deltas: number }>();
  #descriptor: number | undefined;
  #counter = 0;

  /** `directory` is the folder of the journals; `writer` and `now` as for the ledger. */
  constructor(directory: string, writer: string, now: () => number) {
    this.#directory = directory;
    this.#writer = writer;
    this.#now = now;
  }

  /** File name of the journal. */
  get journal(): string {
    return journalName(this.#writer, process.pid);
  }

  /**
   * Appends states in one write, before it returns: what the journal held is not lost if the process dies right after.
   *
   * @returns them as written, and whether an AI had a part in any
   * @throws ToolError `not-writable`
   */
  append(states: readonly NewState[]): { readonly states: readonly State[]; readonly isAi: boolean } {
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
    return { states: written, isAi };
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

  /** Closes the journal; may be called twice. */
  dispose(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
