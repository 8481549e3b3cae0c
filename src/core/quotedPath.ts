/**
 * Git's quoting of paths (quote.c, `core.quotePath=true`), in which a path stands that is not UTF-8:
 *
 *     quoted := '"' (plain | '\' escape)* '"'
 *     escape := [abtnvfr"\\] | octal octal octal
 */
import { Buffer } from 'node:buffer';
import { decodeBytes } from './text/textId';

const wellFormed = /^"(?:[^"\\\x00-\x1f\x7f-\uffff]|\\(?:[abtnvfr"\\]|[0-3][0-7]{2}))*"$/;

/** The letters that stand for single bytes behind a `\`. */
export const escapeLetters: ReadonlyMap<number, string> = new Map([
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
const bytesOfLetters = new Map([...escapeLetters].map(([byte, letter]) => [letter, byte]));

/** Whether the text is in git's quoting. */
export function isQuotedPath(text: string): boolean {
  return wellFormed.test(text);
}

/** The bytes of a text in git's quoting; `undefined` when it is none. */
export function unquoteBytes(text: string): Buffer | undefined {
  if (!isQuotedPath(text)) return undefined;
  const latin1 = text.slice(1, -1).replace(/\\(?:([abtnvfr"\\])|([0-7]{3}))/g, (_, letter?: string, octal?: string) => {
    const byte = letter === undefined ? Number.parseInt(octal ?? '', 8) : (bytesOfLetters.get(letter) ?? 0);
    return String.fromCharCode(byte);
  });
  return Buffer.from(latin1, 'latin1');
}

/** The path as a pattern sees it: its own folders and characters, whatever quoting it stands in; Latin-1 where it is not UTF-8. */
export function plainPath(path: string): string {
  const bytes = unquoteBytes(path);
  return bytes === undefined ? path : decodeBytes(bytes);
}
