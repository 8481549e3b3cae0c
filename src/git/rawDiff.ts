import type { RepoPath, Sha } from '../core/brand';
import { isZeroSha } from '../core/brand';
import { ToolError } from '../core/errors';
import { repoPathOfBytes } from './repoPath';

/** Added, modified, deleted, renamed, or of another type (file, symbolic link, submodule). */
export type ChangeStatus = 'A' | 'M' | 'D' | 'R' | 'T';

/** One path that differs between two trees. */
export interface NameChange {
  readonly status: ChangeStatus;
  /** The path afterwards; for `D` the one that is gone. */
  readonly path: RepoPath;
  /** The path before, of a renamed file. */
  readonly oldPath: RepoPath | undefined;
  /** As git writes them: `100644`, `100755`, `120000`, `160000`; `undefined` where there is no file. */
  readonly oldMode: string | undefined;
  readonly newMode: string | undefined;
  readonly oldOid: Sha | undefined;
  readonly newOid: Sha | undefined;
}

/** Where reading of a diff stands. */
export interface RawCursor {
  readonly bytes: Buffer;
  at: number;
}

/**
 * Reads `--raw -z --no-abbrev` records at the cursor (git's Documentation/diff-format):
 *
 *     record := ':' mode SP mode SP oid SP oid SP status NUL path NUL (path NUL)?
 *
 * Unmerged entries, which no commit can hold, are left out.
 */
export function takeRawChanges(cursor: RawCursor): NameChange[] {
  const { bytes } = cursor;
  const changes: NameChange[] = [];
  while (bytes[cursor.at] === 0x3a) {
    const [oldMode, newMode, oldOid, newOid, score] = takeField(cursor).toString('latin1', 1).split(' ');
    const letter = score?.charAt(0);
    const first = takeField(cursor);
    const second = letter === 'R' || letter === 'C' ? takeField(cursor) : undefined;
    if (letter === 'U') continue;
    if (!isChangeStatus(letter)) throw new ToolError('git-failed', 'git gave a difference that is not understood.');
    changes.push({
      status: letter,
      path: repoPathOfBytes(second ?? first),
      oldPath: second === undefined ? undefined : repoPathOfBytes(first),
      oldMode: oldMode === '000000' ? undefined : oldMode,
      newMode: newMode === '000000' ? undefined : newMode,
      oldOid: oldOid === undefined || isZeroSha(oldOid) ? undefined : (oldOid as Sha),
      newOid: newOid === undefined || isZeroSha(newOid) ? undefined : (newOid as Sha),
    });
  }
  return changes;
}

function isChangeStatus(letter: string | undefined): letter is ChangeStatus {
  return letter !== undefined && 'AMDRT'.includes(letter);
}

function takeField(cursor: RawCursor): Buffer {
  const end = cursor.bytes.indexOf(0, cursor.at);
  if (end < 0) throw new ToolError('git-failed', 'A difference from git ends in the middle.');
  const field = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end + 1;
  return field;
}
