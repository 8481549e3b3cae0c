import type { LinesGone } from '../core/attribution/explainDeletions';
import type { RepoPath, Sha } from '../core/brand';
import type { FileChange } from '../git/diff';
import { blobsBrought } from '../git/findBlob';
import { formerFiles } from './formerFiles';
import { goneFiles } from './knownText';
import type { LineOrigins } from './lineOrigins';
import { movedTexts } from './movedText';
import { lossesOf, type Replayed } from './replayed';
import type { Repository } from './repository';

/** A commit, or what is about to become one. */
export interface CommitToExplain {
  /** Its tree, or itself. */
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  /** The commits whose changes it makes again (a pick, an amend, a rewrite), with their records. */
  readonly replays: readonly Replayed[];
  /** Commits whose texts it brings back: what a reverted commit replaced, or a commit without a record that is made again. */
  readonly restores: readonly Sha[];
  /** Recorded commits that git is bringing into the work tree. */
  readonly inHand: readonly Sha[];
  /** Commits that history left behind and that may know its lines; asked for only where nothing else knows. */
  readonly left: () => Promise<readonly Replayed[]>;
}

/** A commit with what it changes, and where that may have come from. */
export interface CommitStep extends CommitToExplain {
  readonly changes: readonly FileChange[];
  /** Of each blob that was changed in place the change: a file that came with it is a copy. */
  readonly changedTo: ReadonlyMap<Sha | undefined, FileChange>;
  /** By path what the replayed commits removed, by their records. */
  readonly losses: ReadonlyMap<RepoPath, readonly LinesGone[]>;
  /** Files that are not in the work tree, as they were when the first one was asked for. */
  readonly gone: () => readonly RepoPath[];
  readonly former: ReturnType<typeof formerFiles>;
  readonly formerOfLeft: ReturnType<typeof formerFiles>;
  readonly moved: ReturnType<typeof movedTexts>;
  readonly cameBack: ReturnType<typeof textsThatCameBack>;
}

/** Compares a commit with its first parent. */
export async function commitStep(repo: Repository, origins: LineOrigins, commit: CommitToExplain): Promise<CommitStep> {
  const [first] = commit.parents;
  const changes = await repo.diffs.diff(first, commit.tree);
  const changedTo = new Map<Sha | undefined, FileChange>();
  for (const change of changes) {
    if (change.oldOid !== undefined && !changedTo.has(change.newOid)) changedTo.set(change.newOid, change);
  }
  let found: readonly RepoPath[] | undefined;
  const gone = (): readonly RepoPath[] => {
    found ??= goneFiles(repo);
    return found;
  };
  return {
    ...commit,
    changes,
    changedTo,
    losses: await lossesOf(repo, commit.replays),
    gone,
    former: formerFiles(repo, commit.replays, commit.tree),
    formerOfLeft: formerOfLeft(repo, commit),
    moved: movedTexts(repo, origins, first, changes),
    cameBack: textsThatCameBack(repo, commit.tree, changes),
  };
}

/** Blobs of changed files that stood in another commit, at the same path; looked for at the first call. */
function textsThatCameBack(
  repo: Repository,
  commit: Sha,
  changes: readonly FileChange[],
): () => Promise<ReadonlySet<Sha>> {
  let found: Promise<ReadonlySet<Sha>> | undefined;
  const find = async (): Promise<ReadonlySet<Sha>> => {
    const asked = changes.flatMap(({ path, newOid }) => (newOid === undefined ? [] : { path, oid: newOid }));
    return blobsBrought(repo.git, asked, { reach: 'all-branches', except: commit });
  };
  return () => {
    found ??= find();
    return found;
  };
}

/** {@link formerFiles} for the commits that history left behind, which are asked for at the first call. */
function formerOfLeft(repo: Repository, { left, tree }: CommitToExplain): ReturnType<typeof formerFiles> {
  let former: ReturnType<typeof formerFiles> | undefined;
  return async (text) => {
    former ??= formerFiles(repo, await left(), tree);
    return former(text);
  };
}
