/*
 * SSH public keys as blobs (RFC 4253 section 6.6, RFC 5656, RFC 8709, OpenSSH PROTOCOL.u2f) and as lines
 * (`type base64 comment`).
 */
import { Buffer } from 'node:buffer';
import type { KeyObject } from 'node:crypto';
import { createHash, createPublicKey } from 'node:crypto';
import { WireError, WireReader } from './sshWire';

/** The elliptic curves that OpenSSH signs with. */
export type EcdsaCurve = 'nistp256' | 'nistp384' | 'nistp521';

/** A public key that can check signatures. `application` is there for keys in a hardware token (FIDO). */
export interface SshPublicKey {
  /** Its type as SSH names it: `ssh-ed25519`, `sk-ssh-ed25519@openssh.com`. */
  readonly type: string;
  readonly blob: Uint8Array;
  readonly material:
    | { readonly kind: 'ed25519'; readonly point: Uint8Array; readonly application?: Uint8Array }
    | {
        readonly kind: 'ecdsa';
        readonly curve: EcdsaCurve;
        readonly point: Uint8Array;
        readonly application?: Uint8Array;
      }
    | { readonly kind: 'rsa'; readonly exponent: Uint8Array; readonly modulus: Uint8Array };
}

/** A key that could be read, or why not; `unsupported` is well formed as far as we know, but we cannot check with it. */
export type ParsedKey =
  | { readonly kind: 'key'; readonly key: SshPublicKey }
  | { readonly kind: 'unsupported'; readonly type: string }
  | { readonly kind: 'malformed'; readonly problem: string };

/** RSA keys below are refused: OpenSSH makes none, and takes none for logins. */
const rsaBitsAtLeast = 2048;
/** Far above what anybody uses; keeps a hostile key from costing time. */
const rsaBitsAtMost = 16_384;

const ecdsaTypes: Readonly<Record<string, EcdsaCurve>> = {
  'ecdsa-sha2-nistp256': 'nistp256',
  'ecdsa-sha2-nistp384': 'nistp384',
  'ecdsa-sha2-nistp521': 'nistp521',
};

const pointBytes: Readonly<Record<EcdsaCurve, number>> = { nistp256: 65, nistp384: 97, nistp521: 133 };

/** Reads a key's blob. Never throws. */
export function parsePublicKey(blob: Uint8Array): ParsedKey {
  try {
    const wire = new WireReader(blob);
    const type = wire.name();
    const material = readMaterial(type, wire);
    if (material === undefined) return { kind: 'unsupported', type };
    wire.end();
    return { kind: 'key', key: { type, blob, material } };
  } catch (error) {
    if (error instanceof WireError) return { kind: 'malformed', problem: error.message };
    throw error;
  }
}

function readMaterial(type: string, wire: WireReader): SshPublicKey['material'] | undefined {
  if (type === 'ssh-ed25519') return { kind: 'ed25519', point: readEd25519(wire) };
  if (type === 'sk-ssh-ed25519@openssh.com') {
    return { kind: 'ed25519', point: readEd25519(wire), application: wire.string() };
  }
  if (type === 'sk-ecdsa-sha2-nistp256@openssh.com') {
    return { kind: 'ecdsa', curve: 'nistp256', point: readPoint('nistp256', wire), application: wire.string() };
  }
  if (type === 'ssh-rsa') {
    const exponent = wire.positive();
    const modulus = wire.positive();
    const bits = modulus.length * 8;
    if (bits < rsaBitsAtLeast || bits > rsaBitsAtMost) throw new WireError(`an RSA key of about ${bits} bits`);
    return { kind: 'rsa', exponent, modulus };
  }
  const curve = Object.hasOwn(ecdsaTypes, type) ? ecdsaTypes[type] : undefined;
  return curve && { kind: 'ecdsa', curve, point: readPoint(curve, wire) };
}

function readEd25519(wire: WireReader): Uint8Array {
  const point = wire.string();
  if (point.length !== 32) throw new WireError('an Ed25519 key of another length than 32 bytes');
  return point;
}

function readPoint(curve: EcdsaCurve, wire: WireReader): Uint8Array {
  if (wire.name() !== curve) throw new WireError('a key whose type and curve differ');
  const point = wire.string();
  if (point.length !== pointBytes[curve] || point[0] !== 4) throw new WireError('not an uncompressed point');
  return point;
}

/**
 * The first key in a line of a `.pub` file or behind the options of an allowed signers line: `type base64 [comment]`.
 * Never throws; a line whose type is not that of its blob is malformed.
 */
export function parsePublicKeyLine(line: string): ParsedKey & { readonly comment: string } {
  const match = /^[ \t]*([\x21-\x7e]{1,100})[ \t]+([A-Za-z0-9+/]{4,30000}={0,2})(?:[ \t]+([^\n\r]*))?[\r\n]*$/.exec(
    line,
  );
  if (match === null) return { kind: 'malformed', problem: 'not `type base64 comment`', comment: '' };
  const comment = (match[3] ?? '').trim();
  const blob = Buffer.from(match[2] ?? '', 'base64');
  const parsed = parsePublicKey(blob);
  const type = parsed.kind === 'key' ? parsed.key.type : parsed.kind === 'unsupported' ? parsed.type : match[1];
  if (type !== match[1]) return { kind: 'malformed', problem: 'the type is not that of the key', comment };
  return { ...parsed, comment };
}

/** `type base64`, with the comment where there is one. */
export function formatPublicKeyLine(key: SshPublicKey, comment = ''): string {
  return `${key.type} ${Buffer.from(key.blob).toString('base64')}${comment === '' ? '' : ` ${comment}`}`;
}

/** The fingerprint as `ssh-keygen -l` prints it: `SHA256:` and base64 without padding. */
export function fingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Gives the key for `node:crypto`; see {@link toKeyObject}. */
export type KeyLookup = (key: SshPublicKey) => KeyObject | undefined;

const rememberedAtMost = 1000;

/** A lookup that makes each key once: making one takes as long as checking a signature with it. */
export function rememberingKeys(): KeyLookup {
  const known = new Map<string, KeyObject | undefined>();
  return (key) => {
    const name = Buffer.from(key.blob).toString('latin1');
    if (known.has(name)) return known.get(name);
    const made = toKeyObject(key);
    if (known.size < rememberedAtMost) known.set(name, made);
    return made;
  };
}

/** DER of a SubjectPublicKeyInfo up to the key itself (RFC 8410, RFC 5480). */
const spkiPrefix = {
  ed25519: '302a300506032b6570032100',
  nistp256: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  nistp384: '3076301006072a8648ce3d020106052b81040022036200',
  nistp521: '30819b301006072a8648ce3d020106052b8104002303818600',
} as const;

/** The key for `node:crypto`, or `undefined` when its numbers are no key (a point off the curve). */
export function toKeyObject({ material }: SshPublicKey): KeyObject | undefined {
  try {
    if (material.kind === 'rsa') {
      const [n, e] = [material.modulus, material.exponent].map((part) => Buffer.from(part).toString('base64url'));
      return createPublicKey({ key: { kty: 'RSA', n: n ?? '', e: e ?? '' }, format: 'jwk' });
    }
    const prefix = spkiPrefix[material.kind === 'ed25519' ? 'ed25519' : material.curve];
    const der = Buffer.concat([Buffer.from(prefix, 'hex'), material.point]);
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    // node:crypto has a code for each way in which numbers can fail to be a key; to us they are one.
    return undefined;
  }
}
