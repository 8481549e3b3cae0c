import { isSha, type Sha } from '../core/brand';
import { getConfig } from '../git/config';
import { adoptionKey } from './adoption';
import type { Repository } from './repository';

/** Reflog messages by which commits come to be here without having been made here. */
export const arrivals =
  /^(?:clone|fetch|checkout|reset|branch|update by push|initial pull)|\((?:start|finish|abort|reset)\)|^(?:pull|merge|cherry-pick).*: (?:fast-forward|forced-update|storing head)/i;

/** How many reflog entries are looked at, newest first. */
const mostReflog = 4000;

/** How many commits below those of the reflogs are looked at. */
const mostBelow = 2000;

/** The commits that were made in this clone, by what the reflogs say. */
export async function ownCommits(repo: Repository): Promise<ReadonlySet<Sha>> {
  const args = ['log', '--walk-reflogs', '--all', '--format=%H %gs', '-n', `${mostReflog}`];
  const { stdout } = await repo.git.run([...args, '--'], { expect: [0, 128] });
  const made = new Set<Sha>();
  const arrived = new Set<Sha>();
  for (const [sha, message] of pairsIn(stdout)) (arrivals.test(message) ? arrived : made).add(sha);
  return new Set([...made, ...(await madeBelow(repo, made, arrived))]);
}

/**
 * Commits below those that a reflog names: a tool that writes several at once and moves the branch in the end (`git revise`)
 * leaves only the last one there. What a remote has, or came from elsewhere, is none, nor is what somebody else committed.
 */
async function madeBelow(repo: Repository, made: ReadonlySet<Sha>, arrived: ReadonlySet<Sha>): Promise<readonly Sha[]> {
  if (made.size === 0) return [];
  const adopted = await getConfig(repo.git, adoptionKey);
  const limits = [...arrived].filter((sha) => !made.has(sha)).concat(isSha(adopted) ? [adopted] : []);
  const stdin = [...made, ...limits.map((sha) => `^${sha}`), ''].join('\n');
  const shape = ['--first-parent', '--ignore-missing', '--no-show-signature', '--format=%H %ce', '-n', `${mostBelow}`];
  const { stdout } = await repo.git.run(['log', ...shape, '--stdin', '--not', '--remotes'], {
    stdin,
    expect: [0, 128],
  });
  const below = pairsIn(stdout);
  const committers = new Set(below.flatMap(([sha, committer]) => (made.has(sha) ? committer : [])));
  return below.flatMap(([sha, committer]) => (committers.has(committer) ? sha : []));
}

/** Lines of a commit and what is said of it. */
function pairsIn(output: Buffer): readonly (readonly [Sha, string])[] {
  return output
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [sha, rest] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
      return isSha(sha) ? [[sha, rest] as const] : [];
    });
}
