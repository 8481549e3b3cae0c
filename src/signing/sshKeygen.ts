import { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { verifySshSignature } from '../core/signOff/sshSignature';
import type { AskpassServer } from './askpass';
import type { ProgramResult } from './runProgram';
import { runProgram } from './runProgram';
import { terminalEnv } from './terminalEnv';

/** The user's own environment; never anything that a repository says. */
export interface SigningEnvironment {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

/**
 * The absolute path of an OpenSSH program, or `undefined`: for `ssh-keygen` what `COUNTERSIGN_SSH_KEYGEN` names, else the
 * first in an absolute folder of `PATH`, else where Windows keeps it. Relative folders are passed over: they could be the
 * repository's.
 */
export async function findSshProgram(
  name: 'ssh-keygen' | 'ssh-add',
  { env, platform }: SigningEnvironment,
): Promise<string | undefined> {
  const named = name === 'ssh-keygen' ? env['COUNTERSIGN_SSH_KEYGEN'] : undefined;
  if (named !== undefined && named !== '') return isAbsolute(named) && (await isProgram(named)) ? named : undefined;
  const isWindows = platform === 'win32';
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  if (isWindows) {
    folders.push(join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'OpenSSH'));
    folders.push(join(env['ProgramFiles'] ?? 'C:\\Program Files', 'Git', 'usr', 'bin'));
  }
  for (const folder of folders) {
    const program = join(folder, isWindows ? `${name}.exe` : name);
    if (await isProgram(program)) return program;
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Absent and not executable are the same answer: look further.
    return false;
  }
}

/** Why there is no signature. */
export type SignFailure =
  | 'wrong-passphrase'
  /** The key has a passphrase, and no terminal and no askpass is known by which it was asked for. */
  | 'nobody-asked'
  | 'cancelled'
  | 'no-private-key'
  | 'agent-refused'
  | 'timeout'
  | 'missing-program'
  | 'other';

/** What came of an attempt to sign; `detail` is what the program said, for people. */
export type SignResult =
  | { readonly kind: 'signed'; readonly armored: string }
  | { readonly kind: 'failed'; readonly reason: SignFailure; readonly detail: string };

/** One attempt to sign. */
export interface SignRequest {
  /** From {@link findSshProgram}; `undefined` gives `missing-program`. */
  readonly program: string | undefined;
  /** A private key, or a public key whose private part is beside it or in an agent. */
  readonly keyPath: string;
  readonly data: Uint8Array;
  readonly namespace: string;
  readonly env: NodeJS.ProcessEnv;
  /** Who asks for passphrase, PIN and touch; absent: ssh-keygen itself, on the terminal. */
  readonly askpass?: AskpassServer | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/**
 * Signs as `ssh-keygen -Y sign` does, once: a wrong passphrase is the caller's to try again. What comes back as signed has been
 * verified; neither the exit code nor an empty stderr is taken for it. Never rejects.
 */
export async function signWithKey(request: SignRequest): Promise<SignResult> {
  const { program, askpass, data, namespace } = request;
  if (program === undefined) return failed('missing-program', 'ssh-keygen was not found');
  const env = askpass === undefined ? await terminalEnv(request.env) : { ...request.env, ...askpass.env };
  const result = await runProgram(program, ['-Y', 'sign', '-n', namespace, '-f', request.keyPath], {
    env,
    input: data,
    signal: request.signal,
    timeoutMs: request.timeoutMs,
  });
  if (result.kind !== 'exited' || result.code !== 0) return explain(result, askpass, env);
  const verified = verifySshSignature(Buffer.from(result.stdout), data, namespace);
  if (verified.kind === 'valid') return { kind: 'signed', armored: result.stdout };
  return failed('other', `ssh-keygen gave a signature that does not hold: ${verified.reason}, ${verified.detail}`);
}

function explain(result: ProgramResult, askpass: AskpassServer | undefined, env: NodeJS.ProcessEnv): SignResult {
  if (result.kind === 'not-started') return failed('missing-program', result.detail);
  const detail = result.stderr.trim();
  if (result.kind === 'killed') {
    if (result.by === 'output') return failed('other', 'ssh-keygen wrote more than a signature');
    return failed(result.by === 'timeout' ? 'timeout' : 'cancelled', detail);
  }
  // To ssh-keygen no answer and a wrong one are the same; only who asked knows better.
  if (askpass?.wasCancelled === true) return failed('cancelled', detail);
  if (/incorrect passphrase|incorrect PIN|bad passphrase|PIN required/i.test(detail))
    return failed(canBeAsked(env) ? 'wrong-passphrase' : 'nobody-asked', detail);
  if (/agent refused operation/i.test(detail)) return failed('agent-refused', detail);
  if (/No private key found|No such file|no such identity|Couldn't (?:load|find)/i.test(detail))
    return failed('no-private-key', detail);
  return failed('other', detail);
}

/** Whether the environment, as {@link terminalEnv} or an askpass gave it, names a way to ask. */
function canBeAsked(env: NodeJS.ProcessEnv): boolean {
  return [env['SSH_ASKPASS'], env['SSH_ASKPASS_REQUIRE']].some((value) => value !== undefined && value !== '');
}

function failed(reason: SignFailure, detail: string): SignResult {
  return { kind: 'failed', reason, detail };
}
