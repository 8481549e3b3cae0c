import type { Sha } from '../../core/brand';
import type { OutgoingCommit } from '../../core/views/signOffView';
import { readCommit } from '../../git/commit';
import { currentBranch, listRefs, resolve } from '../../git/refs';
import { listCommits } from '../../git/revList';
import type { Records } from '../commitRecords';
import type { Repository } from '../repository';
import { checkLocally, type LocalJudgement } from './localCheck';
import { chooseTarget, pushTarget } from './targets';

/** Outgoing work as the editor shows it. */
export interface Outgoing {
  readonly judgement: LocalJudgement;
  /** Parents before children; where the target is not protected at most {@link mostUnjudged}. */
  readonly commits: readonly OutgoingCommit[];
  /** Full name of the ref that a plain push would update. */
  readonly pushRef: string | undefined;
  /** Short name of the branch that is checked out. */
  readonly branch: string | undefined;
}

/** How many commits are listed that nobody judges. */
const mostUnjudged = 100;

/** What is checked out, judged against where it is headed; nothing where there is no such place. @throws as `checkLocally` */
export async function outgoingWork(repo: Repository, records: Records): Promise<Outgoing | undefined> {
  if ((await chooseTarget(repo)) === undefined) return undefined;
  const judgement = await checkLocally(repo, records, {});
  const branch = (await currentBranch(repo.git))?.replace(/^refs\/heads\//, '');
  const pushRef = (await pushTarget(repo))?.ref;
  const commits = judgement.result.isProtected
    ? judgement.commits.map(({ sha, subject, author }) => ({ sha, subject, author }))
    : await unjudgedCommits(repo, judgement);
  return { judgement, commits, pushRef, branch };
}

async function unjudgedCommits(repo: Repository, { head, target }: LocalJudgement): Promise<readonly OutgoingCommit[]> {
  const exclude = target.policyTip === undefined ? [] : [target.policyTip];
  const links = await listCommits(repo.git, { include: [head], exclude, missing: 'ignore', max: mostUnjudged });
  const reads = await Promise.all(links.map(({ sha }) => readCommit(repo.objects, sha)));
  return reads
    .flatMap((read, index) => {
      const sha = links[index]?.sha;
      if (read.kind !== 'found' || sha === undefined) return [];
      return [{ sha, subject: read.commit.message.split('\n', 1)[0] ?? '', author: read.commit.author.email }];
    })
    .reverse();
}

/** Equal as long as nothing that the judgement of outgoing work depends on has changed, but for the time of day. */
export async function outgoingState(repo: Repository): Promise<string> {
  const [head, branch, refs] = await Promise.all([
    resolve(repo.git, 'HEAD', 'commit'),
    currentBranch(repo.git),
    listRefs(repo.git, 'refs/remotes', 'refs/notes', 'refs/countersign', 'refs/replace'),
  ]);
  return [head ?? '', branch ?? '', ...refs.map(({ name, oid }) => `${name} ${oid}`)].join('\n');
}

/** The first parent of a commit; nothing for a root. */
export async function firstParent(repo: Repository, commit: Sha): Promise<Sha | undefined> {
  const read = await readCommit(repo.objects, commit);
  return read.kind === 'found' ? read.commit.parents[0] : undefined;
}
