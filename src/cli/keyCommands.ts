import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { personalKeys } from '../app/gate/keys';
import { type Repository, withRepository } from '../app/repository';
import { ToolError } from '../core/errors';
import { safeText } from '../core/safeText';
import { committerIdentity } from '../git/identity';
import { makeKey, rosterLine } from '../signing/keys';
import { findSshProgram } from '../signing/sshKeygen';
import { isInteractive, print, printJson, tell } from './terminal';

/** `key setup`, `key show`. */
export function addKeyCommands(program: Command): void {
  const key = program.command('key').description('The key that you sign with.');
  key
    .command('setup')
    .description('Find or make a key to sign with, and print the line for the signers file.')
    .option('--principal <address>', 'your address in the roster; that of your commits when left out')
    .option('--no-passphrase', 'make the key without a passphrase')
    .action(runKeySetup);
  key
    .command('show')
    .description('Show the keys that you could sign with.')
    .option('--json', 'machine output')
    .action(runKeyShow);
}

const machine = { env: process.env, platform: process.platform };

async function runKeySetup(options: { readonly principal?: string; readonly passphrase: boolean }): Promise<void> {
  await withOptionalRepository(async (repo) => {
    const principal = options.principal ?? (repo === undefined ? undefined : (await committerIdentity(repo.git)).email);
    if (principal === undefined) throw new ToolError('usage', 'Say who you are in the roster with --principal.');
    const [found] = await personalKeys(repo, machine);
    const path = join(process.env['HOME'] ?? homedir(), '.ssh', 'id_ed25519_countersign');
    if (found === undefined && options.passphrase && !isInteractive()) {
      throw new ToolError('usage', 'There is no key, and nobody can be asked for a passphrase here.', {
        next: 'Run it in a terminal, or make one without a passphrase: countersign key setup --no-passphrase',
      });
    }
    const key =
      found ??
      (await makeKey({
        program: await findSshProgram('ssh-keygen', machine),
        path,
        comment: principal,
        passphrase: options.passphrase ? { kind: 'terminal' } : { kind: 'none' },
        env: process.env,
        timeoutMs: 10 * 60_000,
      }));
    tell(found === undefined ? `Made a key: ${path}` : `Found a key: ${key.fingerprint} (${key.source})`);
    tell('Have this line added to the signers file of the policy, and yourself to its seniors:');
    print(rosterLine(principal, key.publicKey));
  });
}

async function withOptionalRepository(use: (repo: Repository | undefined) => Promise<void>): Promise<void> {
  try {
    await withRepository(process.cwd(), { warn: tell }, use);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'no-repository') await use(undefined);
    else throw error;
  }
}

async function runKeyShow(options: { readonly json?: true }): Promise<void> {
  await withOptionalRepository(async (repo) => {
    const keys = await personalKeys(repo, machine);
    if (options.json === true) {
      printJson({
        schema: 1,
        keys: keys.map(({ fingerprint, comment, source }) => ({ fingerprint, comment, source })),
      });
      return;
    }
    const principal = repo === undefined ? 'you@example.com' : (await committerIdentity(repo.git)).email;
    for (const key of keys) {
      tell(`${key.fingerprint} ${safeText(key.comment)} (${key.source})`);
      print(rosterLine(principal, key.publicKey));
    }
    if (keys.length === 0) tell('There is no SSH key to sign with. Make one with: countersign key setup');
  });
}
