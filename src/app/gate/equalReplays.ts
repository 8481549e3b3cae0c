import type { Sha } from '../../core/brand';
import type { GateCommit } from '../../core/gate/gateInput';
import type { AllowedSigners } from '../../core/signOff/allowedSigners';
import { type Commit, readCommit, readCommits } from '../../git/commit';
import { mergeTreesFromBase } from '../../git/mergeTree';
import { openScratch } from '../../git/scratch';
import type { Repository } from '../repository';
import { readEvents } from './gatherEvents';
import { reviewDigest } from './reviewDigest';

/**
 * The commits with those marked that make a signed commit again with nothing changed but its place and its committer:
 * whoever rebased or picked it has added nothing. Only commits that a sign-off names are looked at.
 */
export async function markEqualReplays(
  repo: Repository,
  tips: readonly Sha[],
  signers: AllowedSigners,
  commits: readonly GateCommit[],
): Promise<readonly GateCommit[]> {
  const replayed = ({ author, committer, parents }: GateCommit): boolean =>
    parents.length === 1 && author.toLowerCase() !== committer.toLowerCase();
  if (!commits.some(replayed)) return commits;
  const inRange = new Set(commits.map(({ sha }) => sha));
  const events = await readEvents(repo, tips, signers);
  const signed = events.flatMap(({ signature, statement }) => (signature.kind === 'valid' ? statement.commits : []));
  const originals = new Map<string, { readonly sha: Sha; readonly commit: Commit }[]>();
  for (const sha of new Set(signed)) {
    if (inRange.has(sha)) continue;
    const read = await readCommit(repo.objects, sha);
    if (read.kind !== 'found') continue;
    const key = workOf(read.commit);
    originals.set(key, [...(originals.get(key) ?? []), { sha, commit: read.commit }]);
  }
  if (originals.size === 0) return commits;
  return Promise.all(
    commits.map(async (commit) => {
      const read = replayed(commit) ? await readCommit(repo.objects, commit.sha) : undefined;
      if (read?.kind !== 'found') return commit;
      for (const original of originals.get(workOf(read.commit)) ?? []) {
        const isSameHand = original.commit.committer.email.toLowerCase() === commit.committer.toLowerCase();
        if (!isSameHand && (await hasSameChange(repo, original, { sha: commit.sha, commit: read.commit }))) {
          return { ...commit, isEqualReplay: true };
        }
      }
      return commit;
    }),
  );
}

/** Who wrote it, when, and in which words: what a replay keeps. */
function workOf({ author, messageBytes }: Commit): string {
  return [author.name, author.email, author.time, author.zone, messageBytes.toString('latin1')].join('\0');
}

interface Replayed {
  readonly sha: Sha;
  readonly commit: Commit;
}

/** Equal in its diff, which has no line numbers, and in its place: git's own pick of the one is the other. */
async function hasSameChange(repo: Repository, one: Replayed, other: Replayed): Promise<boolean> {
  const [before, after] = [one, other].map(({ commit: { parents } }) =>
    parents.length === 1 ? parents[0] : undefined,
  );
  if (before === undefined || after === undefined) return false;
  const [a, b] = await Promise.all([reviewDigest(repo, before, one.sha), reviewDigest(repo, after, other.sha)]);
  if (a === undefined || a !== b) return false;
  const [base, ours] = await readCommits(repo.objects, [before, after]);
  if (base?.kind !== 'found' || ours?.kind !== 'found') return false;
  const scratch = await openScratch(repo.git);
  try {
    const trees = { base: base.commit.tree, ours: ours.commit.tree, theirs: one.commit.tree };
    const picked = await mergeTreesFromBase(scratch.git, trees);
    return picked.kind === 'clean' && picked.tree === other.commit.tree;
  } finally {
    await scratch.dispose();
  }
}
