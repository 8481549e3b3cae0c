import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a process left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody with a machine of their own: a HOME, an identity, a clone. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly home: string;
  /** The clone; it need not exist yet. */
  readonly clone: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a program in the clone (or in `cwd`) without a shell, and waits for its end, however it ends. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same, where only success will do. Returns standard output without the last line feed. @throws Error with what was printed */
  must(args: readonly string[], options?: RunOptions): Promise<string>;
}

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Makes a HOME with a git identity in `folder`. `bin` comes first in PATH; nothing else of the caller's environment is inherited. */
export async function makePerson(
  folder: string,
  bin: string,
  who: { readonly name: string; readonly email: string },
): Promise<Person> {
  const home = path.join(folder, 'home');
  const clone = path.join(folder, 'shop');
  await mkdir(home, { recursive: true });
  const identity = `[user]\n\tname = ${who.name}\n\temail = ${who.email}\n[init]\n\tdefaultBranch = main\n[push]\n\tdefault = current\n`;
  await writeFile(path.join(home, '.gitconfig'), identity);
  const env = {
    PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
    HOME: home,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  const run = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
    runProgram(args, { cwd: options.cwd ?? clone, env: { ...env, ...options.env }, input: options.input });
  return {
    ...who,
    home,
    clone,
    env,
    run,
    must: async (args, options) => {
      const { code, stdout, stderr } = await run(args, options);
      if (code !== 0) throw new Error(`${who.name}: ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
      return stdout.replace(/\n$/, '');
    },
  };
}

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | undefined;
}

function runProgram([program = '', ...args]: readonly string[], { cwd, env, input }: Place): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    const [stdout, stderr]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
    // A program that does not read its input closes it early.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 128, stdout: stdout.join(''), stderr: stderr.join('') }));
  });
}
