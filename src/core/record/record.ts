import type { Sha } from '../brand';
import { encodeCanonicalJson } from '../canonicalJson';
import type { ClaimVia, Evidence, LineClass, Session, UnknownReason } from '../origin';

/**
 * The provenance of one commit: who wrote the lines it adds.
 *
 * Wire form: one line of canonical JSON (RFC 8785) and one LF. `lines` holds tuples `[ranges, who]` or
 * `[ranges, session, "edited"]`, where `who` is a session's or claim's key, `human`, `pasted` or `unknown:<reason>`.
 */
export type CommitRecord = {
  readonly schema: 1;
  readonly tool: 'countersign';
  readonly sessions?: Readonly<Record<string, Session>>;
  readonly claims?: Readonly<Record<string, Claim>>;
  readonly files?: Readonly<Record<string, RecordFile>>;
  readonly counts: Readonly<Record<CountKey, number>>;
  /** Ids of the records this one was rebuilt from, oldest first. */
  readonly derivedFrom?: readonly Sha[];
};

/** What somebody said about lines nobody saw. */
export type Claim = {
  readonly as: 'human' | 'ai';
  readonly evidence: Evidence;
  readonly via: ClaimVia;
};

/** The added lines of one file. */
export type RecordFile = {
  /** Id of the file's blob in the commit; absent where the commit has no such file any more. */
  readonly blob?: Sha;
  readonly lines?: readonly RecordTuple[];
  /** Lines removed, by session key or `unknown`. */
  readonly deleted?: Readonly<Record<string, number>>;
  /** `git` where the path has git's `\ooo` quoting because it is not UTF-8. */
  readonly pathEncoding?: 'git';
};

/** Ranges and who; the third place says that somebody else changed the session's lines. */
export type RecordTuple =
  | readonly [ranges: string, who: string]
  | readonly [ranges: string, who: string, edited: 'edited'];

/** What the counts of a record count: lines by class, and lines removed by an AI or unseen. */
export type CountKey = LineClass | 'deleted';

/** Most entries that `derivedFrom` keeps: the latest. */
export const mostDerivedFrom = 64;

/** Bytes of a record as they stand in its blob. */
export function encodeRecord(record: CommitRecord): Buffer {
  return Buffer.from(`${encodeCanonicalJson(record)}\n`, 'utf8');
}

/** `unknown:<reason>` as a tuple has it. */
export function unknownWho(reason: UnknownReason): string {
  return `unknown:${reason}`;
}
