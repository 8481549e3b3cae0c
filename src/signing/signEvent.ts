import { Buffer } from 'node:buffer';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeEnvelope, eventId, preAuthenticationEncoding, signatureNamespace } from '../core/signOff/envelope';
import { fingerprint, formatPublicKeyLine } from '../core/signOff/sshPublicKey';
import { parseSshSignature } from '../core/signOff/sshSignature';
import type { EventId, SignOffStatement } from '../core/signOff/statement';
import { encodeStatement } from '../core/signOff/statementCodec';
import type { Ask, AskpassHost, AskpassServer } from './askpass';
import { startAskpass } from './askpass';
import type { SigningKey } from './keys';
import type { SignFailure, SignResult } from './sshKeygen';
import { signWithKey } from './sshKeygen';

/** What signs, and how it asks. */
export interface Signer {
  /** From `findSshProgram('ssh-keygen')`. */
  readonly program: string | undefined;
  readonly key: SigningKey;
  readonly env: NodeJS.ProcessEnv;
  /** Asks for passphrase, PIN and touch; absent: ssh-keygen itself, on the terminal. */
  readonly asking?: { readonly ask: Ask; readonly host: AskpassHost };
  readonly signal?: AbortSignal;
  /** For each attempt. */
  readonly timeoutMs: number;
}

/** What came of it. */
export type SignedEvent =
  | {
      readonly kind: 'signed';
      /** For the note, without a line end. */
      readonly line: string;
      readonly id: EventId;
      /** Of the key that signed. */
      readonly fingerprint: string;
    }
  | { readonly kind: 'failed'; readonly reason: SignFailure; readonly detail: string };

const attempts = 3;

/**
 * Signs a statement as an event. Where we ask for the passphrase, a wrong one is asked for again, three times in all;
 * a cancelled question ends it. Whether the key is its principal's is `verifyEvent`'s to say.
 */
export async function signEvent(statement: SignOffStatement, signer: Signer): Promise<SignedEvent> {
  const payload = encodeStatement(statement);
  const result = await withKeyPath(signer.key, (keyPath) =>
    trySigning(preAuthenticationEncoding(payload), keyPath, signer),
  );
  if (result.kind === 'failed') return result;
  const sig = Buffer.from(result.armored);
  const parsed = parseSshSignature(sig);
  if (parsed.kind === 'invalid') return { kind: 'failed', reason: 'other', detail: parsed.detail };
  const keyid = fingerprint(parsed.signature.key.blob);
  return { kind: 'signed', line: encodeEnvelope(payload, [{ keyid, sig }]), id: eventId(payload), fingerprint: keyid };
}

async function trySigning(data: Uint8Array, keyPath: string, signer: Signer): Promise<SignResult> {
  const { program, env, asking, signal, timeoutMs } = signer;
  const attempt = (askpass: AskpassServer | undefined) =>
    signWithKey({ program, keyPath, data, namespace: signatureNamespace, env, askpass, signal, timeoutMs });
  if (asking === undefined) return attempt(undefined);

  const askpass = await startAskpass(asking.ask, asking.host);
  try {
    let result = await attempt(askpass);
    for (let made = 1; made < attempts && isWorthAnother(result, askpass); made++) result = await attempt(askpass);
    return result;
  } finally {
    await askpass.dispose();
  }
}

/** A key that fails without having asked would fail the same way again. */
function isWorthAnother(result: SignResult, askpass: AskpassServer): boolean {
  return result.kind === 'failed' && result.reason === 'wrong-passphrase' && askpass.asked > 0;
}

/** ssh-keygen wants a file even for a key in an agent: the public key, in a folder of its own. */
async function withKeyPath<T>(key: SigningKey, use: (path: string) => Promise<T>): Promise<T> {
  if (key.kind === 'file') return use(key.path);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-'));
  try {
    const path = join(folder, 'key.pub');
    await writeFile(path, `${formatPublicKeyLine(key.publicKey)}\n`, { mode: 0o600, flag: 'wx' });
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
