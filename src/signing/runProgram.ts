import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';

/** How a program ended. */
export type ProgramResult =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'killed'; readonly by: 'timeout' | 'cancel' | 'output'; readonly stderr: string }
  | { readonly kind: 'not-started'; readonly detail: string };

/** How to run it; nothing is taken from this process but its terminal. */
export interface ProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  /** What it reads from its standard input; nothing when absent. */
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
}

const outputAtMost = 1024 * 1024;
/** How long a program may take to end when told to, and its pipes to drain once it has ended. */
const graceMs = 1000;

/**
 * Runs a program with an array of arguments, without a shell, in a working directory that no repository owns. It shares
 * our terminal, so that it can ask there (`/dev/tty`). Never rejects.
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  return new Promise((resolve) => {
    if (options.signal?.aborted) {
      resolve({ kind: 'killed', by: 'cancel', stderr: '' });
      return;
    }
    const child = spawn(program, args, { env: options.env, stdio: 'pipe', windowsHide: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    let grace: NodeJS.Timeout | undefined;
    let killedBy: 'timeout' | 'cancel' | 'output' | undefined;
    const kill = (by: typeof killedBy) => {
      killedBy ??= by;
      child.kill('SIGTERM');
      grace = setTimeout(() => child.kill('SIGKILL'), graceMs);
    };
    const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size <= outputAtMost) chunks.push(chunk);
      else if (killedBy === undefined) kill('output');
    };
    const cancel = () => kill('cancel');
    const timer = setTimeout(() => kill('timeout'), options.timeoutMs);
    options.signal?.addEventListener('abort', cancel, { once: true });
    const settle = (result: ProgramResult) => {
      clearTimeout(timer);
      clearTimeout(grace);
      options.signal?.removeEventListener('abort', cancel);
      resolve(result);
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    // A program that ends before it has read everything is judged by its exit code, not by our broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
    child.on('error', (error) => settle({ kind: 'not-started', detail: error.message }));
    // What it started (an askpass) may live on and hold the pipes: `close` would wait for that too.
    const letGo = () => {
      child.stdout.destroy();
      child.stderr.destroy();
    };
    child.on('exit', () => {
      clearTimeout(grace);
      if (killedBy !== undefined) letGo();
      else grace = setTimeout(letGo, graceMs);
    });
    child.on('close', (code) => {
      const said = Buffer.concat(stderr).toString('utf8');
      if (killedBy !== undefined) settle({ kind: 'killed', by: killedBy, stderr: said });
      else settle({ kind: 'exited', code: code ?? 255, stdout: Buffer.concat(stdout).toString('utf8'), stderr: said });
    });
  });
}
