import { findSshProgram, signWithKey } from '../../src/signing/sshKeygen';

/** Signs with the key named on the command line and prints `outcome` and how it went; for tests with a terminal. */
async function main(): Promise<void> {
  const { env, platform } = process;
  const program = await findSshProgram('ssh-keygen', { env, platform });
  const request = { program, keyPath: process.argv[2] ?? '', namespace: 'countersign', env, timeoutMs: 10_000 };
  const result = await signWithKey({ ...request, data: new TextEncoder().encode('data') });
  process.stdout.write(`outcome ${result.kind === 'signed' ? 'signed' : result.reason}\n`);
}

void main();
