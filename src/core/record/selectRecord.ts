import type { Sha } from '../brand';
import { type DecodedRecord, decodeRecord } from './decodeRecord';
import type { CommitRecord } from './record';

/** A record with the id of the blob that its line makes. */
export interface NamedRecord {
  readonly record: CommitRecord;
  readonly id: Sha;
}

/** What the note of a commit amounts to. */
export type NoteContent =
  | { readonly kind: 'none' }
  /** The records that speak of this commit, the one the trailer names first; never empty. */
  | { readonly kind: 'records'; readonly records: readonly NamedRecord[] }
  /** There is no record; another tool's note, a trailer or an identity says this. */
  | { readonly kind: 'foreign'; readonly record: CommitRecord }
  /**
   * There are lines, but none of them is a record of this commit's blobs. `newer`: one is of a schema to come, and may be
   * the record.
   */
  | { readonly kind: 'mismatch'; readonly problems: readonly string[]; readonly newer: boolean };

/**
 * Reads a note that may hold several lines: those whose blobs are the commit's stay; of these the one that the trailer
 * names stands alone if it is there (or one that has it in `derivedFrom`), else all of them count.
 *
 * `blobOf` gives the id of the commit's blob at a path, `idOf` the id of the blob that a line with its LF makes.
 */
export function selectRecord(
  note: string | undefined,
  blobOf: (path: string) => Sha | undefined,
  idOf: (line: string) => Sha,
  trailer: Sha | undefined,
): NoteContent {
  if (note === undefined) return { kind: 'none' };
  const problems: string[] = [];
  const records: NamedRecord[] = [];
  let newer = false;
  for (const line of note.split('\n')) {
    if (line.trim() === '') continue;
    const decoded: DecodedRecord = decodeRecord(line);
    if (decoded.kind === 'unknown-schema') {
      newer = true;
      problems.push(`a record of schema ${JSON.stringify(decoded.schema)}, which this version does not read`);
    } else if (decoded.kind === 'malformed') problems.push(...decoded.problems.slice(0, 5));
    else if (!speaksOf(decoded.record, blobOf)) problems.push('a record of other blobs');
    else records.push({ record: decoded.record, id: idOf(`${line}\n`) });
  }
  if (records.length === 0) return problems.length === 0 ? { kind: 'none' } : { kind: 'mismatch', problems, newer };
  const named =
    trailer === undefined
      ? undefined
      : (records.find(({ id }) => id === trailer) ??
        records.find(({ record }) => record.derivedFrom?.includes(trailer)));
  return { kind: 'records', records: named === undefined ? records : [named] };
}

function speaksOf(record: CommitRecord, blobOf: (path: string) => Sha | undefined): boolean {
  return Object.entries(record.files ?? {}).every(([path, file]) => file.blob === blobOf(path));
}
