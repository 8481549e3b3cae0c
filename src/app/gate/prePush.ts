import { isSha, isZeroSha, type Sha } from '../../core/brand';
import { explainPush } from '../../core/gate/explain';
import type { PushFacts } from '../../core/gate/gateInput';
import { currentBranch } from '../../git/refs';
import { fetchRefs, listRemotes } from '../../git/remotes';
import { isAncestor, isShallow, listCommits } from '../../git/revList';
import { type Records, recordsOf } from '../commitRecords';
import { ensureRecords } from '../ensureRecords';
import { notesTips } from '../recordBook';
import type { Repository } from '../repository';
import { signOffsRef } from './gatherEvents';
import { type Judgement, judge } from './judge';
import { isProtectedBy, policyOf } from './policyAt';
import { admittedTips, defaultBranch, defaultRemote, governingRef, type Target, targetOf } from './targets';

/** One line of a push hook's standard input. */
export interface PushedRef {
  readonly localOid: Sha | undefined;
  readonly ref: string;
  readonly remoteOid: Sha | undefined;
}

/**
 * Reads `<local ref> SP <local oid> SP <remote ref> SP <remote oid> LF` lines (githooks(5), pre-push). What git calls the
 * local ref is what the person typed: an expression such as `main@{1 day ago}` or `:/some words`, with any characters in
 * it, so a line is read from its end.
 */
export function parsePushedRefs(input: string): readonly PushedRef[] {
  return input.split('\n').flatMap((line) => {
    const [remoteOid, ref, localOid] = line.split(' ').reverse();
    if (ref === undefined || !isSha(localOid) || !isSha(remoteOid)) return [];
    return [
      {
        localOid: isZeroSha(localOid) ? undefined : localOid,
        ref,
        remoteOid: isZeroSha(remoteOid) ? undefined : remoteOid,
      },
    ];
  });
}

/** What to do with a push. */
export interface PushDecision {
  readonly verdict: 'pass' | 'blocked' | 'undecided';
  /** For standard error; the first and the last line each stand alone. */
  readonly lines: readonly string[];
  /** The commits of protected refs that may go: their records go before them. */
  readonly outgoing: readonly Sha[];
}

/** Where a push goes: git's two arguments. */
export interface PushDestination {
  /** A remote's name, or the URL where the push named none. */
  readonly remote: string;
  readonly url: string;
  /** Whether it is known to be forced: git itself then refuses nothing. */
  readonly isForced?: boolean;
}

const fetchTimeoutMs = 15_000;

/**
 * Decides on every protected ref of a push with what is here; only if something is missing fetches the sign-offs once
 * and decides again.
 */
export async function decidePush(
  repo: Repository,
  destination: PushDestination,
  pushed: readonly PushedRef[],
): Promise<PushDecision> {
  const first = await decideAll(repo, destination, pushed);
  if (first.verdict !== 'blocked' || !(await fetchSignOffs(repo, destination))) return first;
  return decideAll(repo, destination, pushed);
}

async function decideAll(
  repo: Repository,
  destination: PushDestination,
  pushed: readonly PushedRef[],
): Promise<PushDecision> {
  const records = recordsOf(repo);
  const judgements: Judgement[] = [];
  const outgoing: Sha[] = [];
  for (const ref of pushed) {
    const judged = await judgePushed(repo, records, destination, ref);
    if (judged === undefined) continue;
    judgements.push(judged.judgement);
    outgoing.push(...judged.outgoing);
  }
  const verdicts = judgements.map(({ result }) => result.verdict);
  const verdict = verdicts.includes('blocked') ? 'blocked' : verdicts.includes('undecided') ? 'undecided' : 'pass';
  // Blocked refs come last and first: what a client shows of the text is then about them.
  const told = judgements.filter(({ result }) => result.verdict === verdict);
  const others = judgements.filter(({ result }) => result.verdict !== verdict);
  const [head, ...rest] = told;
  const lines = head === undefined ? [] : explainPush(head.result);
  const middle = [...rest, ...others].flatMap(({ result }) => explainPush(result));
  const last = lines.at(-1);
  const all = middle.length === 0 || last === undefined ? lines : [...lines.slice(0, -1), ...middle, last];
  return { verdict, lines: all, outgoing };
}

interface JudgedRef {
  readonly judgement: Judgement;
  readonly outgoing: readonly Sha[];
}

