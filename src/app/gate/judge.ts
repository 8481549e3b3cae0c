import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RepoPath, Sha } from '../../core/brand';
import { evaluateGate } from '../../core/gate/evaluate';
import type { CutOff, ForgeReview, GateCommit, GateInput, PushedPolicy, PushFacts } from '../../core/gate/gateInput';
import type { GateResult } from '../../core/gate/gateResult';
import { policyPath } from '../../core/policy/policy';
import { isProtectedRef } from '../../core/policy/protectedRefs';
import { listFileCommits } from '../../git/fileHistory';
import { listRefs } from '../../git/refs';
import { isAncestor, listCommits, mergeBase, rootOfFirstParent, shallowCommits } from '../../git/revList';
import type { Records } from '../commitRecords';
import type { Repository } from '../repository';
import { markEqualReplays } from './equalReplays';
import { gatherCommit } from './gatherCommits';
import { gatherEvents } from './gatherEvents';
import { gatherNet } from './gatherNet';
import { HidingAttributes } from './hidingAttributes';
import { fileIds, type Governing, governingPolicy, policyPairAt, usableSeniors } from './policyAt';

/** What is to be judged, and what the surface knows of it. */
export interface JudgeRequest {
  /** Full name of the ref that would move. */
  readonly target: string;
  /** The target's tip as the server has it; of a new ref the default branch's tip. Policy is read there. */
  readonly policyTip: Sha | undefined;
  /** What the fork point is found with: the same, as a rule. */
  readonly forkTip: Sha | undefined;
  readonly head: Sha | undefined;
  /** Tips of protected refs of the same remote: what they hold is admitted and not judged again. */
  readonly admitted: readonly Sha[];
  /** Tips of the sign-off notes to go by. */
  readonly signOffTips: readonly Sha[];
  readonly push?: PushFacts | undefined;
  readonly pusher?: string | undefined;
  readonly forge?: readonly ForgeReview[] | undefined;
  readonly policyFloor?: number | undefined;
  readonly removedEvents?: readonly string[] | undefined;
  /** Names of replace refs that a push brings. */
  readonly pushedReplaceRefs?: readonly string[] | undefined;
  /** A policy that governs in place of the target's own: the default branch's, where its revision is higher. */
  readonly governing?: Governing | undefined;
}

/** A verdict, with the policy that governed. */
export interface Judgement {
  readonly result: GateResult;
  readonly governing: Governing;
  readonly commits: readonly GateCommit[];
}

/** Gathers everything the verdict depends on and asks the evaluator. @throws ToolError `git-failed` */
export async function judge(repo: Repository, records: Records, request: JudgeRequest): Promise<Judgement> {
  const found = request.governing ?? (await governingPolicy(repo, request.policyTip));
  const governing = await bringingBack(repo, found, request.head);
  const policy = governing.state.kind === 'ok' ? governing.state.policy : undefined;
  const { head } = request;
  const isJudged = policy !== undefined && head !== undefined && isProtectedRef(policy.protect, request.target);
  const base =
    head === undefined || request.forkTip === undefined ? undefined : await mergeBase(repo.git, request.forkTip, head);
  const exclude = [...request.admitted, ...(request.forkTip === undefined ? [] : [request.forkTip])];
  if (policy?.since !== undefined && (await isPresent(repo, policy.since))) exclude.push(policy.since);
  const links = isJudged
    ? await listCommits(repo.git, { include: [head], exclude, order: 'oldest-first', missing: 'ignore' })
    : [];
  await records.book.prepare(links.map(({ sha }) => sha));
  const gathered: GateCommit[] = [];
  const cutOff: CutOff[] = [];
  const shallow = await shallowCommits(repo.git);
  const attributes = new HidingAttributes(repo, head);
  for (const { sha } of links) {
    // What a commit changes cannot be told without its parent.
    if (shallow.has(sha)) {
      cutOff.push({ what: 'parent', commit: sha });
      continue;
    }
    const commit = await gatherCommit(repo, records, sha, { policy, attributes });
    if (commit === undefined) cutOff.push({ what: 'commit', commit: sha });
    else gathered.push(commit);
  }
  const commits = await markEqualReplays(repo, request.signOffTips, governing.signers, gathered);
  const isForkCutOff = isJudged && base === undefined && shallow.size > 0;
  if (isForkCutOff) cutOff.push({ what: 'fork-point' });
  const net = isJudged && !isForkCutOff ? await gatherNet(repo, records, base, head, commits) : [];
  const input: GateInput = {
    now: repo.now(),
    target: request.target,
    base,
    head,
    policy: governing.state,
    pushedPolicy: head === undefined ? { kind: 'unchanged' } : await pushedPolicy(repo, governing, base, head),
    policyFloor: request.policyFloor,
    commits,
    net,
    events:
      isJudged && policy !== undefined
        ? await gatherEvents(repo, request.signOffTips, governing.signers, {
            repo: policy.repository,
            targetRef: request.target,
            base,
            head,
            commits,
            targetTip: request.policyTip,
            carries: policy.carry === 'trivial-rebase',
          })
        : [],
    pusher: request.pusher,
    forge: request.forge ?? [],
    push: request.push,
    cutOff,
    replaceRefs: [...(await replaceRefs(repo)), ...(request.pushedReplaceRefs ?? [])],
    removedEvents: request.removedEvents ?? [],
  };
  return { result: evaluateGate(input), governing, commits };
}

