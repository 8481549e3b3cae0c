/*
 * What a signature binds of the diff: our own rendering of it, which no git version, configuration or attribute changes.
 * Bytes, in this order, nothing between:
 *
 *   rendering = {entry}                                  paths rising by their bytes
 *   entry     = status " " oldMode " " newMode " " path NUL ({hunk} | oids)
 *   status    = "A" | "D" | "M" | "T"                    as of `git diff-tree -r -z --no-renames base head`
 *   hunk      = "@@" LF {line}
 *   line      = (" " | "-" | "+") text LF | "\" LF       "\": the line before it has no LF in its file
 *   oids      = "oids " old " " new LF                   a symbolic link, a submodule or a binary on either side
 *
 * Three lines of context; hunks whose contexts touch are one; of one change removed lines stand before added ones. There are
 * no line numbers and no ids, so a text change that only moved, or whose file changed elsewhere, renders the same.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { RepoPath, Sha } from '../brand';
import { BugError } from '../errors';
import type { LineHunk } from '../text/lineDiff';
import { shortestDiff } from '../text/lineDiff';

/** One path that differs between base and head. */
export interface ReviewEntry {
  readonly status: 'A' | 'D' | 'M' | 'T';
  readonly path: RepoPath;
  /** Six octal digits; `000000` where there is none. */
  readonly oldMode: string;
  readonly newMode: string;
  /** Zeros where there is none. */
  readonly oldOid: Sha;
  readonly newOid: Sha;
  /** Both blobs; a side that does not exist is empty. Not read for submodules and symbolic links. */
  readonly oldBlob: Uint8Array;
  readonly newBlob: Uint8Array;
}

const contextLines = 3;
const newline = 0x0a;
/** So many bytes git looks at to tell binary from text. */
const sniffedBytes = 8000;

/** Whether the entry's change is shown as lines; else both ids stand for it. */
export function isTextChange(entry: ReviewEntry): boolean {
  const isFile = [entry.oldMode, entry.newMode].every((mode) => mode === '000000' || mode.startsWith('100'));
  return isFile && !isBinary(entry.oldBlob) && !isBinary(entry.newBlob);
}

function isBinary(blob: Uint8Array): boolean {
  return blob.subarray(0, sniffedBytes).includes(0);
}

/** The rendering of one entry; a pure function of its bytes. */
export function renderEntry(entry: ReviewEntry): Uint8Array {
  const header = Buffer.from(`${entry.status} ${entry.oldMode} ${entry.newMode} ${entry.path}\0`, 'utf8');
  if (!isTextChange(entry)) return Buffer.concat([header, Buffer.from(`oids ${entry.oldOid} ${entry.newOid}\n`)]);
  // Latin-1 maps each byte to one character and back.
  const hunks = renderHunks(splitLines(entry.oldBlob), splitLines(entry.newBlob));
  return Buffer.concat([header, Buffer.from(hunks, 'latin1')]);
}

/** Takes entries one by one, so that a large diff need not be in memory. */
export class ReviewDigest {
  readonly #hash = createHash('sha256');
  #last: Buffer | undefined;

  /** Paths must rise by their UTF-8 bytes, as `diff-tree` lists them; a {@link BugError} otherwise. */
  add(entry: ReviewEntry): void {
    const path = Buffer.from(entry.path, 'utf8');
    if (this.#last !== undefined && Buffer.compare(this.#last, path) >= 0) {
      throw new BugError('paths do not rise', { path: entry.path });
    }
    this.#last = path;
    this.#hash.update(renderEntry(entry));
  }

  /** SHA-256 of the rendering in hex; ends the digest. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** SHA-256, in hex, of the rendering of a whole diff; the order of `entries` does not matter. */
export function diffSha256(entries: readonly ReviewEntry[]): string {
  const digest = new ReviewDigest();
  const sorted = [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  for (const entry of sorted) digest.add(entry);
  return digest.digest();
}

/** Lines with their LF, so that a last line without one differs from the same with it. */
function splitLines(blob: Uint8Array): readonly string[] {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const at = bytes.indexOf(newline, start);
    const end = at < 0 ? bytes.length : at + 1;
    lines.push(bytes.toString('latin1', start, end));
    start = end;
  }
  return lines;
}

function renderHunks(before: readonly string[], after: readonly string[]): string {
  const parts: string[] = [];
  const put = (mark: string, lines: readonly string[]) => {
    for (const line of lines) parts.push(mark, line, line.endsWith('\n') ? '' : '\n\\\n');
  };
  const changes = shortestDiff(before, after);
  let shown = 0;
  for (const [at, change] of changes.entries()) {
    const previous = changes[at - 1];
    const isJoined = previous !== undefined && change.aStart - previous.aEnd <= 2 * contextLines;
    if (!isJoined) parts.push('@@\n');
    put(' ', before.slice(isJoined ? shown : Math.max(shown, change.aStart - contextLines), change.aStart));
    put('-', before.slice(change.aStart, change.aEnd));
    put('+', after.slice(change.bStart, change.bEnd));
    shown = contextEnd(change, changes[at + 1], before.length);
    put(' ', before.slice(change.aEnd, shown));
  }
  return parts.join('');
}

/** Where the lines shown behind a change end. */
function contextEnd(change: LineHunk, next: LineHunk | undefined, length: number): number {
  if (next !== undefined && next.aStart - change.aEnd <= 2 * contextLines) return change.aEnd;
  return Math.min(change.aEnd + contextLines, length);
}
