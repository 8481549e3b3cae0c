import type { Sha } from '../brand';
import type { Acceptance, Policy } from '../policy/policy';
import type { Finding } from './findings';
import { type About, finding, shortId } from './findingWords';
import type { EventRelation, GateEvent, GateInput } from './gateInput';
import { authorsOf, isPerson, type Person, personOf } from './roster';

/** A senior's word that may count; for which commits and paths is decided where it is used. */
export interface SignOff {
  readonly person: Person;
  /** Fingerprint, or the account on a forge: each counts once. */
  readonly key: string;
  readonly evidence: Acceptance;
  readonly covers: ReadonlySet<Sha>;
}

/** A standing request for changes. */
export interface Veto {
  readonly person: Person;
  readonly head: Sha;
  readonly reason: string | undefined;
  /** Id of the event; absent for one of a forge. */
  readonly event?: string | undefined;
}

/** An accepted way past `needsSignOff`. */
export interface Override {
  readonly person: Person;
  readonly covers: ReadonlySet<Sha>;
  readonly reason: string | undefined;
  readonly created: number;
}

/** What the events and the forge's reviews amount to. Order and duplicates do not matter. */
export interface JudgedEvents {
  readonly signOffs: readonly SignOff[];
  readonly vetoes: readonly Veto[];
  readonly overrides: readonly Override[];
  /** Why the others do not count. */
  readonly findings: readonly Finding[];
}

/** Sorts out which events count under the policy, and says of the others why not. A `vouch` counts for nothing. */
export function judgeEvents(input: GateInput, policy: Policy, roster: readonly Person[]): JudgedEvents {
  const signOffs: SignOff[] = [];
  const vetoes: Veto[] = [];
  const overrides: Override[] = [];
  const findings: Finding[] = [];
  const judged = input.events.map((event) => ({
    event,
    person: personOf(roster, event.principals, event.claimedPrincipal),
  }));
  const revoked = new Set<string>();
  for (const { event, person } of judged) {
    // Only the signer takes back: the pair is the key. No NUL is in an id.
    if (event.kind === 'revoke' && event.signature === 'valid' && person !== undefined && event.revokes !== undefined) {
      if (claimsItself(event, person)) revoked.add(`${event.revokes}\0${person.principal}`);
    }
  }
  for (const { event, person } of judged) {
    if (event.kind === 'revoke' || event.kind === 'vouch') continue;
    const refused = refusal(event, person);
    if (refused !== undefined || person === undefined) {
      if (refused !== undefined) findings.push(refused);
      continue;
    }
    if (revoked.has(`${event.id}\0${person.principal}`)) continue;
    const unfit = misfit(input, policy, event, person);
    if (unfit !== undefined) {
      findings.push(unfit);
      continue;
    }
    const covers = new Set(event.covers);
    switch (event.kind) {
      case 'request-changes':
        vetoes.push({ person, head: event.head, reason: event.reason, event: event.id });
        break;
      case 'approve':
        signOffs.push({ person, key: event.keyFingerprint, evidence: 'key', covers });
        break;
      case 'override': {
        const why = overrideRefusal(input, policy, roster, event, person);
        if (why === undefined) overrides.push({ person, covers, reason: event.reason, created: event.created });
        else findings.push(finding('signOffInvalid', about(event, person), { event: nameOf(event), why }));
        break;
      }
    }
  }
  const forge = judgeForge(input, policy, roster);
  return {
    signOffs: [...signOffs, ...forge.signOffs],
    vetoes: [...vetoes, ...forge.vetoes],
    overrides,
    findings: [...findings, ...forge.findings],
  };
}

/** Why nobody of the roster stands behind it; `undefined` when somebody does. */
function refusal(event: GateEvent, person: Person | undefined): Finding | undefined {
  const invalid = (why: string) => finding('signOffInvalid', about(event, person), { event: nameOf(event), why });
  switch (event.signature) {
    case 'valid':
      break;
    case 'unknown-key':
      return finding('signerNotSenior', about(event, person), { why: 'the key is not in the signers file' });
    case 'invalid':
      return invalid('the signature is not valid');
    case 'revoked-key':
      return invalid('the key is revoked');
    case 'expired-key':
      return invalid('the key is outside the time for which it is valid');
    case 'unsupported':
      return invalid('the signature is of a kind that is not known here');
  }
  if (person === undefined)
    return finding('signerNotSenior', about(event, person), { why: 'they are not in the roster' });
  if (!claimsItself(event, person)) return invalid('the key belongs to somebody else');
  return undefined;
}