/** A range that brings a policy back where it was removed is judged by the one that was there last: there is a way on. */
async function bringingBack(repo: Repository, found: Governing, head: Sha | undefined): Promise<Governing> {
  if (found.last === undefined || head === undefined) return found;
  return (await policyPairAt(repo, head)).kind === 'ok' ? found.last : found;
}

async function isPresent(repo: Repository, commit: Sha): Promise<boolean> {
  const info = await repo.objects.info(commit);
  return info.kind === 'found' && info.type === 'commit';
}

async function replaceRefs(repo: Repository): Promise<readonly string[]> {
  const names = (await listRefs(repo.git, 'refs/replace')).map(({ name }) => name);
  return existsSync(join(repo.git.commonDir, 'info', 'grafts')) ? [...names, 'grafts'] : names;
}

/** The pair as head has it, compared with the fork point. */
async function pushedPolicy(
  repo: Repository,
  governing: Governing,
  base: Sha | undefined,
  head: Sha,
): Promise<PushedPolicy> {
  const pushed = await policyPairAt(repo, head);
  if (governing.state.kind !== 'ok') {
    // A first policy that does not work governs nothing, which whoever brings it ought to hear.
    if (pushed.kind !== 'invalid') return { kind: 'unchanged' };
    const [commit] = await lastChange(repo, head, [policyPath]);
    return { kind: 'invalid', commit, problems: pushed.problems };
  }
  const { policy } = governing.state;
  const paths = [policyPath, policy.allowedSigners, ...(pushed.kind === 'ok' ? [pushed.policy.allowedSigners] : [])];
  const [before, after] = await Promise.all([fileIds(repo, base, paths), fileIds(repo, head, paths)]);
  if (before.every((id, index) => id === after[index])) return { kind: 'unchanged' };
  const [commit] = await lastChange(repo, head, paths);
  switch (pushed.kind) {
    case 'none':
      return { kind: 'removed', commit };
    case 'invalid':
      return { kind: 'invalid', commit, problems: pushed.problems };
    case 'ok':
      return {
        kind: 'ok',
        commit,
        policy: pushed.policy,
        usableSeniors: usableSeniors(pushed.policy, pushed.signers, repo.now()),
      };
  }
}

async function lastChange(repo: Repository, head: Sha, paths: readonly string[]): Promise<readonly Sha[]> {
  const found = await Promise.all(paths.map((path) => listFileCommits(repo.git, head, path as RepoPath, 1)));
  const commits = [...new Set(found.flat())];
  if (commits.length < 2) return commits;
  // The last of several is the one that the others are ancestors of.
  for (const commit of commits) {
    const others = await Promise.all(commits.map((other) => isAncestor(repo.git, other, commit)));
    if (others.every(Boolean)) return [commit];
  }
  return commits;
}

/** The id of the repository that sign-offs bind: the policy's, else `git:` and the root of the policy tip. */
export async function repositoryId(repo: Repository, governing: Governing, tip: Sha | undefined): Promise<string> {
  if (governing.state.kind === 'ok') return governing.state.policy.repository;
  return tip === undefined ? 'git:unborn' : `git:${await rootOfFirstParent(repo.git, tip)}`;
}
