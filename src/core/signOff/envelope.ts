/*
 * A signed event is a DSSE envelope (secure-systems-lab/dsse, envelope.md and protocol.md) on one line:
 *
 *   {"payload":<base64>,"payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"SHA256:...","sig":<base64>}]}
 *
 * `sig` is the base64 of what `ssh-keygen -Y sign -n countersign` wrote for PAE(payloadType, payload), armour included,
 * so that it can be checked by hand; the bare blob is read too. `keyid` is a hint for people: nobody trusts it.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { encodeCanonicalJson } from '../canonicalJson';
import type { Decoded, DecodeProblem } from './decodeProblem';
import { MemberReader } from './memberReader';
import type { EventId } from './statement';
import { statementLimits } from './statement';

/** The `payloadType` of each event. */
export const payloadType = 'application/vnd.in-toto+json';

/** The SSH signature namespace of each event. */
export const signatureNamespace = 'countersign';

/** One signature of an envelope. */
export interface EnvelopeSignature {
  /** Fingerprint of the key as the writer says. */
  readonly keyid: string;
  /** The SSH signature, armoured or bare. */
  readonly sig: Uint8Array;
}

/** An event as it stands in a note: its signature may be anybody's. */
export interface Envelope {
  readonly id: EventId;
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
}

const signaturesAtMost = 4;
const signatureBytesAtMost = 32 * 1024;
const lineLengthAtMost =
  Math.ceil((statementLimits.payloadBytes * 4) / 3) + signaturesAtMost * signatureBytesAtMost * 2;

/** The bytes that are signed: DSSE's pre-authentication encoding of the payload. */
export function preAuthenticationEncoding(payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
}

/** SHA-256 of the payload in hex. */
export function eventId(payload: Uint8Array): EventId {
  return createHash('sha256').update(payload).digest('hex');
}

/** The envelope as one line of canonical JSON, without a line end. */
export function encodeEnvelope(payload: Uint8Array, signatures: readonly EnvelopeSignature[]): string {
  return encodeCanonicalJson({
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: Buffer.from(sig).toString('base64') })),
  });
}

/** Reads one line of a note. Never throws; says nothing about who signed. */
export function decodeEnvelope(line: string): Decoded<Envelope> {
  const problems: DecodeProblem[] = [];
  const json = parse(line, problems);
  if (problems.length > 0) return { kind: 'malformed', problems };
  const top = new MemberReader('$', json, problems);
  if (problems.length > 0) return { kind: 'malformed', problems };
  top.literal('payloadType', [payloadType]);
  const payload = decodeBase64(top, 'payload', statementLimits.payloadBytes);
  const signatures = top.list('signatures', signaturesAtMost).map((value, at) => {
    const signature = new MemberReader(`$.signatures[${at}]`, value, problems);
    return {
      keyid: signature.has('keyid') ? signature.matching('keyid', /^[\x20-\x7e]{0,200}$/, 'a key id') : '',
      sig: decodeBase64(signature, 'sig', signatureBytesAtMost),
    };
  });
  if (signatures.length === 0) top.report('signatures', 'there is none');
  if (problems.length > 0) return { kind: 'malformed', problems };
  return { kind: 'decoded', value: { id: eventId(payload), payload, signatures } };
}

function parse(line: string, problems: DecodeProblem[]): unknown {
  try {
    if (line.length <= lineLengthAtMost) return JSON.parse(line);
    problems.push({ path: '$', problem: `longer than ${lineLengthAtMost} characters` });
  } catch (error) {
    problems.push({ path: '$', problem: error instanceof Error ? error.message : 'not JSON' });
  }
  return undefined;
}

/** DSSE allows both alphabets of base64; what Node's decoder would skip silently is a problem here. */
function decodeBase64(from: MemberReader, name: string, bytesAtMost: number): Uint8Array {
  const text = from.matching(name, /^[A-Za-z0-9+/_-]+={0,2}$/, 'base64');
  const bytes = Buffer.from(text, 'base64');
  const digits = text.replace(/=+$/, '').length;
  if (bytes.length !== Math.floor((digits * 3) / 4) || digits % 4 === 1) from.report(name, 'not base64');
  if (bytes.length > bytesAtMost) from.report(name, `more than ${bytesAtMost} bytes`);
  return bytes;
}
