import type { Sha } from '../../core/brand';
import type { EventRelation, GateCommit, GateEvent } from '../../core/gate/gateInput';
import type { AllowedSigners } from '../../core/signOff/allowedSigners';
import { parseEventLog } from '../../core/signOff/eventLog';
import type { SignOffStatement } from '../../core/signOff/statement';
import { type UnprovenReason, type VerifiedEvent, verifyEventLog } from '../../core/signOff/verifyEvent';
import { readCommit, readCommits } from '../../git/commit';
import { diffNames } from '../../git/diff';
import { trialMerge } from '../../git/mergeTree';
import { isAncestor, listCommits, mergeBase } from '../../git/revList';
import { noteIndex } from '../noteIndex';
import type { Repository } from '../repository';
import { ChangedLines, type Step } from './changedLines';
import { reviewDigest } from './reviewDigest';

/** Where sign-off events are. */
export const signOffsRef = 'refs/notes/countersign-signoffs';

/** The range that events are held against. */
export interface JudgedRange {
  readonly repo: string;
  readonly targetRef: string;
  readonly base: Sha | undefined;
  readonly head: Sha;
  /** Parents before children. */
  readonly commits: readonly GateCommit[];
  readonly targetTip: Sha | undefined;
  readonly carries: boolean;
}

/** All events of the notes at `tips`, each verified against the signers file. */
export async function readEvents(
  repo: Repository,
  tips: readonly Sha[],
  signers: AllowedSigners,
): Promise<readonly (VerifiedEvent & { readonly kind: 'event' })[]> {
  const index = await noteIndex(repo, tips);
  const blobs = [...new Set([...index.values()].flat())];
  const reads = await Promise.all(blobs.map((blob) => repo.objects.read(blob)));
  const logged = reads.flatMap((read) =>
    read.kind === 'found' ? parseEventLog(read.data.toString('utf8')).events : [],
  );
  return verifyEventLog(logged, { allowedSigners: signers, now: repo.now() }).filter((event) => event.kind === 'event');
}

/** What each event is to a range; those that have nothing to do with it are left out. */
export async function gatherEvents(
  repo: Repository,
  tips: readonly Sha[],
  signers: AllowedSigners,
  range: JudgedRange,
): Promise<readonly GateEvent[]> {
  const events: GateEvent[] = [];
  const relations = new RangeRelations(repo, range);
  for (const verified of await readEvents(repo, tips, signers)) {
    const related = await relations.of(verified.statement);
    if (related !== undefined) events.push(gateEvent(verified, related));
    // Whatever commit it stands at: what it takes back may be about this range.
    else if (verified.event === 'revoke') events.push(gateEvent(verified, stale('it is about other commits')));
  }
  return events;
}

interface Related {
  readonly relation: EventRelation;
  readonly covers: readonly Sha[];
}

function gateEvent(
  { id, statement, signature }: VerifiedEvent & { readonly kind: 'event' },
  related: Related,
): GateEvent {
  return {
    kind: statement.event,
    id,
    signature: signature.kind === 'valid' ? 'valid' : signatureWord(signature.reason),
    keyFingerprint: signature.fingerprint ?? '',
    principals: signature.kind === 'valid' ? [signature.principal] : [],
    claimedPrincipal: statement.principal,
    repo: statement.repo,
    targetRef: statement.targetRef,
    head: statement.head,
    created: statement.created,
    expires: statement.expires,
    revokes: statement.event === 'revoke' ? statement.revokes : undefined,
    reason: 'reason' in statement ? statement.reason : undefined,
    ...related,
  };
}

function signatureWord(reason: UnprovenReason): GateEvent['signature'] {
  switch (reason) {
    case 'unknown-key':
    case 'not-counted':
      return 'unknown-key';
    case 'not-yet-valid':
    case 'no-longer-valid':
      return 'expired-key';
    case 'unsupported':
      return 'unsupported';
    case 'malformed':
    case 'wrong-namespace':
    case 'bad-signature':
    case 'other-principal':
      return 'invalid';
  }
}

