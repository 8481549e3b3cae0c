import { randomBytes } from 'node:crypto';
import type { RepoPath, Sha } from '../../core/brand';
import { ToolError } from '../../core/errors';
import type { GateCommit } from '../../core/gate/gateInput';
import type { GateResult } from '../../core/gate/gateResult';
import { authorsOf, isPerson, type Person, personOf, rosterOf } from '../../core/gate/roster';
import type { Policy } from '../../core/policy/policy';
import { formatLineRanges } from '../../core/record/lineRanges';
import { type AllowedSigners, findSigner } from '../../core/signOff/allowedSigners';
import { uniteEventLogs } from '../../core/signOff/eventLog';
import type { CoveredRegions, EventId, SignOffStatement } from '../../core/signOff/statement';
import { decodeStatement, encodeStatement } from '../../core/signOff/statementCodec';
import { verifyEvent } from '../../core/signOff/verifyEvent';
import { readCommit } from '../../git/commit';
import { writeNotes } from '../../git/notes';
import { listCommits, mergeBase } from '../../git/revList';
import type { KeyCandidate } from '../../signing/keys';
import { type Signer, signEvent } from '../../signing/signEvent';
import type { Records } from '../commitRecords';
import { notesTips } from '../recordBook';
import type { Repository } from '../repository';
import { readEvents, signOffsRef } from './gatherEvents';
import { repositoryId } from './judge';
import type { LocalJudgement } from './localCheck';
import type { Governing } from './policyAt';
import { reviewDigest } from './reviewDigest';

/** What a person decides about a range. */
export type Decision = { readonly event: 'approve' } | { readonly event: 'request-changes'; readonly reason: string };

/** A range that can be signed, with what its signer is shown. */
export interface SignableRange {
  readonly judgement: LocalJudgement;
  readonly policy: Policy | undefined;
  readonly base: Sha;
  readonly head: Sha;
  readonly commits: readonly GateCommit[];
  readonly result: GateResult;
}

/**
 * The range of a judgement, ready to be signed; with `from` only what lies behind that commit.
 *
 * @throws ToolError `usage` for a range without commits, `bad-input` where there is no common history
 */
export async function signableRange(repo: Repository, judgement: LocalJudgement, from?: Sha): Promise<SignableRange> {
  const { result, head, governing } = judgement;
  // Commits behind a `from` beside the history of head begin where they left it.
  const base = from === undefined ? result.base : ((await mergeBase(repo.git, from, head)) ?? null);
  if (base === null) throw new ToolError('bad-input', 'The range has no common history with its target.');
  const wanted =
    from === undefined
      ? undefined
      : new Set((await listCommits(repo.git, { include: [head], exclude: [from] })).map(({ sha }) => sha));
  const commits = judgement.commits.filter(({ sha }) => wanted?.has(sha) ?? true);
  if (commits.length === 0) {
    throw new ToolError(
      'usage',
      `There is nothing to sign: ${result.target} has these commits already, or no policy protects it.`,
    );
  }
  const policy = governing.state.kind === 'ok' ? governing.state.policy : undefined;
  return { judgement, policy, base, head, commits, result };
}

/** Whether a key can count for a range here, and as whose. */
export type KeyStanding =
  | { readonly kind: 'counts'; readonly person: Person }
  /** In no roster: `reason` says whether the signers file or the roster lacks it. */
  | { readonly kind: 'not-senior'; readonly reason: string }
  | { readonly kind: 'own-work'; readonly person: Person };

/** Whose key it is by the signers file and roster that govern at `now` (ms). */
export function keyOwner(
  { state, signers }: Governing,
  key: KeyCandidate,
  now: number,
): Exclude<KeyStanding, { kind: 'counts' | 'own-work' }> | { readonly kind: 'senior'; readonly person: Person } {
  const found = findSigner(signers, key.publicKey.blob, now);
  if (found.kind === 'unknown-key') return { kind: 'not-senior', reason: 'the key is not in the signers file' };
  if (found.kind !== 'found')
    return { kind: 'not-senior', reason: 'the line of the key in the signers file does not count' };
  const seniors = state.kind === 'ok' ? state.policy.seniors : [];
  const person = personOf(rosterOf(seniors), found.principals, found.principals[0] ?? '');
  if (person === undefined)
    return { kind: 'not-senior', reason: `${found.principals.join(', ')} is not in the roster` };
  return { kind: 'senior', person };
}

