import type { LineOrigin } from '../attribution/lineClass';
import type { RepoPath, Sha } from '../brand';
import type { GitAiNote } from '../gitAi/parseGitAiNote';
import type { Session } from '../origin';
import { buildRecord } from '../record/buildRecord';
import type { LineRange } from '../record/lineRanges';
import type { CommitRecord } from '../record/record';

/** What a commit does to one file, by its own diff. */
export interface ForeignChange {
  readonly path: RepoPath;
  readonly blob: Sha | undefined;
  readonly isGitQuoted: boolean;
  /** Numbers of the added lines, 1-based, ascending. */
  readonly added: readonly number[];
  /** How many lines it removes. */
  readonly removed: number;
}

/** Lines of one file that somebody else knows. */
export interface SaidLines {
  readonly ranges: readonly LineRange[];
  readonly origin: LineOrigin;
}

/** What others say of a commit's lines: by path, of what overlaps the last counts. */
export type Said = (path: RepoPath) => readonly SaidLines[];

/**
 * The record that a commit would have by what others say of it: lines that `said` names, then `whole` for those that
 * nobody names, then unknown. Removed lines are `whole`'s, or unknown: no such format tells of them.
 */
export function foreignRecord(changes: readonly ForeignChange[], said: Said, whole: Session | undefined): CommitRecord {
  const rest: LineOrigin =
    whole === undefined ? { class: 'unknown', reason: 'no-record' } : { class: 'ai', session: whole };
  return buildRecord(
    changes.map(({ path, blob, isGitQuoted, added, removed }) => {
      const known = originsOf(added, said(path));
      return {
        path,
        blob,
        isGitQuoted,
        lines: added.map((line, index) => ({ line, origin: known[index] ?? rest })),
        deleted: [{ by: whole ?? ('unknown' as const), count: removed }],
      };
    }),
  );
}

/** For each of the lines (ascending) what was said of it last; time does not grow with how long the ranges are. */
export function originsOf(lines: readonly number[], said: readonly SaidLines[]): readonly (LineOrigin | undefined)[] {
  const origins: (LineOrigin | undefined)[] = new Array(lines.length).fill(undefined);
  // From each index the next one that is still open.
  const next = Array.from({ length: lines.length + 1 }, (_, index) => index);
  const open = (index: number): number => {
    let root = index;
    while ((next[root] ?? root) !== root) root = next[root] ?? root;
    for (let at = index; at !== root; ) {
      const step = next[at] ?? root;
      next[at] = root;
      at = step;
    }
    return root;
  };
  for (const { ranges, origin } of [...said].reverse()) {
    for (const { from, to } of ranges) {
      for (let at = open(firstAtLeast(lines, from)); at < lines.length && (lines[at] ?? 0) <= to; at = open(at)) {
        origins[at] = origin;
        next[at] = at + 1;
      }
    }
  }
  return origins;
}

function firstAtLeast(lines: readonly number[], wanted: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a note in git-ai's format says: its AI lines and its people's, both declared. Paths are compared composed. */
export function saidByGitAi(note: GitAiNote): Said {
  const byPath = new Map<string, SaidLines[]>();
  for (const [path, entries] of note.files) {
    const said = entries.flatMap(({ key, ranges }): SaidLines[] => {
      const author = note.authorOf(key);
      if (author === undefined) return [];
      if (author.kind === 'human') return [{ ranges, origin: { class: 'human', claim: 'import' } }];
      const { tool, model, session } = author;
      return [
        {
          ranges,
          origin: {
            class: 'ai',
            session: { tool, ...(model === undefined ? {} : { model }), session, kind: 'agent', evidence: 'declared' },
          },
        },
      ];
    });
    const name = path.normalize('NFC');
    byPath.set(name, [...(byPath.get(name) ?? []), ...said]);
  }
  return (path) => byPath.get(path.normalize('NFC')) ?? [];
}
