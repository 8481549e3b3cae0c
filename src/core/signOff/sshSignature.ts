/*
 * SSH signatures as `ssh-keygen -Y sign` makes them. Source: OpenSSH PROTOCOL.sshsig, and for keys in a hardware token
 * PROTOCOL.u2f.
 *
 *   blob       = "SSHSIG" uint32(1) string(public key) string(namespace) string(reserved) string(hash) string(signature)
 *   signed     = "SSHSIG" string(namespace) string(reserved) string(hash) string(H(message))
 *   signature  = string(algorithm) string(bytes) [byte(flags) uint32(counter)]          flags, counter: hardware keys
 *   hardware keys sign SHA-256(application) flags counter SHA-256(signed)
 */
import { Buffer } from 'node:buffer';
import { createHash, verify } from 'node:crypto';
import type { EcdsaCurve, KeyLookup, SshPublicKey } from './sshPublicKey';
import { parsePublicKey, toKeyObject } from './sshPublicKey';
import { WireError, WireReader, wireString } from './sshWire';

/** What a hardware token says about how it signed. */
export interface HardwareProof {
  /** Somebody touched it. */
  readonly userPresent: boolean;
  /** It checked a PIN or a finger. */
  readonly userVerified: boolean;
  readonly counter: number;
  /** The whole byte that was signed; its other bits mean nothing to us. */
  readonly flags: number;
}

/** A parsed signature. Nothing about it is proven. */
export interface SshSignature {
  readonly key: SshPublicKey;
  readonly namespace: string;
  readonly reserved: Uint8Array;
  readonly hash: 'sha256' | 'sha512';
  readonly algorithm: string;
  readonly bytes: Uint8Array;
  readonly hardware?: HardwareProof;
}

/** Why a signature does not hold. `unsupported`: certificates, and algorithms that we do not check. */
export type SignatureFault = 'malformed' | 'unsupported' | 'wrong-namespace' | 'bad-signature';

/** A signature's fault, with its particulars. */
export interface BadSignature {
  readonly kind: 'invalid';
  readonly reason: SignatureFault;
  readonly detail: string;
}

const magic = 'SSHSIG';
const armourPattern = /^\s*-----BEGIN SSH SIGNATURE-----([A-Za-z0-9+/=\s]*)-----END SSH SIGNATURE-----\s*$/;

/** Reads an armoured signature or its bare blob. Never throws. */
export function parseSshSignature(
  bytes: Uint8Array,
): { readonly kind: 'parsed'; readonly signature: SshSignature } | BadSignature {
  try {
    return readSignature(unarmour(bytes));
  } catch (error) {
    if (error instanceof WireError) return invalid('malformed', error.message);
    throw error;
  }
}

function unarmour(bytes: Uint8Array): Uint8Array {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (raw.subarray(0, magic.length).equals(Buffer.from(magic))) return raw;
  const match = armourPattern.exec(raw.toString('latin1'));
  const base64 = match?.[1]?.replace(/\s/g, '') ?? '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) throw new WireError('not an SSH signature');
  return Buffer.from(base64, 'base64');
}

function readSignature(blob: Uint8Array): ReturnType<typeof parseSshSignature> {
  const wire = new WireReader(blob);
  if (wire.bytes(magic.length).toString('latin1') !== magic) throw new WireError('not an SSH signature');
  const version = wire.uint32();
  if (version !== 1) return invalid('unsupported', `version ${version}`);
  const parsedKey = parsePublicKey(wire.string());
  const namespace = wire.string().toString('utf8');
  const reserved = wire.string();
  const hash = wire.name();
  const inner = new WireReader(wire.string());
  wire.end();
  if (parsedKey.kind === 'malformed') return invalid('malformed', parsedKey.problem);
  if (parsedKey.kind === 'unsupported') {
    const isCertificate = /-cert-v0\d@openssh\.com$/.test(parsedKey.type);
    return invalid('unsupported', isCertificate ? `certificate (${parsedKey.type})` : `key type ${parsedKey.type}`);
  }
  if (hash !== 'sha256' && hash !== 'sha512') return invalid('unsupported', `hash ${hash}`);

  const { key } = parsedKey;
  const algorithm = inner.name();
  const bytes = inner.string();
  const isHardware = key.material.kind !== 'rsa' && key.material.application !== undefined;
  const hardware = isHardware ? readProof(inner) : undefined;
  inner.end();
  if (!algorithmsOf(key).includes(algorithm)) return invalid('unsupported', `algorithm ${algorithm} for ${key.type}`);
  const signature = { key, namespace, reserved, hash, algorithm, bytes, ...(hardware && { hardware }) } as const;
  return { kind: 'parsed', signature };
}

