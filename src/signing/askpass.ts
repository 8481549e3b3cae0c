import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askpassMainSource } from './askpassMain';

/** What ssh wants from the person. */
export interface AskpassRequest {
  /** ssh's words; they do not name the key. Untrusted: show it as text. */
  readonly prompt: string;
  /** `secret`: a passphrase or PIN; `confirm`: yes or no; `notice`: nothing, the person is to touch the token. */
  readonly kind: 'secret' | 'confirm' | 'notice';
  /** Aborted when ssh no longer waits for the answer. */
  readonly signal: AbortSignal;
}

/**
 * Gets the answer from the person: the secret; for `confirm` anything but `undefined` is yes; `undefined` is cancel. For a
 * `notice` show it until the signal aborts.
 */
export type Ask = (request: AskpassRequest) => Promise<string | undefined>;

/** Answers ssh's questions for the programs that are given its `env`. */
export interface AskpassServer {
  /** Added to the program's environment. Needs OpenSSH 8.4 for `SSH_ASKPASS_REQUIRE`. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether the person cancelled a question. */
  readonly wasCancelled: boolean;
  /** How many secrets were asked for. */
  readonly asked: number;
  /** Ends all connections and removes the folder. May be called twice. */
  dispose(): Promise<void>;
}

/** What the server needs to know about the machine. */
export interface AskpassHost {
  /** Node, or Electron that can run as it. */
  readonly execPath: string;
  readonly platform: NodeJS.Platform;
}

const requestBytesAtMost = 16 * 1024;

/**
 * Starts to answer. Everything lies in a folder of mode 0700: the socket (0600; a pipe with a random name on Windows) and
 * the small program that ssh starts, which must give a random word with its question.
 */
export async function startAskpass(ask: Ask, host: AskpassHost): Promise<AskpassServer> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-'));
  const server = new SocketServer(ask, folder);
  try {
    await server.start(host);
    return server;
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

class SocketServer implements AskpassServer {
  readonly #ask: Ask;
  readonly #folder: string;
  readonly #nonce = randomBytes(16).toString('hex');
  readonly #connections = new Set<Socket>();
  #server: Server | undefined;
  #env: NodeJS.ProcessEnv = {};
  #wasCancelled = false;
  #asked = 0;

  constructor(ask: Ask, folder: string) {
    this.#ask = ask;
    this.#folder = folder;
  }

  get env(): NodeJS.ProcessEnv {
    return this.#env;
  }

  get wasCancelled(): boolean {
    return this.#wasCancelled;
  }

  get asked(): number {
    return this.#asked;
  }

  async start({ execPath, platform }: AskpassHost): Promise<void> {
    const isWindows = platform === 'win32';
    const main = join(this.#folder, 'askpass.js');
    const wrapper = join(this.#folder, isWindows ? 'askpass.cmd' : 'askpass.sh');
    const socket = isWindows ? `\\\\.\\pipe\\countersign-${randomBytes(16).toString('hex')}` : join(this.#folder, 's');
    await writeFile(main, askpassMainSource, { mode: 0o600, flag: 'wx' });
    await writeFile(wrapper, isWindows ? windowsWrapper : unixWrapper, { mode: 0o700, flag: 'wx' });
    const server = createServer((connection) => this.#serve(connection));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, () => {
        server.off('error', reject);
        resolve();
      });
    });
    if (!isWindows) await chmod(socket, 0o600);
    this.#env = {
      SSH_ASKPASS: wrapper,
      SSH_ASKPASS_REQUIRE: 'force',
      // Before OpenSSH 8.4, and for some of its questions still, there is no askpass without a display.
      DISPLAY: process.env['DISPLAY'] ?? ':0',
      COUNTERSIGN_ASKPASS_NODE: execPath,
      COUNTERSIGN_ASKPASS_MAIN: main,
      COUNTERSIGN_ASKPASS_SOCKET: socket,
      COUNTERSIGN_ASKPASS_NONCE: this.#nonce,
    };
  }

  #serve(connection: Socket): void {
    this.#connections.add(connection);
    const gone = new AbortController();
    let received = '';
    connection.setEncoding('utf8');
    connection.on('close', () => {
      this.#connections.delete(connection);
      gone.abort();
    });
    // ssh may end the small program at any time, after a touch for example.
    connection.on('error', () => connection.destroy());
    connection.on('data', (chunk: string) => {
      received += chunk;
      if (received.length > requestBytesAtMost) connection.destroy();
      const end = received.indexOf('\n');
      if (end < 0) return;
      connection.removeAllListeners('data');
      connection.resume();
      const question = parseQuestion(received.slice(0, end), this.#nonce);
      if (question === undefined) connection.destroy();
      else void this.#answer(connection, { ...question, signal: gone.signal });
    });
  }

  async #answer(connection: Socket, request: AskpassRequest): Promise<void> {
    if (request.kind === 'secret') this.#asked++;
    let answer: string | undefined;
    try {
      answer = await this.#ask(request);
    } catch {
      // A question that could not be shown was not answered; the signature fails as if it had been cancelled.
      answer = undefined;
    }
    if (answer === undefined && request.kind !== 'notice') this.#wasCancelled = true;
    if (!connection.destroyed) connection.end(`${JSON.stringify(answer === undefined ? {} : { answer })}\n`);
  }

  async dispose(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function parseQuestion(line: string, nonce: string): Omit<AskpassRequest, 'signal'> | undefined {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    // Not our program: it gets no answer, as with a wrong word.
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { nonce: given, prompt, kind } = message as Readonly<Record<string, unknown>>;
  if (typeof given !== 'string' || typeof prompt !== 'string') return undefined;
  if (given.length !== nonce.length || !timingSafeEqual(Buffer.from(given), Buffer.from(nonce))) return undefined;
  return { prompt, kind: kind === 'confirm' ? 'confirm' : kind === 'none' ? 'notice' : 'secret' };
}

const unixWrapper = `#!/bin/sh
ELECTRON_RUN_AS_NODE=1 exec "$COUNTERSIGN_ASKPASS_NODE" "$COUNTERSIGN_ASKPASS_MAIN" "$@"
`;

/** Without the prompt: `cmd` would interpret what is in it. */
const windowsWrapper = `@echo off\r
set ELECTRON_RUN_AS_NODE=1\r
"%COUNTERSIGN_ASKPASS_NODE%" "%COUNTERSIGN_ASKPASS_MAIN%"\r
`;
