import type { Command } from 'commander';
import { chooseKeyBy } from '../app/gate/keys';
import {
  type EventToRevoke,
  eventToRevoke,
  makeRevocation,
  type StandingEvent,
  standingEvents,
} from '../app/gate/revoke';
import { keyOwner, signStatement } from '../app/gate/sign';
import { chooseTarget, fullRef } from '../app/gate/targets';
import { type Repository, withRepository } from '../app/repository';
import { ToolError } from '../core/errors';
import { safeText } from '../core/safeText';
import type { KeyCandidate } from '../signing/keys';
import type { Outcome } from './outcome';
import {
  isAgreed,
  refuseAgent,
  type SigningOptions,
  tellNotSenior,
  terminalSigner,
  thisMachine,
  wordsFor,
} from './signing';
import { print, tell } from './terminal';

/** `revoke`: takes a sign-off or a request for changes back. */
export function addRevokeCommand(program: Command, outcome: Outcome): void {
  program
    .command('revoke')
    .description('Take back a sign-off or a request for changes that you signed.')
    .argument('[event]', 'its id, or the first 8 digits or more; left out, those that stand are listed')
    .option('--key <path>', 'the key to sign with')
    .option('--target <ref>', 'branch or full ref name, for the list')
    .option('--reason <text>', 'why')
    .option('--yes', 'sign without being asked; recorded as unattended')
    .action((event: string | undefined, options: RevokeOptions) =>
      event === undefined ? listStanding(options) : runRevoke(event, options, outcome),
    );
}

interface RevokeOptions extends SigningOptions {
  readonly reason?: string;
  readonly target?: string;
}

/** How many standing events are listed at most. */
const mostListed = 50;

async function listStanding({ target }: RevokeOptions): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const ref = target === undefined ? (await chooseTarget(repo))?.ref : fullRef(target);
    if (ref === undefined) {
      throw new ToolError('no-remote', 'There is no remote that this work could go to.', {
        next: 'Name a branch: --target <branch>',
      });
    }
    const events = await standingEvents(repo, ref);
    for (const event of events.slice(0, mostListed)) print(`${event.id.slice(0, 16)} ${wordsOf(event)}`);
    if (events.length > mostListed) tell(`and ${events.length - mostListed} more`);
    if (events.length === 0) tell(`No sign-off stands for ${safeText(ref, 120)}.`);
    else tell('Take one of yours back with: countersign revoke <event>');
  });
}

async function runRevoke(name: string, options: RevokeOptions, outcome: Outcome): Promise<void> {
  if (refuseAgent(outcome)) return;
  const reason = options.reason === undefined ? undefined : wordsFor('--reason', options.reason);
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const found = await eventToRevoke(repo, name);
    const { event, governing } = found;
    if (found.isRevoked) {
      tell(`${event.id} was taken back before; there is nothing to do.`);
      return;
    }
    const key = await ownKey(repo, found, options, outcome);
    if (key === undefined) return;
    tell('Take back:');
    tell(`  ${event.id.slice(0, 16)} ${wordsOf(event)}`);
    if (!(await isAgreed(options, outcome))) return;
    const statement = await makeRevocation(repo, found, {
      principal: event.person.principal,
      reason,
      unattended: options.yes === true,
    });
    const signed = await signStatement(repo, governing.signers, statement, await terminalSigner(key));
    print(
      `Taken back: ${event.id} by ${safeText(event.person.principal)} with ${signed.fingerprint}, in ${signed.id}.`,
    );
    tell('Publish it with: countersign sync');
  });
}

/** A key of whoever signed the event; says which reason it is that there is none. */
async function ownKey(
  repo: Repository,
  { event, governing }: EventToRevoke,
  options: RevokeOptions,
  outcome: Outcome,
): Promise<KeyCandidate | undefined> {
  const { principal } = event.person;
  const standingOf = (candidate: KeyCandidate) => {
    const owner = keyOwner(governing, candidate, repo.now());
    if (owner.kind === 'not-senior') return owner;
    return { ...owner, kind: owner.person.principal === principal ? 'own' : 'other' } as const;
  };
  const order = ['own', 'other', 'not-senior'] as const;
  const { key, standing } = await chooseKeyBy(repo, thisMachine, options.key, standingOf, order);
  switch (standing.kind) {
    case 'own':
      return key;
    case 'not-senior':
      tellNotSenior(key, standing.reason, outcome);
      return undefined;
    case 'other':
      tell(
        `countersign: this key cannot take it back: it is ${safeText(standing.person.principal)}'s, and ${safeText(principal)} signed ${event.id.slice(0, 16)}.`,
      );
      tell(`Ask ${safeText(principal)} to take it back.`);
      outcome.code = 1;
      return undefined;
  }
}

const names = {
  approve: 'sign-off',
  vouch: 'own review',
  'request-changes': 'request for changes',
  override: 'override',
  revoke: 'revocation',
} as const;

function wordsOf({ statement, person }: StandingEvent): string {
  const { commits, head, targetRef, created } = statement;
  const reason = 'reason' in statement && statement.reason !== undefined ? `: ${safeText(statement.reason, 80)}` : '';
  const count = `${commits.length} ${commits.length === 1 ? 'commit' : 'commits'}`;
  const day = new Date(created).toISOString().slice(0, 10);
  return `${names[statement.event]} of ${safeText(person.principal, 80)} on ${day} for ${count} up to ${head.slice(0, 12)}, for ${safeText(targetRef, 80)}${reason}`;
}
