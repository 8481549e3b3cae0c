import { randomBytes } from 'node:crypto';
import type { Sha } from '../../core/brand';
import { ToolError } from '../../core/errors';
import { type Person, personOf, rosterOf } from '../../core/gate/roster';
import type { EventId, SignOffStatement } from '../../core/signOff/statement';
import type { VerifiedEvent } from '../../core/signOff/verifyEvent';
import { currentBranch } from '../../git/refs';
import { isAncestor } from '../../git/revList';
import { notesTips } from '../recordBook';
import type { Repository } from '../repository';
import { readEvents, signOffsRef } from './gatherEvents';
import type { Governing } from './policyAt';
import { defaultRemote, placeTarget, targetOf } from './targets';

/** Digits that name an event at least. */
const leastDigits = 8;

/** An event that counts for something, with whose it is by what governs the branch that it is about. */
export interface StandingEvent {
  readonly id: EventId;
  readonly statement: SignOffStatement;
  readonly person: Person;
}

/** An event to take back, and what governs the branch that it is about. */
export interface EventToRevoke {
  readonly event: StandingEvent;
  readonly governing: Governing;
  /** Its signer took it back before. */
  readonly isRevoked: boolean;
}

type Verified = VerifiedEvent & { readonly kind: 'event' };

/**
 * The event that an id or the beginning of one names, in the notes that are here or were fetched.
 *
 * @throws ToolError `usage` where it names none, several, or one that cannot be taken back
 */
export async function eventToRevoke(repo: Repository, name: string): Promise<EventToRevoke> {
  const prefix = name.toLowerCase();
  if (!/^[0-9a-f]{1,64}$/.test(prefix) || prefix.length < leastDigits) {
    throw new ToolError('usage', `An event is named by its id, or at least its first ${leastDigits} digits.`, listing);
  }
  const tips = await notesTips(repo, signOffsRef);
  const named = (await readEvents(repo, tips, { lines: [] })).filter(({ id }) => id.startsWith(prefix));
  const [first, second] = named;
  if (first === undefined) {
    throw new ToolError('usage', `No sign-off event ${prefix} is here.`, {
      next: 'Fetch those of others with: countersign sync. See which stand with: countersign revoke',
    });
  }
  if (second !== undefined) {
    throw new ToolError('usage', `${prefix} names ${named.length} events; give more of the id.`, {
      next: named.map(({ id }) => id.slice(0, 16)).join(', '),
    });
  }
  if (first.event === 'revoke') throw new ToolError('usage', 'What takes an event back cannot be taken back itself.');
  const governing = await governingOf(repo, first.statement.targetRef);
  const events = await readEvents(repo, tips, governing.signers);
  const verified = events.find(({ id }) => id === first.id);
  const person = verified === undefined ? undefined : signerOf(governing, verified);
  if (person === undefined) {
    throw new ToolError(
      'usage',
      `The event ${first.id} is no senior's by the policy, so there is nothing to take back.`,
    );
  }
  const event = { id: first.id, statement: first.statement, person };
  return { event, governing, isRevoked: revokedBy(governing, events).has(`${event.id}\0${person.principal}`) };
}

const listing = { next: 'See which stand with: countersign revoke' };

/** The events for a branch that stand and whose work it does not have yet, the newest first. */
export async function standingEvents(repo: Repository, targetRef: string): Promise<readonly StandingEvent[]> {
  const { tip, governing } = await placed(repo, targetRef);
  const events = await readEvents(repo, await notesTips(repo, signOffsRef), governing.signers);
  const revoked = revokedBy(governing, events);
  const standing: StandingEvent[] = [];
  for (const event of [...events].sort((a, b) => b.statement.created - a.statement.created)) {
    const { id, statement } = event;
    if (statement.targetRef !== targetRef || statement.event === 'revoke') continue;
    const person = signerOf(governing, event);
    if (person === undefined || revoked.has(`${id}\0${person.principal}`)) continue;
    if (tip !== undefined && (await isAncestor(repo.git, statement.head, tip).catch(() => false))) continue;
    standing.push({ id, statement, person });
  }
  return standing;
}

/** What is said besides which event it is. */
export interface RevokeRequest {
  readonly principal: string;
  readonly reason: string | undefined;
  readonly unattended: boolean;
}

/** The statement that takes an event back: about the very range that the event is about. */
export async function makeRevocation(
  repo: Repository,
  { event, governing }: EventToRevoke,
  { principal, reason, unattended }: RevokeRequest,
): Promise<SignOffStatement> {
  const { repo: repository, targetRef, base, head, resultTree, commits, diffSha256, records } = event.statement;
  const { state } = governing;
  const concerned = new Set<Sha>(commits);
  const known = await readEvents(repo, await notesTips(repo, signOffsRef), governing.signers);
  return {
    event: 'revoke',
    revokes: event.id,
    ...(reason === undefined ? {} : { reason }),
    repo: repository,
    targetRef,
    base,
    head,
    resultTree,
    commits,
    diffSha256,
    ...(state.kind === 'ok' ? { policy: { revision: state.policy.revision, digest: state.digest } } : {}),
    records,
    principal,
    covered: { regions: [], answers: {} },
    knows: known
      .filter(({ statement }) => statement.commits.some((sha) => concerned.has(sha)))
      .map(({ id }) => id)
      .sort(),
    nonce: randomBytes(16).toString('hex'),
    created: repo.now(),
    unattended,
  };
}

/** What governs a branch where it is pushed to; where its policy is gone, the last one that was there. */
async function governingOf(repo: Repository, targetRef: string): Promise<Governing> {
  return (await placed(repo, targetRef)).governing;
}

async function placed(
  repo: Repository,
  targetRef: string,
): Promise<{ readonly tip: Sha | undefined; readonly governing: Governing }> {
  const remote = await defaultRemote(repo, await currentBranch(repo.git));
  const { tip, governing } = await placeTarget(repo, await targetOf(repo, remote, targetRef));
  return { tip, governing: governing.last ?? governing };
}

/** Whose an event is; nobody's when its signature proves nothing, or they are in no roster. */
function signerOf({ state }: Governing, { signature, statement }: Verified): Person | undefined {
  if (signature.kind !== 'valid' || state.kind !== 'ok') return undefined;
  const person = personOf(rosterOf(state.policy.seniors), [signature.principal], statement.principal);
  return person?.names.has(statement.principal.toLowerCase()) === true ? person : undefined;
}

function revokedBy(governing: Governing, events: readonly Verified[]): ReadonlySet<string> {
  const revoked = new Set<string>();
  for (const event of events) {
    if (event.statement.event !== 'revoke') continue;
    const person = signerOf(governing, event);
    if (person !== undefined) revoked.add(`${event.statement.revokes}\0${person.principal}`);
  }
  return revoked;
}
