import type { KeyMachine } from '../app/gate/keys';
import { ToolError } from '../core/errors';
import { safeText } from '../core/safeText';
import { statementText } from '../core/signOff/statementText';
import type { KeyCandidate } from '../signing/keys';
import type { Signer } from '../signing/signEvent';
import { findSshProgram } from '../signing/sshKeygen';
import { knownAgent } from './knownAgent';
import type { Outcome } from './outcome';
import { confirm, isInteractive, tell } from './terminal';

/** What every command that signs takes. */
export interface SigningOptions {
  readonly key?: string;
  readonly yes?: true;
}

/** This machine, as far as keys are concerned. */
export const thisMachine: KeyMachine = { env: process.env, platform: process.platform };

/** Says no where an agent runs the command; whether it did. */
export function refuseAgent(outcome: Outcome): boolean {
  const agent = knownAgent(process.env);
  if (agent === undefined) return false;
  tell(`countersign: ${agent} is running this; a sign-off is a person's. Sign in a terminal of your own.`);
  outcome.code = 1;
  return true;
}

/** Whether the person agrees to sign what was shown; says why not, and sets the exit code. */
export async function isAgreed(options: SigningOptions, outcome: Outcome): Promise<boolean> {
  if (options.yes === true) return true;
  if (!isInteractive()) {
    tell('countersign: nobody can be asked here. Pass --yes to sign all the same; it is recorded as unattended.');
    outcome.code = 2;
    return false;
  }
  const agreed = await confirm('Sign this?');
  if (!agreed) {
    tell('Nothing was signed.');
    outcome.code = 1;
  }
  return agreed;
}

/** Says why a key cannot count, and sets the exit code. */
export function tellNotSenior(key: KeyCandidate, reason: string, outcome: Outcome): void {
  tell(`countersign: this key cannot count here: ${safeText(reason)} (${key.fingerprint}).`);
  tell('Have an admin add you to the roster: countersign key show prints the line.');
  outcome.code = 1;
}

/** Signs with a key; ssh-keygen asks on the terminal. */
export async function terminalSigner(key: KeyCandidate): Promise<Signer> {
  return {
    program: await findSshProgram('ssh-keygen', thisMachine),
    key: key.key,
    env: process.env,
    timeoutMs: 10 * 60_000,
  };
}

/** Words for a statement, as it will hold them. @throws ToolError `usage` for what it cannot hold; `option` names them */
export function wordsFor(option: string, words: string): string {
  const checked = statementText(words);
  switch (checked.kind) {
    case 'ok':
      return checked.text;
    case 'empty':
      throw new ToolError('usage', `${option} is empty; say it in words.`);
    case 'too-long':
      throw new ToolError('usage', `${option} is longer than ${checked.limit} characters.`);
    case 'not-text':
      throw new ToolError('usage', `${option} is no valid text.`);
  }
}
