import type { Sha } from '../../core/brand';
import { ToolError } from '../../core/errors';
import type { ForgeReview } from '../../core/gate/gateInput';
import type { GateResult } from '../../core/gate/gateResult';
import { currentBranch, resolve } from '../../git/refs';
import { listCommits } from '../../git/revList';
import type { Records } from '../commitRecords';
import { ensureRecords } from '../ensureRecords';
import { notesTips } from '../recordBook';
import type { Repository } from '../repository';
import { signOffsRef } from './gatherEvents';
import { type Judgement, judge } from './judge';
import { policyOf } from './policyAt';
import {
  admittedTips,
  chooseTarget,
  defaultRemote,
  fullRef,
  type PlacedTarget,
  placeTarget,
  targetOf,
} from './targets';

/** What `check` was told; everything may be left out. */
export interface CheckRequest {
  /** The target's tip; where it was last fetched when absent. */
  readonly base?: string | undefined;
  /** `HEAD` when absent. */
  readonly head?: string | undefined;
  /** A branch or full ref name. */
  readonly target?: string | undefined;
  readonly forge?: readonly ForgeReview[] | undefined;
}

/** A judgement with what was judged. */
export interface LocalJudgement extends Judgement {
  readonly target: PlacedTarget;
  readonly head: Sha;
}

async function commitOf(repo: Repository, name: string): Promise<Sha> {
  const commit = await resolve(repo.git, name, 'commit');
  if (commit === undefined) {
    throw name === 'HEAD'
      ? new ToolError('no-commits', 'There is no commit yet.')
      : new ToolError('usage', `There is no commit ${name}.`);
  }
  return commit;
}

async function requestedTarget(repo: Repository, request: CheckRequest): Promise<PlacedTarget> {
  if (request.target !== undefined) {
    const remote = await defaultRemote(repo, await currentBranch(repo.git));
    return placeTarget(repo, await targetOf(repo, remote, fullRef(request.target)));
  }
  const chosen = await chooseTarget(repo);
  if (chosen === undefined) {
    throw new ToolError('no-remote', 'There is no remote that this work could go to.', {
      next: 'Name one: --target <branch> --base <commit>',
    });
  }
  return chosen;
}

/** Judges what is here against where it is headed, as `check` does. @throws ToolError `usage`, `no-remote`, `no-commits` */
export async function checkLocally(repo: Repository, records: Records, request: CheckRequest): Promise<LocalJudgement> {
  const head = await commitOf(repo, request.head ?? 'HEAD');
  const requested = await requestedTarget(repo, request);
  const target =
    request.base === undefined
      ? requested
      : await placeTarget(repo, { ...requested, tip: await commitOf(repo, request.base) });
  return { ...(await judgeTarget(repo, records, target, head, request.forge)), target, head };
}

/** Judges one head against one target, from what this clone has. */
export async function judgeTarget(
  repo: Repository,
  records: Records,
  target: PlacedTarget,
  head: Sha,
  forge?: readonly ForgeReview[],
): Promise<Judgement> {
  const { governing } = target;
  const protect = policyOf(governing)?.protect ?? [];
  const admitted = await admittedTips(repo, target.remote, protect);
  const exclude = [...admitted, ...(target.policyTip === undefined ? [] : [target.policyTip])];
  const outgoing = await listCommits(repo.git, { include: [head], exclude, order: 'oldest-first', missing: 'ignore' });
  if (exclude.length > 0)
    await ensureRecords(
      repo,
      records,
      outgoing.map(({ sha }) => sha),
    );
  return judge(repo, records, {
    target: target.ref,
    policyTip: target.policyTip,
    forkTip: target.policyTip,
    head,
    admitted,
    signOffTips: await notesTips(repo, signOffsRef),
    governing,
    ...(forge === undefined ? {} : { forge }),
  });
}

/** The output of `check --json`. */
export function checkJson({ verdict, base, head, target, policyCommit, findings }: GateResult): object {
  return { schema: 1, verdict, base, head, target, policyCommit, findings };
}
