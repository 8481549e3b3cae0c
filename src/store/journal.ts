import { createHash } from 'node:crypto';

/**
 * A journal: what one writer appended, entry by entry.
 *
 *     entry   := length SP checksum SP header TAB payload LF
 *     length  := decimal number of bytes of `header TAB payload`
 *     checksum:= first 16 hex digits of their SHA-256
 *     header  := JSON object on one line; payload := base64 or nothing
 *
 * Neither a header (JSON escapes it) nor a payload holds TAB or LF. An entry that is cut short or does not match its
 * checksum ends the journal: a torn tail is the mark of a writer that was killed while it wrote.
 */
export interface JournalEntry {
  readonly header: unknown;
  readonly payload: string;
}

/** An entry as it lies in a journal: where its payload begins and ends, in bytes from the start of what was parsed. */
export interface PlacedEntry {
  readonly header: unknown;
  readonly payloadStart: number;
  readonly payloadEnd: number;
}

/** The entries of a journal, and what of it is torn. */
export interface ParsedJournal {
  readonly entries: readonly PlacedEntry[];
  /** Bytes from the start that hold whole entries. */
  readonly goodBytes: number;
  /** Bytes after them. */
  readonly tornBytes: number;
}

function checksumOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}

/** The bytes of one entry. */
export function formatEntry(entry: JournalEntry): Buffer {
  const body = Buffer.from(`${JSON.stringify(entry.header)}\t${entry.payload}`, 'utf8');
  return Buffer.concat([Buffer.from(`${body.length} ${checksumOf(body)} `), body, Buffer.from('\n')]);
}

/** Reads the entries of `bytes` from its start up to the first that is not whole. */
export function parseJournal(bytes: Buffer): ParsedJournal {
  const entries: PlacedEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const prefix = /^(\d{1,10}) ([0-9a-f]{16}) /.exec(bytes.toString('latin1', at, at + 28));
    if (prefix === null) break;
    const start = at + prefix[0].length;
    const end = start + Number(prefix[1]);
    if (end >= bytes.length || bytes[end] !== 10) break;
    const body = bytes.subarray(start, end);
    if (checksumOf(body) !== prefix[2]) break;
    const tab = body.indexOf(9);
    if (tab < 0) break;
    let header: unknown;
    try {
      header = JSON.parse(body.toString('utf8', 0, tab));
    } catch {
      break;
    }
    entries.push({ header, payloadStart: start + tab + 1, payloadEnd: end });
    at = end + 1;
  }
  return { entries, goodBytes: at, tornBytes: bytes.length - at };
}
