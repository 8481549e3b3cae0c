import type { LineOrigin } from '../attribution/lineClass';
import { sameSession } from '../attribution/source';
import type { RepoPath, Sha } from '../brand';
import type { ClaimVia, Session } from '../origin';
import { formatLineRanges } from './lineRanges';
import {
  type Claim,
  type CommitRecord,
  type CountKey,
  mostDerivedFrom,
  type RecordFile,
  type RecordTuple,
  unknownWho,
} from './record';

/** A file of a commit whose added and removed lines are explained. */
export interface ExplainedFile {
  readonly path: RepoPath;
  readonly blob: Sha | undefined;
  readonly isGitQuoted: boolean;
  /** The added lines, by number (1-based, git's lines), ascending. */
  readonly lines: readonly { readonly line: number; readonly origin: LineOrigin }[];
  /** Lines removed by an AI session or unseen; those that a person removed are not listed. */
  readonly deleted: readonly { readonly by: Session | 'unknown'; readonly count: number }[];
}

/** A session for AI text of which nothing else is known. */
export const unknownSession: Session = { tool: 'unknown', kind: 'agent', evidence: 'inferred' };

/** Numbers sessions or claims by first appearance. */
class Keys<T> {
  readonly entries: Record<string, T> = {};
  readonly #values: { readonly key: string; readonly value: T }[] = [];
  readonly #prefix: string;
  readonly #same: (a: T, b: T) => boolean;

  constructor(prefix: string, same: (a: T, b: T) => boolean) {
    this.#prefix = prefix;
    this.#same = same;
  }

  keyOf(value: T): string {
    const known = this.#values.find((entry) => this.#same(entry.value, value));
    if (known !== undefined) return known.key;
    const key = `${this.#prefix}${this.#values.length + 1}`;
    this.#values.push({ key, value });
    this.entries[key] = value;
    return key;
  }
}

interface Who {
  readonly who: string;
  readonly edited: boolean;
}

/**
 * The record of a commit from its explained files, which may come in any order.
 *
 * The result is a function of the arguments alone: paths in the order of canonical JSON's keys (UTF-16 code units),
 * sessions and claims numbered by first appearance, one tuple for each (who, edited), tuples by first line.
 */
export function buildRecord(explained: readonly ExplainedFile[], derivedFrom: readonly Sha[] = []): CommitRecord {
  const sessions = new Keys<Session>('s', sameSession);
  const claims = new Keys<ClaimVia>('c', (a, b) => a === b);
  const counts: Record<CountKey, number> = { ai: 0, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0, deleted: 0 };
  // Without a prototype: a file may be named `__proto__`.
  const files: Record<string, RecordFile> = Object.create(null);
  const whoOf = (origin: LineOrigin): Who => {
    switch (origin.class) {
      case 'ai':
        return { who: sessions.keyOf(origin.session ?? unknownSession), edited: false };
      case 'ai-edited':
        return { who: sessions.keyOf(origin.session ?? unknownSession), edited: true };
      case 'human':
        return { who: origin.claim === undefined ? 'human' : claims.keyOf(origin.claim), edited: false };
      case 'pasted':
        return { who: 'pasted', edited: false };
      case 'unknown':
        return { who: unknownWho(origin.reason ?? 'not-watched'), edited: false };
    }
  };
  for (const file of [...explained].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    const groups = new Map<string, { readonly who: Who; readonly lines: number[] }>();
    for (const { line, origin } of file.lines) {
      counts[origin.class]++;
      const who = whoOf(origin);
      const key = `${who.who}\0${who.edited}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { who, lines: [line] });
      else group.lines.push(line);
    }
    const deleted: Record<string, number> = {};
    for (const { by, count } of file.deleted) {
      if (count === 0) continue;
      const key = by === 'unknown' ? 'unknown' : sessions.keyOf(by);
      deleted[key] = (deleted[key] ?? 0) + count;
      counts.deleted += count;
    }
    const tuples = [...groups.values()]
      .sort((a, b) => (a.lines[0] ?? 0) - (b.lines[0] ?? 0))
      .map(
        ({ who, lines }): RecordTuple =>
          who.edited ? [formatLineRanges(lines), who.who, 'edited'] : [formatLineRanges(lines), who.who],
      );
    if (tuples.length === 0 && Object.keys(deleted).length === 0) continue;
    files[file.path] = {
      ...(file.blob === undefined ? {} : { blob: file.blob }),
      ...(tuples.length === 0 ? {} : { lines: tuples }),
      ...(Object.keys(deleted).length === 0 ? {} : { deleted }),
      ...(file.isGitQuoted ? { pathEncoding: 'git' as const } : {}),
    };
  }
  const claimEntries: Record<string, Claim> = Object.fromEntries(
    Object.entries(claims.entries).map(([key, via]) => [key, { as: 'human', evidence: 'declared', via }]),
  );
  return {
    schema: 1,
    tool: 'countersign',
    ...(Object.keys(sessions.entries).length === 0 ? {} : { sessions: sessions.entries }),
    ...(Object.keys(claimEntries).length === 0 ? {} : { claims: claimEntries }),
    ...(Object.keys(files).length === 0 ? {} : { files }),
    counts,
    ...(derivedFrom.length === 0 ? {} : { derivedFrom: derivedFrom.slice(-mostDerivedFrom) }),
  };
}
