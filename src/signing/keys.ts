import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { ToolError } from '../core/errors';
import { signatureNamespace } from '../core/signOff/envelope';
import type { SshPublicKey } from '../core/signOff/sshPublicKey';
import { fingerprint, formatPublicKeyLine, parsePublicKeyLine } from '../core/signOff/sshPublicKey';
import type { Ask, AskpassHost } from './askpass';
import { startAskpass } from './askpass';
import { runProgram } from './runProgram';
import { terminalEnv } from './terminalEnv';

/** What to sign with. */
export type SigningKey =
  /** A private key, or a public key whose private part is beside it or in an agent. */
  | { readonly kind: 'file'; readonly path: string }
  /** A public key whose private part is in an agent. */
  | { readonly kind: 'agent'; readonly publicKey: SshPublicKey };

/** A key that the person could sign with. */
export interface KeyCandidate {
  readonly key: SigningKey;
  readonly publicKey: SshPublicKey;
  readonly comment: string;
  readonly fingerprint: string;
  /** Where it was found first: git's own setting, the `.ssh` folder, the agent. */
  readonly source: 'git' | 'file' | 'agent';
}

/** Where to look for keys. */
export interface KeyPlaces {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** `user.signingKey` of the user's global configuration alone: a repository may not choose a key. */
  readonly gitSigningKey: string | undefined;
  /** From `findSshProgram('ssh-add')`; without it agents are not asked. */
  readonly sshAdd: string | undefined;
  readonly timeoutMs: number;
}

const publicKeyBytesAtMost = 64 * 1024;

/** The person's keys, each once, the likeliest first; what cannot be read or checked with is left out. Never rejects. */
export async function findKeys(places: KeyPlaces): Promise<readonly KeyCandidate[]> {
  const found = [await gitKey(places), ...(await fileKeys(join(places.home, '.ssh'))), ...(await agentKeys(places))];
  const byFingerprint = new Map<string, KeyCandidate>();
  for (const candidate of found) {
    if (candidate !== undefined && !byFingerprint.has(candidate.fingerprint)) {
      byFingerprint.set(candidate.fingerprint, candidate);
    }
  }
  return [...byFingerprint.values()];
}

/** What a key file or its `.pub` says; `undefined` when there is no public key that we can check with. */
export async function readKeyFile(path: string): Promise<KeyCandidate | undefined> {
  const line = await readSmallFile(path.endsWith('.pub') ? path : `${path}.pub`);
  return line === undefined ? undefined : candidate(line, { kind: 'file', path }, 'file');
}

async function gitKey({ gitSigningKey, home }: KeyPlaces): Promise<KeyCandidate | undefined> {
  if (gitSigningKey === undefined || gitSigningKey === '') return undefined;
  const literal = /^(?:key::|(?=ssh-))(.*)$/s.exec(gitSigningKey)?.[1];
  if (literal !== undefined) return candidate(literal, 'agent', 'git');
  const path = gitSigningKey.startsWith('~/') ? join(home, gitSigningKey.slice(2)) : gitSigningKey;
  // A relative path would be looked for in the repository.
  const found = isAbsolute(path) ? await readKeyFile(path) : undefined;
  return found && { ...found, source: 'git' };
}

async function fileKeys(folder: string): Promise<readonly KeyCandidate[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch {
    // No `.ssh` folder, or one that is not ours to read: no keys there.
    return [];
  }
  const keys: KeyCandidate[] = [];
  for (const name of [...names].sort()) {
    if (!name.endsWith('.pub') || !names.includes(name.slice(0, -4))) continue;
    const found = await readKeyFile(join(folder, name.slice(0, -4)));
    if (found !== undefined) keys.push(found);
  }
  return keys;
}

async function agentKeys({ sshAdd, env, timeoutMs }: KeyPlaces): Promise<readonly KeyCandidate[]> {
  if (sshAdd === undefined) return [];
  const listed = await runProgram(sshAdd, ['-L'], { env, timeoutMs });
  if (listed.kind !== 'exited' || listed.code !== 0) return [];
  const keys = listed.stdout.split('\n').map((line) => candidate(line, 'agent', 'agent'));
  return keys.filter((key) => key !== undefined);
}

