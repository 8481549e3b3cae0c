/**
 * A pack of whole objects (git's Documentation/gitformat-pack):
 *
 *     pack   := 'PACK' version:4 count:4 object* digest
 *     object := size-and-type zlib(content)
 *
 * The digest is that of all before it, by the repository's hash function.
 */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { ObjectType } from './objectReader';

/** An object to be stored. */
export interface NewObject {
  readonly type: ObjectType;
  readonly data: Buffer;
}

const typeNumbers: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** The pack that holds `objects`. */
export function formatPack(objects: readonly NewObject[], objectFormat: 'sha1' | 'sha256'): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK', 'latin1');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([
    head,
    ...objects.flatMap(({ type, data }) => [objectHead(type, data), deflateSync(data)]),
  ]);
  return Buffer.concat([body, createHash(objectFormat).update(body).digest()]);
}

/** Four bits of size beside the type, then seven a byte, the lowest first; the top bit says that more follow. */
function objectHead(type: ObjectType, { length }: Buffer): Buffer {
  const bytes: number[] = [];
  let byte = (typeNumbers[type] << 4) | (length & 15);
  // Not by shifts, which are of 32 bits.
  for (let rest = Math.floor(length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 0x80);
    byte = rest % 128;
  }
  bytes.push(byte);
  return Buffer.from(bytes);
}
