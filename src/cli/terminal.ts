import { createInterface } from 'node:readline/promises';
import { safeText } from '../core/safeText';

/** Machine output: one line of JSON on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * Machine output, one piece a line, no faster than it is taken; whoever takes it may have enough and close it.
 */
export async function printAll(lines: AsyncIterable<string>): Promise<void> {
  const closed = new Promise<'closed'>((resolve, reject) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve('closed');
      else reject(error);
    });
  });
  for await (const line of lines) {
    if (process.stdout.write(`${line}\n`)) continue;
    const drained = new Promise<'drained'>((resolve) => process.stdout.once('drain', () => resolve('drained')));
    if ((await Promise.race([drained, closed])) === 'closed') return;
  }
}

/** A line for people on standard output; text that is not ours has to be made safe by the caller. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A line for people on standard error. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Whether a person can be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks a question that is answered with yes or no; no when nobody can be asked. */
export async function confirm(question: string): Promise<boolean> {
  if (!isInteractive()) return false;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await reader.question(`${safeText(question)} [y/N] `)).trim());
  } finally {
    reader.close();
  }
}