function readProof(wire: WireReader): HardwareProof {
  const flags = wire.byte();
  return { userPresent: (flags & 1) !== 0, userVerified: (flags & 4) !== 0, counter: wire.uint32(), flags };
}

function algorithmsOf(key: SshPublicKey): readonly string[] {
  // `ssh-rsa` as a signature algorithm is SHA-1: forgeable, and OpenSSH does not take it here either.
  return key.material.kind === 'rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [key.type];
}

/**
 * Whether the signature's own key signed `message` for `namespace`. Says nothing about whose key that is. Never throws.
 */
export function verifySshSignature(
  signature: Uint8Array,
  message: Uint8Array,
  namespace: string,
  lookUpKey: KeyLookup = toKeyObject,
): { readonly kind: 'valid'; readonly signature: SshSignature } | BadSignature {
  const parsed = parseSshSignature(signature);
  if (parsed.kind === 'invalid') return parsed;
  if (parsed.signature.namespace !== namespace) return invalid('wrong-namespace', parsed.signature.namespace);
  try {
    if (isSignedBy(parsed.signature, message, lookUpKey)) return { kind: 'valid', signature: parsed.signature };
    return invalid('bad-signature', 'the key did not sign this');
  } catch (error) {
    if (error instanceof WireError) return invalid('malformed', error.message);
    throw error;
  }
}

const curves: Readonly<Record<EcdsaCurve, { readonly hash: string; readonly bytes: number }>> = {
  nistp256: { hash: 'sha256', bytes: 32 },
  nistp384: { hash: 'sha384', bytes: 48 },
  nistp521: { hash: 'sha512', bytes: 66 },
};

function isSignedBy(signature: SshSignature, message: Uint8Array, lookUpKey: KeyLookup): boolean {
  const key = lookUpKey(signature.key);
  if (key === undefined) return false;
  const signed = signedBytes(signature, message);
  const { material } = signature.key;
  switch (material.kind) {
    case 'ed25519':
      return signature.bytes.length === 64 && verify(null, signed, key, signature.bytes);
    case 'ecdsa': {
      const { hash, bytes } = curves[material.curve];
      return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, ecdsaPair(signature.bytes, bytes));
    }
    case 'rsa': {
      // Some signers leave out leading zeros; OpenSSH puts them back too.
      const size = material.modulus.length;
      if (signature.bytes.length > size) return false;
      const padded = Buffer.concat([Buffer.alloc(size - signature.bytes.length), signature.bytes]);
      return verify(signature.algorithm === 'rsa-sha2-512' ? 'sha512' : 'sha256', signed, key, padded);
    }
  }
}

function ecdsaPair(bytes: Uint8Array, size: number): Buffer {
  const wire = new WireReader(bytes);
  const pair = [wire.positive(), wire.positive()];
  wire.end();
  return Buffer.concat(
    pair.flatMap((number) => {
      if (number.length > size) throw new WireError('a number larger than the curve');
      return [Buffer.alloc(size - number.length), number];
    }),
  );
}

function signedBytes({ key, namespace, reserved, hash, hardware }: SshSignature, message: Uint8Array): Buffer {
  const digest = createHash(hash).update(message).digest();
  const signed = [
    Buffer.from(magic),
    wireString(namespace),
    wireString(reserved),
    wireString(hash),
    wireString(digest),
  ];
  const application = key.material.kind === 'rsa' ? undefined : key.material.application;
  if (application === undefined || hardware === undefined) return Buffer.concat(signed);
  const counter = Buffer.alloc(5);
  counter.writeUInt8(hardware.flags);
  counter.writeUInt32BE(hardware.counter, 1);
  return Buffer.concat([sha256(application), counter, sha256(Buffer.concat(signed))]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function invalid(reason: SignatureFault, detail: string): BadSignature {
  return { kind: 'invalid', reason, detail };
}
