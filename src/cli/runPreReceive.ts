import { parseArgs } from 'node:util';
import { judgeReceived, type PushJudgement, parseReceivedRefs } from '../app/gate/preReceive';
import { withRepository } from '../app/repository';
import { ToolError } from '../core/errors';
import type { Verdict } from '../core/gate/findings';
import { safeText } from '../core/safeText';
import type { Environment } from '../git/gitEnvironment';
import { readStandardInput } from './standardInput';
import { print, tell } from './terminal';

/** A push lists a line a ref. */
const mostInput = 256 * 1024 * 1024;

const help = `Usage: countersign pre-receive [--pusher <who>]

The gate on a server. Make hooks/pre-receive of the repository run it; it reads what git gives that hook on standard input.

  --pusher <who>  address, login or account of whoever pushes, who then may not sign for it; else COUNTERSIGN_PUSHER,
                  GL_USERNAME or REMOTE_USER of the environment, else that rule is off

Exit codes: 0 pass, 1 blocked, 2 usage, 3 undecided or a fault of ours.`;

const codes: Readonly<Record<Verdict, number>> = { pass: 0, blocked: 1, undecided: 3 };

/** `countersign pre-receive`: the gate on a server. Whatever cannot be decided blocks. @returns the exit code */
export async function runPreReceive(args: readonly string[], env: Environment): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    tell(help);
    return 2;
  }
  if (options.help) {
    print(help);
    return 0;
  }
  try {
    const { verdict, lines } = await judgeStandardInput(options.pusher ?? pusherOf(env), env);
    for (const line of lines) tell(line);
    return codes[verdict];
  } catch (error) {
    if (error instanceof ToolError) {
      tell(`countersign: undecided: ${safeText(error.message, 600)}`);
      if (error.next !== undefined) tell(safeText(error.next, 600));
      return error.code === 'usage' ? 2 : 3;
    }
    tell(
      `countersign: undecided, a fault of ours: ${safeText(error instanceof Error ? error.message : String(error), 600)}`,
    );
    return 3;
  }
}

interface Options {
  readonly help: boolean;
  readonly pusher: string | undefined;
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { pusher: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    return { help: values.help === true, pusher: values.pusher === '' ? undefined : values.pusher };
  } catch {
    // It says what it did not understand in words of its own; the usage says it better.
    return undefined;
  }
}

/** Whom the server names: our own variable, then GitLab's, then a web server's. */
function pusherOf(env: Environment): string | undefined {
  return [env['COUNTERSIGN_PUSHER'], env['GL_USERNAME'], env['REMOTE_USER']].find(
    (value) => value !== undefined && value !== '',
  );
}

async function judgeStandardInput(pusher: string | undefined, env: Environment): Promise<PushJudgement> {
  const input = await readStandardInput(mostInput);
  if (input === undefined)
    throw new ToolError('bad-input', 'The push has too many refs to be judged.', { next: 'Push fewer at a time.' });
  if ((env['GIT_NAMESPACE'] ?? '') !== '')
    throw new ToolError('bad-input', 'The refs of a namespace of git cannot be judged.', {
      next: 'Serve the repository without GIT_NAMESPACE.',
    });
  const received = parseReceivedRefs(input);
  if (received.length === 0) return { verdict: 'pass', lines: [] };
  return withRepository(process.cwd(), { environment: 'pre-receive', env, warn: tell }, (repo) =>
    judgeReceived(repo, received, pusher),
  );
}
