/**
 * The bytes of a path in a repository, and their form as text.
 *
 *     text   := utf8 | quoted            ; quoted where the bytes are not UTF-8
 *     quoted := '"' (plain | '\' escape)* '"'
 *     escape := [abtnvfr"\\] | octal octal octal
 *
 * Quoting is git's (quote.c) with `core.quotePath=true`: each byte outside printable ASCII, `"` and `\` is escaped. So
 * that no two paths share a text, a UTF-8 path that is itself a well-formed quoted text is quoted too.
 * Law: bytesOfRepoPath(repoPathOfBytes(b)) = b for all b.
 */
import type { RepoPath } from '../core/brand';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const wellFormed = /^"(?:[^"\\\x00-\x1f\x7f-\uffff]|\\(?:[abtnvfr"\\]|[0-3][0-7]{2}))*"$/;
const letters = new Map([
  [7, 'a'],
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [11, 'v'],
  [12, 'f'],
  [13, 'r'],
  [34, '"'],
  [92, '\\'],
]);
const bytesOfLetters = new Map([...letters].map(([byte, letter]) => [letter, byte]));

/** The path of these bytes. */
export function repoPathOfBytes(bytes: Buffer): RepoPath {
  const text = strictUtf8(bytes);
  return (text === undefined || wellFormed.test(text) ? quoteBytes(bytes) : text) as RepoPath;
}

/** The bytes that git knows the path by. */
export function bytesOfRepoPath(path: RepoPath): Buffer {
  return unquoteBytes(path) ?? Buffer.from(path, 'utf8');
}

/** Whether the path stands in git's quoting, as one does whose bytes are not UTF-8 (`"pathEncoding":"git"`). */
export function isQuotedRepoPath(path: RepoPath): boolean {
  return wellFormed.test(path);
}

/** The bytes in git's quoting, between double quotes. */
export function quoteBytes(bytes: Buffer): string {
  let text = '"';
  for (const byte of bytes) {
    const letter = letters.get(byte);
    if (letter !== undefined) text += `\\${letter}`;
    else if (byte < 0x20 || byte > 0x7e) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return `${text}"`;
}

/** The bytes of a text in git's quoting; `undefined` when it is none. */
export function unquoteBytes(text: string): Buffer | undefined {
  if (!wellFormed.test(text)) return undefined;
  const latin1 = text.slice(1, -1).replace(/\\(?:([abtnvfr"\\])|([0-7]{3}))/g, (_, letter?: string, octal?: string) => {
    const byte = letter === undefined ? Number.parseInt(octal ?? '', 8) : (bytesOfLetters.get(letter) ?? 0);
    return String.fromCharCode(byte);
  });
  return Buffer.from(latin1, 'latin1');
}

function strictUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    // Thrown for bytes that are not UTF-8, and for nothing else.
    return undefined;
  }
}
