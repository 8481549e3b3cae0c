import { createHash } from 'node:crypto';
import type { Sha } from '../brand';

/** The hash a repository names its objects with. */
export type ObjectFormat = 'sha1' | 'sha256';

/** Id of a normalised text: what git would call a blob of its UTF-8 bytes (gitformat: `blob <size>\0<bytes>`). */
export type TextId = Sha;

/** Text without a byte order mark and with LF as the only line end, the form in which all attribution is kept. */
export function normaliseText(text: string): string {
  const withoutBom = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return withoutBom.includes('\r') ? withoutBom.replace(/\r\n?/g, '\n') : withoutBom;
}

/** The text of a file's bytes: UTF-8, or Latin-1 where they are not valid UTF-8; not yet normalised. */
export function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}

/** {@link decodeBytes}, then {@link normaliseText}. */
export function textOfBytes(bytes: Uint8Array): string {
  return normaliseText(decodeBytes(bytes));
}

/** Id of a text that is normalised already. */
export function textIdOf(normalised: string, format: ObjectFormat = 'sha1'): TextId {
  const bytes = Buffer.from(normalised, 'utf8');
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest('hex') as TextId;
}

/** Whether git would treat the bytes as binary: a NUL among the first 8000, as in git's `buffer_is_binary`. */
export function isBinary(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, 8000);
  for (let index = 0; index < end; index++) if (bytes[index] === 0) return true;
  return false;
}