async function judgePushed(
  repo: Repository,
  records: Records,
  destination: PushDestination,
  ref: PushedRef,
): Promise<JudgedRef | undefined> {
  const name = await remoteNameOf(repo, destination);
  const known = name === undefined ? unseenTarget(ref.ref) : await targetOf(repo, name, ref.ref);
  const present =
    ref.remoteOid !== undefined && (await repo.objects.info(ref.remoteOid)).kind === 'found'
      ? ref.remoteOid
      : undefined;
  // What the server has now, where we have it too; else what it had when we last looked.
  const tip = present ?? known.tip;
  const home = await homeOf(repo, name);
  const policyTip = tip ?? home?.tip;
  const governing = await governingRef(repo, ref.ref, policyTip, home);
  // Where there never was a policy nothing is to be said at each push.
  if (governing.state.kind === 'none' && !governing.state.protectedRefHadOne) return undefined;
  if (!isProtectedBy(governing, ref.ref, ref.ref === home?.ref)) return undefined;
  const admitted = await admittedTips(repo, known.remote, policyOf(governing)?.protect ?? []);
  const exclude = [...admitted, ...(policyTip === undefined ? [] : [policyTip])];
  const links =
    ref.localOid === undefined
      ? []
      : await listCommits(repo.git, { include: [ref.localOid], exclude, order: 'oldest-first', missing: 'ignore' });
  const outgoing = links.map(({ sha }) => sha);
  await ensureRecords(repo, records, outgoing);
  const judgement = await judge(repo, records, {
    target: ref.ref,
    policyTip,
    forkTip: policyTip,
    head: ref.localOid,
    admitted,
    signOffTips: await notesTips(repo, signOffsRef),
    push: await pushFacts(repo, ref, present, destination),
    governing,
  });
  return { judgement, outgoing };
}

/** The remote that a push goes to: by its name, else by the URL; nothing for a place that nothing was fetched from. */
export async function remoteNameOf(repo: Repository, { remote, url }: PushDestination): Promise<string | undefined> {
  if (remote === '.') return remote;
  const remotes = await listRemotes(repo.git);
  const named = remotes.find(({ name }) => name === remote);
  return (
    named ??
    remotes.find(({ pushUrls, fetchUrls }) =>
      [...pushUrls, ...fetchUrls].some((each) => each === url || each === remote),
    )
  )?.name;
}

/** A ref of a place that is no remote: a ref of the same name here says nothing about it. */
function unseenTarget(ref: string): Target {
  return { ref, remote: undefined, tip: undefined };
}

/** The default branch of the remote; of an unknown place that of the remote that work usually goes to. */
async function homeOf(repo: Repository, name: string | undefined): Promise<Target | undefined> {
  const home = name ?? (await defaultRemote(repo, await currentBranch(repo.git)));
  return home === undefined ? undefined : defaultBranch(repo, home);
}

async function pushFacts(
  repo: Repository,
  ref: PushedRef,
  present: Sha | undefined,
  { isForced }: PushDestination,
): Promise<PushFacts | undefined> {
  const { localOid, remoteOid } = ref;
  if (localOid === undefined) return remoteOid === undefined ? undefined : { kind: 'delete', oldId: remoteOid };
  if (remoteOid === undefined) return { kind: 'create', newId: localOid };
  if (present === undefined) {
    // A commit that is not here is in no history that is, unless that is cut off.
    const isLost = isForced === true && !(await isShallow(repo.git));
    return { kind: 'update', oldId: remoteOid, newId: localOid, lost: isLost ? [remoteOid] : [] };
  }
  if (await isAncestor(repo.git, present, localOid))
    return { kind: 'update', oldId: remoteOid, newId: localOid, lost: [] };
  const lost = await listCommits(repo.git, { include: [present], exclude: [localOid], max: 5 });
  return { kind: 'update', oldId: remoteOid, newId: localOid, lost: lost.map(({ sha }) => sha) };
}

/** Fetches the sign-offs of a remote; false where that cannot be, which leaves the decision as it was. */
async function fetchSignOffs(repo: Repository, destination: PushDestination): Promise<boolean> {
  const { remote, url } = destination;
  const name = await remoteNameOf(repo, destination);
  if (name === undefined || name === '.') return false;
  try {
    const prefix = `refs/countersign/remotes/${name}/notes`;
    await fetchRefs(repo.git, url === '' ? remote : url, [`+refs/notes/countersign*:${prefix}/countersign*`], {
      timeoutMs: fetchTimeoutMs,
      env: { GIT_TERMINAL_PROMPT: '0' },
    });
    return true;
  } catch {
    return false;
  }
}
