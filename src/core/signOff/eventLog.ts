import type { DecodeProblem } from './decodeProblem';
import type { Envelope } from './envelope';
import { decodeEnvelope } from './envelope';

/** One readable line of a sign-off note. */
export interface LoggedEvent {
  readonly line: string;
  readonly envelope: Envelope;
}

/** A line that is no event; `line` is its 1-based number in the note. */
export interface BrokenLine {
  readonly line: number;
  readonly problems: readonly DecodeProblem[];
}

/** What a sign-off note says. */
export interface EventLog {
  /** In the note's order, which means nothing. One payload may occur more than once, under different envelopes. */
  readonly events: readonly LoggedEvent[];
  readonly broken: readonly BrokenLine[];
}

const noteLengthAtMost = 64 * 1024 * 1024;

/**
 * Reads a note: an event a line; empty lines, which git's note merges leave behind, are skipped; broken ones are
 * reported. A note beyond 64 Mi characters is broken as a whole (line 0). Never throws.
 */
export function parseEventLog(note: string): EventLog {
  if (note.length > noteLengthAtMost) {
    const problem = { path: '$', problem: `the note is longer than ${noteLengthAtMost} characters` };
    return { events: [], broken: [{ line: 0, problems: [problem] }] };
  }
  const events: LoggedEvent[] = [];
  const broken: BrokenLine[] = [];
  for (const [at, text] of note.split('\n').entries()) {
    const line = text.trim();
    if (line === '') continue;
    const decoded = decodeEnvelope(line);
    if (decoded.kind === 'decoded') events.push({ line, envelope: decoded.value });
    else broken.push({ line: at + 1, problems: decoded.problems });
  }
  return { events, broken };
}

/**
 * The note that holds the lines of all `notes`: each different line once, in UTF-16 order, LF at the end of each; empty
 * when there is none. Associative, commutative and idempotent, and it drops no line, readable or not.
 */
export function uniteEventLogs(notes: readonly string[]): string {
  const lines = new Set(notes.flatMap((note) => note.split('\n')).filter((line) => line.trim() !== ''));
  return [...lines]
    .sort()
    .map((line) => `${line}\n`)
    .join('');
}

/** The lines of `before` that `after` lacks: whoever removed them hides what somebody has signed. */
export function removedLines(before: string, after: string): readonly string[] {
  const kept = new Set(after.split('\n'));
  return before.split('\n').filter((line) => line.trim() !== '' && !kept.has(line));
}
