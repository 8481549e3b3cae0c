/**
 * The bytes of a path in a repository, and their form as text.
 *
 *     text   := utf8 | quoted            ; quoted (core/quotedPath) where the bytes are not UTF-8
 *
 * Each byte outside printable ASCII, `"` and `\` is escaped. So that no two paths share a text, a UTF-8 path that is itself
 * a well-formed quoted text is quoted too.
 * Law: bytesOfRepoPath(repoPathOfBytes(b)) = b for all b.
 */
import type { RepoPath } from '../core/brand';
import { escapeLetters, isQuotedPath, unquoteBytes } from '../core/quotedPath';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The path of these bytes. */
export function repoPathOfBytes(bytes: Buffer): RepoPath {
  const text = strictUtf8(bytes);
  return (text === undefined || isQuotedPath(text) ? quoteBytes(bytes) : text) as RepoPath;
}

/** The bytes that git knows the path by. */
export function bytesOfRepoPath(path: RepoPath): Buffer {
  return unquoteBytes(path) ?? Buffer.from(path, 'utf8');
}

/** Whether the path stands in git's quoting, as one does whose bytes are not UTF-8 (`"pathEncoding":"git"`). */
export function isQuotedRepoPath(path: RepoPath): boolean {
  return isQuotedPath(path);
}

/** What names this path and no other to git, from wherever it is run; not for one that {@link isQuotedRepoPath}. */
export function literalPathspec(path: RepoPath): string {
  return `:(top,literal)${bytesOfRepoPath(path).toString('utf8')}`;
}

/** The bytes in git's quoting, between double quotes. */
export function quoteBytes(bytes: Buffer): string {
  let text = '"';
  for (const byte of bytes) {
    const letter = escapeLetters.get(byte);
    if (letter !== undefined) text += `\\${letter}`;
    else if (byte < 0x20 || byte > 0x7e) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return `${text}"`;
}

function strictUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    // Thrown for bytes that are not UTF-8, and for nothing else.
    return undefined;
  }
}
