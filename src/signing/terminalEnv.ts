import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * The environment in which an OpenSSH program asks on our terminal. Its standard input is a pipe, from which it concludes
 * that there is no terminal, and would look for a graphical askpass; so it is told not to, where there is a terminal and the
 * person has not chosen otherwise. Without a terminal the environment as it is.
 */
export async function terminalEnv(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  if (env['SSH_ASKPASS_REQUIRE'] !== undefined) return env;
  try {
    const terminal = await open('/dev/tty', constants.O_RDWR);
    await terminal.close();
    return { ...env, SSH_ASKPASS_REQUIRE: 'never' };
  } catch {
    // There is no terminal (or this is Windows, whose OpenSSH finds its console by itself).
    return env;
  }
}
