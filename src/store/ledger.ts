import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLateModels } from '../core/attribution/lateModel';
import type { State } from '../core/attribution/state';
import type { AbsPath } from '../core/brand';
import { ToolError } from '../core/errors';
import type { TextId } from '../core/text/textId';
import { rememberedModel } from './agentSessions';
import { type Entry, JournalReader, type LedgerProblem } from './journalReader';
import { JournalWriter, type NewState } from './journalWriter';
import type { EntryHeader } from './ledgerEntry';

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
  readonly #writer: JournalWriter;
  readonly #reader: JournalReader;
  /** The name entries of this process carry. */
  readonly writer: string;
  readonly #byText = new Map<TextId, Entry[]>();
  readonly #byPath = new Map<string, Entry[]>();
  readonly #models = new Map<string, string | undefined>();

  /** `commonDir` is git's common directory; `writer` a name unique to this process, such as a UUID; `now` in ms. */
  constructor(commonDir: AbsPath, writer: string, now: () => number) {
    this.#commonDir = commonDir;
    this.#directory = join(commonDir, 'countersign', 'ledger');
    this.#quiet = join(commonDir, 'countersign', 'quiet');
    this.writer = writer;
    this.#writer = new JournalWriter(this.#directory, writer, now);
    this.#reader = new JournalReader(this.#directory);
  }

  /** File name of this process's own journal. */
  get journal(): string {
    return this.#writer.journal;
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
    const written = this.#writer.append(states);
    // Only now: who says meanwhile that all is quiet looks again afterwards, and sees what was written.
    if (written.isAi) this.markActive();
    return written.states;
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
    for (const entry of this.#reader.refresh()) {
      pushTo(this.#byText, entry.header.textId, entry);
      pushTo(this.#byPath, entry.header.path, entry);
    }
  }

  /** What is damaged, as of the last `refresh`; the journal of a writer that is at work may look so for a moment. */
  problems(): readonly LedgerProblem[] {
    return this.#reader.problems();
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
    const state = this.#reader.decode(entry);
    if (state === undefined || entry.header.ai !== true) return state;
    const attributed = withLateModels(state.attributed, (session) => this.#modelOf(session));
    return attributed === state.attributed ? state : { ...state, attributed };
  }

  /** Read once between two calls of `refresh`. */
  #modelOf(session: string): string | undefined {
    if (!this.#models.has(session)) this.#models.set(session, rememberedModel(this.#commonDir, session));
    return this.#models.get(session);
  }

  /** Closes the journal; may be called twice. */
  dispose(): void {
    this.#writer.dispose();
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