function candidate(line: string, key: SigningKey | 'agent', source: KeyCandidate['source']): KeyCandidate | undefined {
  const parsed = parsePublicKeyLine(line);
  if (parsed.kind !== 'key') return undefined;
  return {
    key: key === 'agent' ? { kind: 'agent', publicKey: parsed.key } : key,
    publicKey: parsed.key,
    comment: parsed.comment,
    fingerprint: fingerprint(parsed.key.blob),
    source,
  };
}

async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path);
    return bytes.length <= publicKeyBytesAtMost ? bytes.toString('utf8') : undefined;
  } catch {
    // Absent and unreadable are the same here: this key is not offered.
    return undefined;
  }
}

/** How the new key gets its passphrase: ssh-keygen asks on the terminal, somebody is asked by askpass, or there is none. */
export type NewPassphrase =
  | { readonly kind: 'terminal' }
  | { readonly kind: 'ask'; readonly ask: Ask; readonly host: AskpassHost }
  | { readonly kind: 'none' };

/** A key to be made. */
export interface NewKey {
  readonly program: string | undefined;
  readonly path: string;
  readonly comment: string;
  readonly passphrase: NewPassphrase;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Makes an Ed25519 key and its `.pub`. A passphrase never stands on a command line. Rejects with a {@link ToolError}:
 * `not-writable` when something is there already, `missing-program`, `sign-cancelled`, `sign-failed`.
 */
export async function makeKey(wanted: NewKey): Promise<KeyCandidate> {
  const { program, path, comment, passphrase } = wanted;
  if (program === undefined) throw new ToolError('missing-program', 'ssh-keygen was not found.');
  for (const file of [path, `${path}.pub`]) {
    if (await exists(file)) throw new ToolError('not-writable', `${file} is there already; it is not replaced.`);
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Told that nobody answers, ssh-keygen would make a key without a passphrase: it is ended before it hears that.
  const cancelled = new AbortController();
  const cancel = () => cancelled.abort();
  wanted.signal?.addEventListener('abort', cancel, { once: true });
  const askpass =
    passphrase.kind === 'ask' ? await startAskpass(orElse(passphrase.ask, cancel), passphrase.host) : undefined;
  try {
    if (wanted.signal?.aborted) cancel();
    const noPassphrase = passphrase.kind === 'none' ? ['-N', ''] : [];
    const result = await runProgram(program, ['-q', '-t', 'ed25519', '-f', path, '-C', comment, ...noPassphrase], {
      env: askpass === undefined ? await terminalEnv(wanted.env) : { ...wanted.env, ...askpass.env },
      signal: cancelled.signal,
      timeoutMs: wanted.timeoutMs,
    });
    if (result.kind === 'exited' && result.code === 0 && askpass?.wasCancelled !== true) {
      const made = await readKeyFile(path);
      if (made !== undefined) return made;
    }
    await Promise.all([path, `${path}.pub`].map((file) => rm(file, { force: true })));
    if (cancelled.signal.aborted) throw new ToolError('sign-cancelled', 'No key was made.');
    const detail =
      result.kind === 'not-started' ? result.detail : result.kind === 'killed' ? result.by : result.stderr.trim();
    throw new ToolError('sign-failed', `ssh-keygen made no key: ${detail}`);
  } finally {
    wanted.signal?.removeEventListener('abort', cancel);
    await askpass?.dispose();
  }
}

/** Asks; calls `cancel` when there is no answer, before anybody learns of it. */
function orElse(ask: Ask, cancel: () => void): Ask {
  return async (request) => {
    let answer: string | undefined;
    try {
      answer = await ask(request);
    } finally {
      if (answer === undefined) cancel();
    }
    return answer;
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * The line that makes the key a principal's in the allowed signers file, without a line end. The key's comment stays out
 * of it: it names a user and a machine as a rule, and the file is published.
 */
export function rosterLine(principal: string, publicKey: SshPublicKey): string {
  if (!/^[^\s,"*?!#\p{C}][^\s,"*?!\p{C}]*$/u.test(principal)) {
    throw new ToolError('bad-input', 'A principal has no white space, commas, quotes or wildcards.');
  }
  return `${principal} namespaces="${signatureNamespace}" ${formatPublicKeyLine(publicKey)}`;
}
