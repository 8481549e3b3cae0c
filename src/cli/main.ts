import { ToolError, type ToolErrorCode } from '../core/errors';
import { safeText } from '../core/safeText';
import { runHook } from './runHook';
import { runRecord } from './runRecord';

/**
 * The command line. Hooks and agents come through here many times a day, so their two commands are decided before the
 * parser of the other ones is loaded.
 */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === 'hook') return runHook(rest, process.env);
  if (command === 'record') return runRecord(rest);
  if (command === 'pre-receive') {
    const { runPreReceive } = await import('./runPreReceive');
    return runPreReceive(rest, process.env);
  }
  const { runCommand } = await import('./program');
  return runCommand(args);
}

/** What lies in how or where the command was called. */
const wrongCalls: ReadonlySet<ToolErrorCode> = new Set([
  'usage',
  'no-remote',
  'bad-input',
  'no-commits',
  'no-repository',
]);

/** One sentence and the next step for what we expected; the whole trace for what we did not. */
function report(error: unknown): number {
  if (error instanceof ToolError) {
    process.stderr.write(`countersign: ${safeText(error.message)}\n`);
    if (error.next !== undefined) process.stderr.write(`${safeText(error.next)}\n`);
    if (wrongCalls.has(error.code)) return 2;
    // Of `check`, 1 says that the gate blocks; what could not be decided says something else.
    return process.argv[2] === 'check' ? 3 : 1;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `countersign: a fault of ours: ${text
      .split('\n')
      .map((line) => safeText(line))
      .join('\n')}\n`,
  );
  return 3;
}

// Whoever reads our output may stop early (`countersign show | head`): that is no fault, and the exit code stays what it is.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.exitCode = report(error);
  },
);