/**
 * Whose key it is by the signers file and roster that govern, and whether that person wrote all that needs a sign-off.
 * Where there is no policy nobody is a senior.
 */
export function keyStanding(repo: Repository, range: SignableRange, key: KeyCandidate): KeyStanding {
  const owner = keyOwner(range.judgement.governing, key, repo.now());
  if (owner.kind === 'not-senior') return owner;
  const { person } = owner;
  const open = range.result.coverage.commits.filter(({ state }) => state !== 'none').map(({ commit }) => commit);
  const concerned = range.commits.filter(({ sha }) => open.length === 0 || open.includes(sha));
  const own = concerned.filter((commit) => authorsOf(commit).some((author) => isPerson(person, author)));
  return own.length === concerned.length ? { kind: 'own-work', person } : { kind: 'counts', person };
}

/** What goes into a statement besides the range: who, what they were shown and said. */
export interface SignRequest {
  readonly decision: Decision;
  readonly principal: string;
  readonly answers: Readonly<Record<string, string>>;
  /** How the regions were seen: one by one, or as a whole. */
  readonly how: CoveredRegions['how'];
  readonly unattended: boolean;
}

/** The statement that a decision about a range signs. @throws ToolError `bad-input` where an object is not here */
export async function makeStatement(
  repo: Repository,
  records: Records,
  range: SignableRange,
  request: SignRequest,
): Promise<SignOffStatement> {
  const { base, head, policy, result, judgement } = range;
  const read = await readCommit(repo.objects, head);
  const diffSha256 = await reviewDigest(repo, base, head);
  if (read.kind !== 'found' || diffSha256 === undefined)
    throw new ToolError('bad-input', 'Objects of the range are not here.');
  const state = judgement.governing.state;
  const created = repo.now();
  const common = {
    repo: await repositoryId(repo, judgement.governing, judgement.target.policyTip),
    targetRef: result.target,
    base,
    head,
    resultTree: read.commit.tree,
    commits: range.commits.map(({ sha }) => sha),
    diffSha256,
    ...(state.kind === 'ok' ? { policy: { revision: state.policy.revision, digest: state.digest } } : {}),
    records: await recordIds(records, range.commits),
    principal: request.principal,
    covered: { regions: regionsOf(range, request.how), answers: request.answers },
    knows: await knownEvents(repo, range),
    nonce: randomBytes(16).toString('hex'),
    created,
    ...(policy === undefined ? {} : { expires: created + policy.expires }),
    unattended: request.unattended,
  };
  return request.decision.event === 'approve' ? { ...common, event: 'approve' } : { ...common, ...request.decision };
}

async function recordIds(records: Records, commits: readonly GateCommit[]): Promise<Record<string, Sha>> {
  const ids: Record<string, Sha> = {};
  for (const { sha } of commits) {
    const [named] = await records.book.recordsOf(sha);
    if (named !== undefined) ids[sha] = named.id;
  }
  return ids;
}

/** The lines that count, as head has them: the net change tells, since it is in the head's numbers. */
function regionsOf(range: SignableRange, how: CoveredRegions['how']): readonly CoveredRegions[] {
  const lines = new Map<RepoPath, number[]>();
  for (const commit of range.result.coverage.commits) {
    for (const { path } of commit.counting) if (!lines.has(path)) lines.set(path, []);
  }
  const head = range.commits.at(-1);
  if (range.commits.length === 1) {
    for (const change of head?.changes ?? []) {
      const numbers = change.added
        .filter((run) => run.class !== 'human' && run.skip === undefined)
        .flatMap((run) => Array.from({ length: run.count }, (_, index) => run.start + index));
      if (lines.has(change.path)) lines.set(change.path, numbers);
    }
  }
  return [...lines].map(([path, numbers]) => ({ path, lines: formatLineRanges(numbers), how }));
}

