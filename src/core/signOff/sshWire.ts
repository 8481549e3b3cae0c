import { Buffer } from 'node:buffer';

/** What SSH's wire encoding (RFC 4251, section 5) says does not fit the bytes; caught where the reading began. */
export class WireError extends Error {}

/** Reads SSH's wire encoding from front to end; each read throws {@link WireError} when the bytes do not hold it. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  bytes(count: number): Buffer {
    if (count > this.#bytes.length - this.#at) throw new WireError(`ends ${count} bytes too early`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.bytes(1).readUInt8();
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE();
  }

  string(): Buffer {
    return this.bytes(this.uint32());
  }

  /** A string that must be printable ASCII, as every name in SSH is. */
  name(): string {
    const text = this.string().toString('latin1');
    if (!/^[\x21-\x7e]*$/.test(text)) throw new WireError('a name with other characters than ASCII');
    return text;
  }

  /** A positive multiple-precision integer, big-endian, without leading zeros. */
  positive(): Buffer {
    const bytes = this.string();
    if (bytes.length === 0 || bytes.readUInt8() >= 0x80) throw new WireError('a number that is not positive');
    const digits = bytes.findIndex((byte) => byte !== 0);
    if (digits < 0) throw new WireError('a number that is not positive');
    return bytes.subarray(digits);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new WireError(`${this.#bytes.length - this.#at} bytes too many`);
  }
}

/** The encoding of a string: its length and its bytes. */
export function wireString(bytes: Uint8Array | string): Buffer {
  const content = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