/** Holds statements against one range (contract, "what happens after signing"). */
class RangeRelations {
  readonly #repo: Repository;
  readonly #range: JudgedRange;
  readonly #inRange: ReadonlySet<Sha>;
  readonly #digests = new Map<Sha, Promise<string | undefined>>();

  constructor(repo: Repository, range: JudgedRange) {
    this.#repo = repo;
    this.#range = range;
    this.#inRange = new Set(range.commits.map(({ sha }) => sha));
  }

  async of(statement: SignOffStatement): Promise<Related | undefined> {
    const range = this.#range;
    // Another repository's or branch's event is the gate's to refuse, but only where it names this range at all.
    const names = this.#inRange.has(statement.head) || statement.commits.some((sha) => this.#inRange.has(sha));
    if (statement.repo !== range.repo || statement.targetRef !== range.targetRef) {
      return names ? stale('it was signed for another repository or branch') : undefined;
    }
    if (this.#inRange.has(statement.head)) return this.#sameHead(statement);
    const present = await this.#repo.objects.info(statement.head);
    // What was signed can no longer be merged; that the same is to be changed can be told by the diff.
    if (present.kind === 'missing')
      return statement.event === 'request-changes' ? this.#carried(statement, 'gone') : undefined;
    if (!(await this.#isAbout(statement))) return undefined;
    // A request for changes follows its commits whatever the policy says of sign-offs.
    const follows = range.carries || statement.event === 'request-changes';
    const carried = follows ? await this.#carried(statement) : undefined;
    if (carried !== undefined) return carried;
    if (!(await this.#isNear(statement))) return undefined;
    return stale(
      follows
        ? await this.#difference(statement)
        : 'the commits changed after it was signed, and the policy lets no sign-off carry',
    );
  }

  async #sameHead(statement: SignOffStatement): Promise<Related> {
    const read = await readCommit(this.#repo.objects, statement.head);
    if (read.kind !== 'found' || read.commit.tree !== statement.resultTree)
      return stale('it names another tree than its commit has');
    // What only the base has would be in no diff from there.
    if (!(await isAncestor(this.#repo.git, statement.base, statement.head).catch(() => false)))
      return stale('its base is not in the history of its head');
    const digest = await reviewDigest(this.#repo, statement.base, statement.head);
    if (digest !== statement.diffSha256)
      return stale('the diff that was signed is not the one between its base and its head');
    // A diff speaks for the commits that it is made of, whatever else a statement names.
    const shown = new Set(await this.#between(statement.base, statement.head));
    const covers = statement.commits.filter((sha) => this.#inRange.has(sha) && shown.has(sha));
    if (statement.head !== this.#range.head) return { relation: { kind: 'prefix' }, covers };
    return { relation: { kind: statement.base === this.#range.base ? 'exact' : 'stands' }, covers };
  }

  /** Whether an event whose head is gone can be about this range: it began in its history, and was not merged meanwhile. */
  async #isAbout(statement: SignOffStatement): Promise<boolean> {
    const { head, targetTip } = this.#range;
    const { git } = this.#repo;
    if (targetTip !== undefined && (await isAncestor(git, statement.head, targetTip).catch(() => false))) return false;
    // What was signed of later work says nothing of this.
    if (await isAncestor(git, head, statement.head).catch(() => false)) return false;
    return isAncestor(git, statement.base, head).catch(() => false);
  }

  /**
   * Whether somebody could take it for an event about this range: both began at the same commit, or touch a file in
   * common. What was signed once and never merged would otherwise be said to be stale for ever.
   */
  async #isNear(statement: SignOffStatement): Promise<boolean> {
    const { base, commits } = this.#range;
    if (commits.length === 0) return false;
    if (statement.base === base) return true;
    const signed = await diffNames(this.#repo.git, statement.base, statement.head).catch(() => undefined);
    const paths = new Set(commits.flatMap(({ changes }) => changes.map(({ path }) => path)));
    return signed === undefined || signed.some(({ path }) => paths.has(path));
  }

  async #carried(statement: SignOffStatement, head: 'present' | 'gone' = 'present'): Promise<Related | undefined> {
    const { commits, base } = this.#range;
    if (base === undefined) return undefined;
    const wanted = head === 'gone' ? undefined : await this.#carriedTrees(statement, base);
    const reads = await readCommits(
      this.#repo.objects,
      commits.map(({ sha }) => sha),
    );
    for (const [index, { sha }] of [...commits.entries()].reverse()) {
      const read = reads[index];
      if (read?.kind !== 'found') continue;
      const kind = wanted === undefined ? 'carries' : wanted.get(read.commit.tree);
      if (kind === undefined || (await this.#digestTo(sha)) !== statement.diffSha256) continue;
      const upTo = (await this.#between(base, sha)).filter((each) => this.#inRange.has(each));
      return { relation: { kind }, covers: await this.#shownBy(statement, sha, upTo) };
    }
    return undefined;
  }

  /** The trees that the signed change may have here, with what having it makes of the event. */
  async #carriedTrees(statement: SignOffStatement, base: Sha): Promise<ReadonlyMap<Sha, 'stands' | 'carries'>> {
    const trees = new Map<Sha, 'stands' | 'carries'>();
    const merged = await trialMerge(this.#repo.git, base, statement.head);
    if (merged.kind === 'clean') trees.set(merged.tree, 'carries');
    if (statement.base === base) trees.set(statement.resultTree, 'stands');
    return trees;
  }

  /**
   * Those of the commits made anew that hold nothing but what was signed: what came and went on the way was not before
   * the signer's eyes.
   */
  async #shownBy(statement: SignOffStatement, head: Sha, commits: readonly Sha[]): Promise<readonly Sha[]> {
    const { base } = this.#range;
    if (commits.length < 2 || statement.event === 'request-changes') return commits;
    const shown = await ChangedLines.of(this.#repo, [
      { from: base, to: head },
      ...(await this.#steps(await this.#between(statement.base, statement.head))),
    ]);
    const covered: Sha[] = [];
    for (const sha of commits) {
      const isAutomatic = this.#range.commits.find((commit) => commit.sha === sha)?.isAutomaticMerge === true;
      if (isAutomatic || (await ChangedLines.of(this.#repo, await this.#steps([sha]))).isWithin(shown))
        covered.push(sha);
    }
    return covered;
  }

  async #steps(commits: readonly Sha[]): Promise<readonly Step[]> {
    const reads = await readCommits(this.#repo.objects, commits);
    return reads.flatMap((read, index) => {
      const to = commits[index];
      return read.kind !== 'found' || to === undefined ? [] : [{ from: read.commit.parents[0], to }];
    });
  }

  #digestTo(head: Sha): Promise<string | undefined> {
    const known = this.#digests.get(head);
    if (known !== undefined) return known;
    const { base } = this.#range;
    const digest = base === undefined ? Promise.resolve(undefined) : reviewDigest(this.#repo, base, head);
    this.#digests.set(head, digest);
    return digest;
  }

  /** The commits of `base..head`. */
  async #between(base: Sha, head: Sha): Promise<readonly Sha[]> {
    return (await listCommits(this.#repo.git, { include: [head], exclude: [base] })).map(({ sha }) => sha);
  }

  /** What differs, in a few words, for an event that neither stands nor carries. */
  async #difference(statement: SignOffStatement): Promise<string> {
    const { git } = this.#repo;
    const { head } = this.#range;
    const common = await mergeBase(git, statement.head, head).catch(() => undefined);
    const { stdout } = await git.run(
      ['diff-tree', '-r', '--name-only', '-z', '--end-of-options', statement.head, head],
      { expect: [0, 128] },
    );
    const paths = stdout
      .toString('utf8')
      .split('\0')
      .filter((path) => path !== '');
    if (common === undefined || paths.length === 0) return 'the commits were made again on another base';
    const shown = paths.slice(0, 3).join(', ');
    return `the content changed after it was signed: ${shown}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`;
  }
}

function stale(why: string): Related {
  return { relation: { kind: 'stale', why }, covers: [] };
}
