import type { AllowedSigners, FoundSigner } from './allowedSigners';
import { findSigner } from './allowedSigners';
import type { DecodeProblem } from './decodeProblem';
import type { Envelope, EnvelopeSignature } from './envelope';
import { decodeEnvelope, preAuthenticationEncoding, signatureNamespace } from './envelope';
import type { LoggedEvent } from './eventLog';
import type { KeyLookup } from './sshPublicKey';
import { fingerprint } from './sshPublicKey';
import type { HardwareProof, SignatureFault } from './sshSignature';
import { verifySshSignature } from './sshSignature';
import type { EventId, SignOffEventKind, SignOffStatement } from './statement';
import { decodeStatement } from './statementCodec';

/** Whose roster counts, and when. */
export interface VerifyContext {
  /** The signers file at the policy tip. */
  readonly allowedSigners: AllowedSigners;
  /** Milliseconds since 1970. The time that a statement claims for itself is never taken instead. */
  readonly now: number;
  /** `rememberingKeys()`, kept by whoever verifies many events. */
  readonly lookUpKey?: KeyLookup;
}

/** Why a signature proves nothing: it is none of that key, or the key is nobody's, or somebody else's. */
export type UnprovenReason = SignatureFault | Exclude<FoundSigner['kind'], 'found'> | 'other-principal';

/** Whether an event is its principal's. */
export type SignatureStatus =
  | {
      readonly kind: 'valid';
      /** As the statement writes it; equal without case to one that the signers file gives the key. */
      readonly principal: string;
      readonly fingerprint: string;
      /** The key's type, for policies that ask for hardware. */
      readonly keyType: string;
      readonly hardware?: HardwareProof;
    }
  | {
      readonly kind: 'invalid';
      readonly reason: UnprovenReason;
      readonly detail: string;
      /** Of the key that signed; absent when none did. */
      readonly fingerprint?: string;
    };

/** A line of a note, as far as it could be understood. */
export type VerifiedEvent =
  | {
      readonly kind: 'event';
      readonly id: EventId;
      readonly event: SignOffEventKind;
      readonly statement: SignOffStatement;
      readonly signature: SignatureStatus;
    }
  | {
      readonly kind: 'malformed';
      /** Known once the envelope could be read. */
      readonly id?: EventId;
      readonly problems: readonly DecodeProblem[];
    };

/**
 * Reads one line of a sign-off note and proves who signed it, by the key alone: neither the envelope's `keyid` nor the
 * statement's own times are trusted. Whether that principal may sign is the policy's to say. Never throws.
 */
export function verifyEvent(line: string, context: VerifyContext): VerifiedEvent {
  const decoded = decodeEnvelope(line);
  return decoded.kind === 'malformed' ? decoded : verifyEnvelope(decoded.value, context);
}

/**
 * Verifies all lines of a note, each event once: where its payload occurs under several envelopes, a valid one wins, so
 * that nobody can break an event by adding a line. In order of their ids.
 */
export function verifyEventLog(events: readonly LoggedEvent[], context: VerifyContext): readonly VerifiedEvent[] {
  const byId = new Map<EventId, VerifiedEvent>();
  for (const { envelope } of events) {
    const known = byId.get(envelope.id);
    if (known?.kind === 'event' && known.signature.kind === 'valid') continue;
    const verified = verifyEnvelope(envelope, context);
    const isValid = verified.kind === 'event' && verified.signature.kind === 'valid';
    if (known === undefined || isValid) byId.set(envelope.id, verified);
  }
  return [...byId.keys()].sort().map((id) => byId.get(id) as VerifiedEvent);
}

function verifyEnvelope({ id, payload, signatures }: Envelope, context: VerifyContext): VerifiedEvent {
  const decoded = decodeStatement(payload);
  if (decoded.kind === 'malformed') return { kind: 'malformed', id, problems: decoded.problems };
  const statement = decoded.value;
  const message = preAuthenticationEncoding(payload);
  const statuses = signatures.map((signature) => verifySignature(signature, message, statement.principal, context));
  const signature = statuses.find((status) => status.kind === 'valid') ?? (statuses[0] as SignatureStatus);
  return { kind: 'event', id, event: statement.event, statement, signature };
}

function verifySignature(
  { sig }: EnvelopeSignature,
  message: Uint8Array,
  principal: string,
  { allowedSigners, now, lookUpKey }: VerifyContext,
): SignatureStatus {
  const verified = verifySshSignature(sig, message, signatureNamespace, lookUpKey);
  if (verified.kind === 'invalid') return verified;
  const { key, hardware } = verified.signature;
  const print = fingerprint(key.blob);
  const signer = findSigner(allowedSigners, key.blob, now);
  if (signer.kind !== 'found') {
    const detail = signer.kind === 'not-counted' ? `line ${signer.line}: ${signer.problems.join(', ')}` : '';
    return { kind: 'invalid', reason: signer.kind, detail, fingerprint: print };
  }
  if (!signer.principals.some((listed) => listed.toLowerCase() === principal.toLowerCase())) {
    const detail = `the key is ${signer.principals.join(', ')}'s`;
    return { kind: 'invalid', reason: 'other-principal', detail, fingerprint: print };
  }
  return { kind: 'valid', principal, fingerprint: print, keyType: key.type, ...(hardware && { hardware }) };
}
