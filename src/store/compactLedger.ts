import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { State } from '../core/attribution/state';
import type { TextId } from '../core/text/textId';
import { formatEntry, parseJournal } from './journal';
import { journalName, writerPid } from './journalName';
import { decodeState, type EntryHeader, encodeState, isEntryHeader } from './ledgerEntry';

/** What compaction goes by. */
export interface CompactOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Name of the journal that is written, unique: a UUID. */
  readonly writer: string;
  /** Whether a text is in a commit, so that what is known of it may go once it is old. */
  readonly isCommitted: (textId: TextId) => Promise<boolean>;
}

/** Below this many journals of gone writers there is nothing to gain. */
const fewestJournals = 40;

/** A writer is taken for gone only after this silence, whatever its process id says. */
const silenceMs = 10 * 60_000;

const keepCommittedMs = 30 * 24 * 60 * 60_000;
/** The first half of a hook pair waits so long for its second. */
const keepBeforeMs = 2 * 24 * 60 * 60_000;
const staleLockMs = 10 * 60_000;

const lockName = 'compact.lock';

/**
 * Rewrites the journals whose writers are gone into one new file, which then replaces them. States of committed text
 * older than 30 days go, and old first halves of hook pairs; uncommitted text is never dropped by age.
 *
 * Whatever interrupts it loses nothing: the new journal is complete before the first old one goes, and an entry that
 * stands in both counts once. Does nothing where another process compacts, or there is little to gain.
 *
 * @returns how many journals were replaced
 */
export async function compactLedger(directory: string, options: CompactOptions): Promise<number> {
  const gone = goneJournals(directory, options.now);
  if (gone.length < fewestJournals || !takeLock(directory, options.now)) return 0;
  try {
    const states = new Map<string, State>();
    for (const name of gone)
      for (const state of readStates(join(directory, name))) states.set(`${state.writer}\0${state.counter}`, state);
    const kept: Buffer[] = [];
    for (const state of states.values()) {
      if (await isKept(state, options)) kept.push(formatEntry(encodeState(state, undefined)));
    }
    if (kept.length > 0) {
      const path = join(directory, journalName(options.writer, undefined));
      writeFileSync(`${path}.part`, Buffer.concat(kept), { mode: 0o600, flag: 'wx' });
      renameSync(`${path}.part`, path);
    }
    for (const name of gone) rmSync(join(directory, name), { force: true });
    return gone.length;
  } finally {
    rmSync(join(directory, lockName), { force: true });
  }
}

/** Whether there are so many journals that it may be worth putting some into one. */
export function hasManyJournals(directory: string): boolean {
  try {
    return readdirSync(directory).length >= fewestJournals;
  } catch {
    return false; // No ledger.
  }
}

function goneJournals(directory: string, now: number): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch {
    return []; // No ledger, nothing to do.
  }
  return names.filter((name) => {
    const pid = writerPid(name);
    if (pid === undefined) return false;
    const changed = statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs;
    return changed !== undefined && now - changed > silenceMs && !isAlive(pid);
  });
}

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is a process all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function takeLock(directory: string, now: number): boolean {
  const path = join(directory, lockName);
  const taken = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (taken !== undefined && now - taken > staleLockMs) rmSync(path, { force: true });
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch {
    return false; // Held, or the folder is read-only: the journals stay as they are.
  }
}

function readStates(path: string): readonly State[] {
  const bytes = readFileSync(path);
  const byWriter = new Map<string, State>();
  const states: State[] = [];
  for (const { header, payloadStart, payloadEnd } of parseJournal(bytes).entries) {
    if (!isEntryHeader(header)) continue;
    const known: EntryHeader = header;
    const textOf = (counter: number): string | undefined =>
      byWriter.get(`${known.writer}\0${counter}`)?.attributed.text;
    const state = decodeState(known, bytes.toString('latin1', payloadStart, payloadEnd), textOf);
    if (state === undefined) continue;
    byWriter.set(`${state.writer}\0${state.counter}`, state);
    states.push(state);
  }
  return states;
}

async function isKept(state: State, { now, isCommitted }: CompactOptions): Promise<boolean> {
  const age = now - state.time;
  if (state.role === 'before' && age > keepBeforeMs) return false;
  return age <= keepCommittedMs || !(await isCommitted(state.textId));
}
