import { createInterface } from 'node:readline/promises';
import { safeText } from '../core/safeText';

/** Machine output: one line of JSON on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Machine output, one piece a line, no faster than it is taken, and no more once nobody takes it. */
export async function printAll(lines: AsyncIterable<string>): Promise<void> {
  const { stdout } = process;
  const closed = new Promise<void>((resolve) => stdout.once('close', resolve));
  for await (const line of lines) {
    if (stdout.destroyed) return;
    if (stdout.write(`${line}\n`)) continue;
    await Promise.race([new Promise<void>((resolve) => stdout.once('drain', resolve)), closed]);
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
