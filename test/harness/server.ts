import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { atExit } from './atExit';
import type { WorkbenchParts } from './install';
import { until } from './until';

const run = promisify(execFile);

/** What a server is started with; all folders exist afterwards. */
export interface ServerOptions {
  /** Holds the user's settings, logs and state (`data/` inside). */
  readonly dataDir: string;
  readonly extensionsDir: string;
  /** Becomes HOME: git's and the agents' user-wide files are looked up there. */
  readonly home: string;
  /** Packaged extensions to install before the start. */
  readonly vsix: readonly string[];
  /** User settings, as in `settings.json`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Added to the environment of the server, hence of its extension hosts. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets a page load extensions under development and run tests; it also suppresses notification toasts. */
  readonly testDriver: boolean;
}

/** A running VS Code server. */
export interface Server {
  readonly port: number;
  /** Whether it was started so. */
  readonly testDriver: boolean;
  /** Everything that the server printed so far. */
  log(): string;
  /** Process ids of the living extension hosts, oldest first. */
  extensionHosts(): Promise<number[]>;
  /** Ends the server and all its children at once. May be called twice. */
  dispose(): Promise<void>;
}

/** Starts a server on a free loopback port; resolves when it answers. Its processes end with this process, however that ends. */
export async function startServer(parts: WorkbenchParts, options: ServerOptions): Promise<Server> {
  const userDir = path.join(options.dataDir, 'data', 'User');
  for (const folder of [userDir, options.extensionsDir, options.home]) await mkdir(folder, { recursive: true });
  await writeFile(path.join(userDir, 'settings.json'), `${JSON.stringify(options.settings, undefined, 2)}\n`);
  const env = serverEnv(options);
  const folders = ['--server-data-dir', options.dataDir, '--extensions-dir', options.extensionsDir];
  for (const file of options.vsix) {
    const args = [
      parts.serverMain,
      ...folders,
      '--accept-server-license-terms',
      '--install-extension',
      path.resolve(file),
    ];
    const { stdout, stderr } = await run(parts.node, args, { env });
    if (!/successfully installed/.test(stdout)) throw new Error(`Could not install ${file}:\n${stdout}${stderr}`);
  }
  const port = await freePort();
  const child = spawn(
    parts.node,
    [
      ...['--require', path.join(import.meta.dirname, 'exitWithParent.cjs'), parts.serverMain],
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
      ...['--telemetry-level', 'off', '--disable-experiments', '--disable-getting-started-override', ...folders],
      ...['--reconnection-grace-time', '2'],
      ...(options.testDriver ? ['--enable-smoke-test-driver'] : []),
    ],
    { env, cwd: options.home, detached: true, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const output: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const forget = atExit(() => killGroup(child));
  const server: Server = {
    port,
    testDriver: options.testDriver,
    log: () => output.join(''),
    extensionHosts: () => extensionHosts(child.pid),
    dispose: async () => {
      killGroup(child);
      await gone;
      forget();
    },
  };
  try {
    await until('the server answers', 30_000, async () => {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
      return fetch(`http://127.0.0.1:${port}/version`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
  } catch (problem) {
    await server.dispose();
    throw new Error(`The VS Code server did not start:\n${server.log()}`, { cause: problem });
  }
  return server;
}

/** The caller's environment, without what would steer git, Node.js or VS Code inside the server. */
function serverEnv(options: ServerOptions): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(npm_|NODE_|VSCODE_|ELECTRON_|GIT_|SSH_|XDG_|HOME$|INIT_CWD$)/.test(name))
      env[name] = value;
  }
  return { ...env, HOME: options.home, GIT_CONFIG_NOSYSTEM: '1', ...options.env };
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** The server forks one Node.js with `--type=extensionHost` for each window. */
async function extensionHosts(serverPid: number | undefined): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids.sort((a, b) => a - b)) {
    // A process may end between the listing and the reading; it is no host then.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(parent) !== serverPid || state === 'Z') continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').includes('--type=extensionHost')) found.push(pid);
  }
  return found;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'ESRCH') throw problem; // ESRCH: the group is gone already
  }
}