async function knownEvents(repo: Repository, range: SignableRange): Promise<readonly EventId[]> {
  const events = await readEvents(repo, await notesTips(repo, signOffsRef), range.judgement.governing.signers);
  const inRange = new Set<string>(range.commits.map(({ sha }) => sha));
  return events
    .filter(({ statement }) => statement.commits.some((sha) => inRange.has(sha)))
    .map(({ id }) => id)
    .sort();
}

/** An event that was signed and attached. */
export interface AttachedEvent {
  readonly id: EventId;
  readonly fingerprint: string;
}

/** Signs a statement about a range and attaches it, as {@link signStatement} does. */
export async function signAndAttach(
  repo: Repository,
  range: SignableRange,
  statement: SignOffStatement,
  signer: Signer,
): Promise<AttachedEvent> {
  return signStatement(repo, range.judgement.governing.signers, statement, signer);
}

/**
 * Signs a statement, proves the result against the signers file, and attaches it to the head in the sign-off notes. What
 * no reader would accept is not signed.
 *
 * @throws ToolError `bad-input`, `sign-cancelled`, `sign-failed`, `no-key`, `missing-program`, `timeout`, `lost-race`
 */
export async function signStatement(
  repo: Repository,
  signers: AllowedSigners,
  statement: SignOffStatement,
  signer: Signer,
): Promise<AttachedEvent> {
  const readable = decodeStatement(encodeStatement(statement));
  if (readable.kind === 'malformed') {
    const [problem] = readable.problems;
    throw new ToolError(
      'bad-input',
      `The statement would not be readable: ${problem?.path ?? ''}: ${problem?.problem ?? ''}; nothing was signed.`,
    );
  }
  const signed = await signEvent(statement, signer);
  if (signed.kind === 'failed') throw signFailure(signed.reason, signed.detail);
  const verified = verifyEvent(signed.line, { allowedSigners: signers, now: repo.now() });
  if (verified.kind !== 'event' || verified.signature.kind !== 'valid') {
    throw new ToolError(
      'sign-failed',
      'The signature was made, but it does not prove what it should; nothing was attached.',
    );
  }
  const read = await readCommit(repo.objects, statement.head);
  const time = read.kind === 'found' ? { seconds: Math.floor(statement.created / 1000), zone: '+0000' } : undefined;
  await writeNotes(
    repo.git,
    signOffsRef,
    new Map([
      [
        statement.head,
        ({ data }) => Buffer.from(uniteEventLogs([data?.toString('utf8') ?? '', `${signed.line}\n`]), 'utf8'),
      ],
    ]),
    { message: 'Sign-off added by countersign\n', reader: repo.objects, ...(time === undefined ? {} : { time }) },
  );
  return { id: signed.id, fingerprint: signed.fingerprint };
}

function signFailure(reason: string, detail: string): ToolError {
  switch (reason) {
    case 'cancelled':
      return new ToolError('sign-cancelled', 'Signing was cancelled; nothing was signed.');
    case 'no-private-key':
      return new ToolError('no-key', 'The private part of the key is neither beside its public part nor in an agent.', {
        next: 'Add it to your agent with ssh-add, or name its file with --key.',
      });
    case 'missing-program':
      return new ToolError('missing-program', 'ssh-keygen was not found; it comes with OpenSSH.');
    case 'wrong-passphrase':
      return new ToolError('sign-failed', 'The passphrase was wrong; nothing was signed.');
    case 'nobody-asked':
      return new ToolError(
        'sign-failed',
        'The key has a passphrase, which could not be asked for; nothing was signed.',
        {
          next: 'Sign in a terminal, or add the key to your agent with: ssh-add',
        },
      );
    case 'timeout':
      return new ToolError('timeout', 'ssh-keygen did not answer in time; nothing was signed.');
    default:
      return new ToolError('sign-failed', `ssh-keygen did not sign: ${detail}`);
  }
}
