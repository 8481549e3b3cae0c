import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary home with real keys; `dispose` removes it and ends its agent. */
export class SshFixture {
  readonly home = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  readonly env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: this.home };
  #agent: ChildProcess | undefined;

  /** Makes a key and returns the path of its private part. */
  key(name: string, type = 'ed25519', passphrase = ''): string {
    const path = join(this.home, name);
    const bits = /^rsa|^ecdsa/.test(type) ? ['-b', type.slice(-4).replace(/^\D+/, '')] : [];
    const args = ['-q', '-t', type.replace(/-\d+$/, ''), ...bits, '-N', passphrase, '-C', `${name}@test`, '-f', path];
    execFileSync('ssh-keygen', args, { env: this.env, stdio: 'ignore' });
    return path;
  }

  /** The line of the key's `.pub`, without its end. */
  pub(path: string): string {
    return readFileSync(`${path}.pub`, 'utf8').trim();
  }

  sign(path: string, data: Uint8Array | string, namespace = 'countersign', ...more: string[]): Buffer {
    const args = ['-Y', 'sign', '-n', namespace, ...more, '-f', path];
    return execFileSync('ssh-keygen', args, { env: this.env, input: data, stdio: ['pipe', 'pipe', 'ignore'] });
  }

  /** Whether `ssh-keygen -Y verify` accepts it: our oracle. */
  verifies(allowedSigners: string, principal: string, signature: Uint8Array, data: Uint8Array | string): boolean {
    writeFileSync(join(this.home, 'allowed'), allowedSigners);
    writeFileSync(join(this.home, 'sig'), signature);
    const files = ['-f', join(this.home, 'allowed'), '-s', join(this.home, 'sig')];
    const args = ['-Y', 'verify', '-I', principal, '-n', 'countersign', ...files];
    return spawnSync('ssh-keygen', args, { env: { ...this.env, TZ: 'UTC' }, input: data }).status === 0;
  }

  /** Starts an agent, whose socket goes to `env`, and adds the keys. */
  async startAgent(keys: readonly string[], ...more: string[]): Promise<void> {
    const socket = join(this.home, `agent-${keys.length}-${Date.now()}`);
    this.#agent = spawn('ssh-agent', ['-D', '-a', socket], { env: this.env, stdio: 'ignore' });
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
    this.env['SSH_AUTH_SOCK'] = socket;
    for (const key of keys) execFileSync('ssh-add', [...more, key], { env: this.env, stdio: 'ignore' });
  }

  stopAgent(): void {
    this.#agent?.kill();
    this.#agent = undefined;
    delete this.env['SSH_AUTH_SOCK'];
  }

  dispose(): void {
    this.stopAgent();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** The armour around a signature's blob. */
export function armour(blob: Uint8Array): Buffer {
  const lines =
    Buffer.from(blob)
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return Buffer.from(`-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`);
}

/** The blob inside the armour. */
export function blobOf(armoured: Uint8Array): Buffer {
  return Buffer.from(
    Buffer.from(armoured)
      .toString('latin1')
      .replace(/-----.*-----|\s/g, ''),
    'base64',
  );
}
