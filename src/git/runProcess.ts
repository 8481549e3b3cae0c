import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ToolError } from '../core/errors';
import type { Environment } from './gitEnvironment';

/** How to start a program; never through a shell. */
export interface ProcessStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
}

/** What may stop a run before the program ends by itself. */
export interface ProcessLimits {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Most bytes of standard output; more is an error `bad-input`. */
  readonly maxBytes?: number | undefined;
}

/** How a program ended. */
export interface ProcessResult {
  readonly code: number;
  readonly stdout: Buffer;
  /** At most the last 64 KiB, as UTF-8. */
  readonly stderr: string;
}

const defaultMaxBytes = 1024 * 1024 * 1024;
const maxStderr = 64 * 1024;

/** Starts a program with three pipes. */
export function startProcess(start: ProcessStart): ChildProcessWithoutNullStreams {
  return spawn(start.program, start.args, {
    cwd: start.cwd,
    env: { ...start.env },
    stdio: 'pipe',
    windowsHide: true,
  });
}

/**
 * Runs a program to its end and returns its exit code and output.
 *
 * @throws ToolError `missing-program`, `timeout`, `bad-input` (too much output), `git-failed` (ended by a signal that is
 * not ours); the signal's reason when `signal` aborts.
 */
export function runProcess(
  start: ProcessStart,
  stdin: Buffer | string | undefined,
  limits: ProcessLimits,
): Promise<ProcessResult> {
  const { signal, timeoutMs, maxBytes = defaultMaxBytes } = limits;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const child = startProcess(start);
    const stdout: Buffer[] = [];
    let stdoutBytes = 0;
    let stderr = Buffer.alloc(0);
    let settled = false;

    const finish = (settle: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    // A grandchild (ssh, a credential helper) may hold the pipes open: do not wait for them.
    const stop = (reason: unknown): void => {
      finish(() => reject(reason));
      stopProcess(child);
    };
    const onAbort = (): void => stop(signal?.reason);
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(
            () => stop(new ToolError('timeout', `${start.program} took too long and was stopped.`)),
            timeoutMs,
          );
    signal?.addEventListener('abort', onAbort, { once: true });

    child.on('error', (error) => finish(() => reject(startFailure(start, error))));
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      stdoutBytes += chunk.length;
      if (stdoutBytes > maxBytes) stop(new ToolError('bad-input', `The answer of ${start.program} is too large.`));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = Buffer.concat([stderr, chunk]);
      if (stderr.length > maxStderr) stderr = stderr.subarray(stderr.length - maxStderr);
    });
    // A program that does not read its input to the end is its own affair: its exit code tells.
    child.stdin.on('error', () => undefined);
    child.on('close', (code, killedBy) => {
      finish(() => {
        if (code === null) {
          reject(new ToolError('git-failed', `${start.program} was ended by ${killedBy ?? 'a signal'}.`));
        } else {
          resolve({ code, stdout: Buffer.concat(stdout, stdoutBytes), stderr: stderr.toString('utf8') });
        }
      });
    });
    if (stdin === undefined) child.stdin.end();
    else child.stdin.end(stdin);
  });
}

/** Ends a child of ours and lets go of its pipes. */
export function stopProcess(child: ChildProcessWithoutNullStreams): void {
  child.stdin.destroy();
  child.stdout.destroy();
  child.stderr.destroy();
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  const last = setTimeout(() => child.kill('SIGKILL'), 2000);
  last.unref();
  child.once('exit', () => clearTimeout(last));
}

/** Why a program could not be started, as an error for a person. */
export function startFailure(start: ProcessStart, error: Error): ToolError {
  const missing = 'code' in error && error.code === 'ENOENT';
  if (missing && !existsSync(start.cwd)) {
    return new ToolError('bad-input', 'The folder does not exist.', { cause: error });
  }
  return new ToolError('missing-program', `${start.program} could not be started.`, {
    cause: error,
    ...(missing ? { next: `Install ${start.program} and put it in PATH.` } : {}),
  });
}
