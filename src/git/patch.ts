/**
 * Reads git's patches, as far as {@link diffArguments} lets them vary:
 *
 *     section := 'diff --git ' names LF header* hunk*
 *     hunk    := '@@ -' start (',' count)? ' +' start (',' count)? ' @@' rest LF line*
 *     line    := (' ' | '-' | '+') text LF ('\ No newline at end of file' LF)?
 *
 * How many lines a hunk has follows from its counts, never from what a line looks like.
 */
import { ToolError } from '../core/errors';
import type { NameChange, RawCursor } from './rawDiff';
import { bytesOfRepoPath, quoteBytes } from './repoPath';

/** One line of a hunk, without its line feed. */
export interface HunkLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: Buffer;
}

/** A place where lines were replaced; line numbers are 1-based. */
export interface Hunk {
  /** First line removed; where none is, the line after which the others were added (0 at the top). */
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  /** Lines without their line feed, other bytes as they are. */
  readonly removed: readonly Buffer[];
  readonly added: readonly Buffer[];
  /** Whether the last line of that side is the file's last and has no line feed. */
  readonly oldNoEol: boolean;
  readonly newNoEol: boolean;
  /** All lines in order; empty unless context was asked for. */
  readonly lines: readonly HunkLine[];
}

const headers =
  /^(?:old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to|similarity index|dissimilarity index|index|---|\+\+\+|Binary files) /;

/** Reads the sections of `change` at the cursor; a change of type has two. */
export function takePatch(cursor: RawCursor, change: NameChange, withLines: 'changed' | 'all'): Hunk[] {
  const expected = sectionStart(change);
  skipUnmerged(cursor);
  const hunks: Hunk[] = [];
  for (let section = change.status === 'T' ? 2 : 1; section > 0; section -= 1) {
    if (!takeLine(cursor).equals(expected)) throw notUnderstood();
    while (headers.test(peek(cursor, 24))) takeLine(cursor);
    while (peek(cursor, 4) === '@@ -') hunks.push(takeHunk(cursor, withLines));
  }
  return hunks;
}

/** Passes over the lines that stand for unmerged paths. */
export function skipUnmerged(cursor: RawCursor): void {
  while (peek(cursor, 16) === '* Unmerged path ') takeLine(cursor);
}

function takeHunk(cursor: RawCursor, withLines: 'changed' | 'all'): Hunk {
  const head = takeLine(cursor).toString('latin1');
  const match = /^@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@/.exec(head);
  if (match === null) throw notUnderstood();
  const [oldStart, newStart] = [Number(match[1]), Number(match[3])];
  const [oldCount, newCount] = [Number(match[2] ?? 1), Number(match[4] ?? 1)];
  const removed: Buffer[] = [];
  const added: Buffer[] = [];
  const lines: HunkLine[] = [];
  const noEol = { old: false, new: false };
  let [oldLeft, newLeft] = [oldCount, newCount];
  let last: HunkLine['sign'] | undefined;
  while (oldLeft > 0 || newLeft > 0 || cursor.bytes[cursor.at] === 0x5c) {
    const line = takeLine(cursor);
    const sign = String.fromCharCode(line[0] ?? 0);
    if (sign === '\\') {
      if (last !== '+') noEol.old = true;
      if (last !== '-') noEol.new = true;
      continue;
    }
    if (sign !== ' ' && sign !== '-' && sign !== '+') throw notUnderstood();
    const text = line.subarray(1);
    last = sign;
    if (sign !== '+') oldLeft -= 1;
    if (sign !== '-') newLeft -= 1;
    if (sign === '-') removed.push(text);
    if (sign === '+') added.push(text);
    if (withLines === 'all') lines.push({ sign, text });
  }
  if (oldLeft !== 0 || newLeft !== 0) throw notUnderstood();
  return {
    oldStart,
    oldCount,
    newStart,
    newCount,
    removed,
    added,
    oldNoEol: noEol.old,
    newNoEol: noEol.new,
    lines,
  };
}

/** `diff --git a/<old> b/<new>`, each quoted where git quotes with `core.quotePath=true`. */
function sectionStart(change: NameChange): Buffer {
  const name = (prefix: string, path: NameChange['path']): Buffer => {
    const bytes = Buffer.concat([Buffer.from(prefix), bytesOfRepoPath(path)]);
    const quoted = quoteBytes(bytes);
    return quoted.length === bytes.length + 2 ? bytes : Buffer.from(quoted, 'latin1');
  };
  const space = Buffer.from(' ');
  const [old, now] = [name('a/', change.oldPath ?? change.path), name('b/', change.path)];
  return Buffer.concat([Buffer.from('diff --git '), old, space, now]);
}

function peek({ bytes, at }: RawCursor, count: number): string {
  return bytes.toString('latin1', at, Math.min(at + count, bytes.length));
}

function takeLine(cursor: RawCursor): Buffer {
  const end = cursor.bytes.indexOf(10, cursor.at);
  if (end < 0) throw notUnderstood();
  const line = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end + 1;
  return line;
}

function notUnderstood(): ToolError {
  return new ToolError('git-failed', 'git gave a patch that is not understood.');
}
