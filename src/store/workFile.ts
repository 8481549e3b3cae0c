import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';

/** A file of the work tree as it lies on disk. */
export type WorkFile =
  | { readonly kind: 'found'; readonly bytes: Buffer }
  | { readonly kind: 'gone' }
  /** There is something, but no file whose text is followed: a folder, a link, a pipe, too large, or not readable. */
  | { readonly kind: 'not-followed' };

/** Larger files are not followed: their text is no code that anybody reads. */
const mostBytes = 50 * 1024 * 1024;

/** Reads a plain file without following a link at its end. */
export function readWorkFile(path: string | Buffer): WorkFile {
  try {
    if (!lstatSync(path).isFile()) return { kind: 'not-followed' };
  } catch (error) {
    return isAbsent(error) ? { kind: 'gone' } : { kind: 'not-followed' };
  }
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return isAbsent(error) ? { kind: 'gone' } : { kind: 'not-followed' };
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.size > mostBytes) return { kind: 'not-followed' };
    return { kind: 'found', bytes: readFileSync(descriptor) };
  } catch {
    return { kind: 'not-followed' };
  } finally {
    closeSync(descriptor);
  }
}

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
