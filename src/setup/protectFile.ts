import { join } from 'node:path';
import type { Sha } from '../core/brand';

/*
 * `<common dir>/countersign/protect`: which refs a push has to be judged for, so that `pre-push` lets any other go
 * without waiting for a program. Three parts with an empty line between:
 *
 * - `<remote> <content> <ref>`: what says which commit a remote's default branch is, as followed here: an id, `ref: <ref>`
 *   of a symbolic one, or `-` where there is none; a push to a remote without a line, or while one of its refs holds
 *   something else, is judged
 * - patterns of the shell's `case` for full ref names; `*` also matches `/`, so they cover at least what the globs of the
 *   policies do
 * - ids of the commits whose policies were read; a ref that holds another one on the remote is judged
 *
 * Absent: every push is judged.
 */

/** Where it is, below the common git directory. */
export const protectFile = join('countersign', 'protect');

/** A ref and what it has to hold for the default branch of a remote to be what it was. */
export interface HomeRef {
  readonly remote: string;
  readonly ref: string;
  /** An id, or `ref: ` and the ref that a symbolic one stands for; absent where the ref is. */
  readonly content: string | undefined;
}

/** What the file is made from. */
export interface ProtectFacts {
  /** The local refs from which each remote's default branch follows. */
  readonly homes: readonly HomeRef[];
  /**
   * `protect` entries of all policies that were read: one that begins with `refs/` is about full names, any other about
   * branches. What the shell could read differently covers every ref.
   */
  readonly protect: readonly string[];
  readonly tips: readonly Sha[];
}

/** The file's text. */
export function formatProtectFile({ homes, protect, tips }: ProtectFacts): string {
  const patterns = protect.map((entry) => covering(entry.startsWith('refs/') ? entry : `refs/heads/${entry}`));
  const parts = [homes.map(({ remote, ref, content = '-' }) => `${remote} ${content} ${ref}`), patterns, tips];
  return parts.map(asLines).join('\n');
}

function asLines(lines: readonly string[]): string {
  return [...new Set(lines)]
    .sort()
    .map((line) => `${line}\n`)
    .join('');
}

/** Each `*`, with the `/` around it, may stand for anything; so may a `?`, of which a shell may need one a byte, and the rest of a name from a `[` on. */
function covering(glob: string): string {
  if (!/^[A-Za-z0-9._/@+=,%#!^*?[\]-]+$/.test(glob)) return '*';
  return glob
    .replace(/\[.*$/, '*')
    .replaceAll('?', '*')
    .replace(/\/?\*+\/?/g, '*')
    .replace(/\*+/g, '*');
}
