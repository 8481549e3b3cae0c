import { homedir } from 'node:os';
import { ToolError } from '../../core/errors';
import { getConfig } from '../../git/config';
import type { Environment } from '../../git/gitEnvironment';
import { findKeys, type KeyCandidate, readKeyFile } from '../../signing/keys';
import { findSshProgram } from '../../signing/sshKeygen';
import type { Repository } from '../repository';
import { type KeyStanding, keyStanding, type SignableRange } from './sign';

/** The person's own machine as far as keys are concerned. */
export interface KeyMachine {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
}

const agentTimeoutMs = 5000;

/** The person's keys, the likeliest first; `user.signingKey` is read from their global configuration alone. */
export async function personalKeys(
  repo: Repository | undefined,
  machine: KeyMachine,
): Promise<readonly KeyCandidate[]> {
  return findKeys({
    home: machine.env['HOME'] ?? homedir(),
    env: machine.env,
    gitSigningKey: repo === undefined ? undefined : await getConfig(repo.git, 'user.signingKey', { scope: 'global' }),
    sshAdd: await findSshProgram('ssh-add', machine),
    timeoutMs: agentTimeoutMs,
  });
}

/** A key with what it can do for a range. */
export interface ChosenKey {
  readonly key: KeyCandidate;
  readonly standing: KeyStanding;
}

/**
 * The key to sign a range with: the one that was named, else the first of the person's keys that counts here, else the
 * one that comes nearest to counting.
 *
 * @throws ToolError `no-key` where there is none
 */
export function chooseKey(
  repo: Repository,
  range: SignableRange,
  machine: KeyMachine,
  named: string | undefined,
): Promise<ChosenKey> {
  const standingOf = (key: KeyCandidate): KeyStanding => keyStanding(repo, range, key);
  return chooseKeyBy(repo, machine, named, standingOf, ['counts', 'own-work', 'not-senior']);
}

/**
 * The key that was named, else the first of the person's keys whose standing comes first in `order`.
 *
 * @throws ToolError `no-key` where there is none
 */
export async function chooseKeyBy<S extends { readonly kind: string }>(
  repo: Repository,
  machine: KeyMachine,
  named: string | undefined,
  standingOf: (key: KeyCandidate) => S,
  order: readonly S['kind'][],
): Promise<{ readonly key: KeyCandidate; readonly standing: S }> {
  if (named !== undefined) {
    const key = await readKeyFile(named);
    if (key === undefined) {
      throw new ToolError(
        'no-key',
        `${named} is no key that can be used: its public part ${named}.pub is not there or not readable.`,
      );
    }
    return { key, standing: standingOf(key) };
  }
  const all = (await personalKeys(repo, machine)).map((key) => ({ key, standing: standingOf(key) }));
  for (const kind of order) {
    const found = all.find(({ standing }) => standing.kind === kind);
    if (found !== undefined) return found;
  }
  throw new ToolError('no-key', 'There is no SSH key to sign with.', { next: 'Make one with: countersign key setup' });
}