function claimsItself(event: GateEvent, person: Person): boolean {
  return person.names.has(event.claimedPrincipal.toLowerCase());
}

/** Clocks differ; more than this ahead is no clock. */
const futureLimit = 24 * 3_600_000;

/** Why it does not count here and now; `undefined` when it does. A request for changes never expires and always carries. */
function misfit(input: GateInput, policy: Policy, event: GateEvent, person: Person): Finding | undefined {
  const isVeto = event.kind === 'request-changes';
  const stale = (why: string) => finding('signOffStale', about(event, person), { event: nameOf(event), why });
  if (event.repo !== policy.repository) return stale('it was made for another repository');
  if (event.targetRef !== input.target) return stale('it was made for another branch');
  if (event.relation.kind === 'stale') return stale(event.relation.why);
  if (isVeto) return undefined;
  if (event.relation.kind === 'carries' && policy.carry === 'never') return stale('the commits were made anew');
  if (event.created > input.now + futureLimit) {
    return finding('signOffInvalid', about(event, person), { event: nameOf(event), why: 'it is dated in the future' });
  }
  const end = Math.min(event.created + policy.expires, event.expires ?? Number.POSITIVE_INFINITY);
  return input.now > end ? finding('signOffExpired', about(event, person), { event: nameOf(event) }) : undefined;
}

const day = 24 * 3_600_000;

function overrideRefusal(
  input: GateInput,
  policy: Policy,
  roster: readonly Person[],
  event: GateEvent,
  person: Person,
): string | undefined {
  if (event.reason === undefined || event.reason.trim() === '') return 'it names no reason';
  const may = policy.override.by.some((who) => who === 'seniors' || person.names.has(who.toLowerCase()));
  if (!may) return 'the policy does not let them';
  const isOwn = input.commits.some(
    (commit) => event.covers.includes(commit.sha) && authorsOf(commit).some((author) => isPerson(person, author)),
  );
  if (!isOwn || roster.length > 1) return undefined;
  if (policy.soleSenior === 'deny') return 'the policy does not let the only senior pass their own work';
  const isEarly = policy.soleSenior === 'wait-24h' && input.now < event.created + day;
  return isEarly ? 'the policy lets the only senior pass their own work after 24 hours' : undefined;
}

function judgeForge(input: GateInput, policy: Policy, roster: readonly Person[]): Omit<JudgedEvents, 'overrides'> {
  const signOffs: SignOff[] = [];
  const vetoes: Veto[] = [];
  const findings: Finding[] = [];
  if (![policy, ...policy.risks].some((rule) => rule.accept.includes('forge'))) return { signOffs, vetoes, findings };
  for (const review of input.forge) {
    // Only an account: an address that a forge shows proves nothing.
    const account = review.account.toLowerCase();
    const person = account.includes(':') ? roster.find((each) => each.names.has(account)) : undefined;
    if (person === undefined) {
      findings.push(
        finding('signerNotSenior', { principal: review.account }, { why: 'the account is not in the roster' }),
      );
    } else if (review.state === 'changes-requested') {
      vetoes.push({ person, head: review.commit, reason: undefined });
    } else if (review.commit === input.head) {
      const covers = new Set(input.commits.map((commit) => commit.sha));
      signOffs.push({ person, key: `forge:${account}`, evidence: 'forge', covers });
    } else {
      const why = `it is about ${shortId(review.commit)}`;
      findings.push(finding('signOffStale', { principal: person.principal }, { event: 'approval', why }));
    }
  }
  return { signOffs, vetoes, findings };
}

function about(event: GateEvent, person: Person | undefined): About {
  return { principal: person?.principal ?? event.principals[0] ?? event.claimedPrincipal };
}

function nameOf(event: { readonly kind: GateEvent['kind']; readonly relation: EventRelation }): string {
  switch (event.kind) {
    case 'approve':
      return 'sign-off';
    case 'request-changes':
      return 'request for changes';
    case 'override':
      return 'override';
    case 'revoke':
      return 'revocation';
    case 'vouch':
      return 'own review';
  }
}
