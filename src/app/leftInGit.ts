import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RepoPath, Sha } from '../core/brand';
import { readCommits } from '../git/commit';
import { diffNames } from '../git/diff';
import { headMoves } from '../git/reflog';
import { resolve } from '../git/refs';
import { listCommits } from '../git/revList';
import { listStashes } from '../git/stash';
import { listTree } from '../git/worktree';
import type { ShellSnapshot } from '../store/shellSnapshots';
import { readFileText } from './blobs';
import { textAsOnDisk } from './committedOnDisk';
import { arrivals } from './ownCommits';
import { RecordBook } from './recordBook';
import type { Repository } from './repository';

/** A file as a command left it. */
export interface LeftFile {
  readonly path: RepoPath;
  /** As it lies on disk, or would, normalised; empty where it is gone. */
  readonly after: string;
  readonly gone: boolean;
  /** Whether git stores other text than that; `stored` is its id then. */
  readonly how: 'plain' | 'filtered';
  readonly stored?: Sha;
}

/** What a command left on disk, in a commit that is not reached any more, or in a stash. */
export interface LeftInGit {
  readonly files: readonly LeftFile[];
  /** Commits that `HEAD` came to meanwhile and that the command did not write: their lines are told by records. */
  readonly arrived: readonly Sha[];
}

/** Of so many stashes, the newest, it is known what they hold. */
export const mostStashes = 10;
const mostMoves = 50;
const mostFiles = 100;

/**
 * What a command left in git alone since a snapshot: in stashes that it made, and in commits that it made without hooks and went
 * away from, so that `head` does not reach them. Oldest first.
 */
export async function leftInGit(
  repo: Repository,
  snapshot: ShellSnapshot,
  head: Sha | undefined,
): Promise<readonly LeftInGit[]> {
  const [commits, stashes] = await Promise.all([commitsLeft(repo, snapshot, head), listStashes(repo.git, mostStashes)]);
  const made = stashes.filter((stash) => !snapshot.stashes.includes(stash)).toReversed();
  const own = new Set<Sha | undefined>([snapshot.head, ...commits]);
  const left: LeftInGit[] = [];
  for (const commit of [...commits, ...made]) {
    const parent = await resolve(repo.git, `${commit}^1`, 'commit');
    const untracked = made.includes(commit) ? await resolve(repo.git, `${commit}^3`, 'commit') : undefined;
    const changed = (await diffNames(repo.git, parent, commit)).filter(({ newOid }) => newOid !== undefined);
    const files = [
      ...(await filesAt(
        repo,
        commit,
        changed.map(({ path }) => path),
      )),
      ...(untracked === undefined
        ? []
        : await filesAt(
            repo,
            untracked,
            (await listTree(repo.git, untracked)).map(({ path }) => path),
          )),
    ];
    left.push({ files, arrived: parent === undefined || own.has(parent) ? [] : [parent] });
  }
  return left;
}

async function filesAt(repo: Repository, commit: Sha, paths: readonly RepoPath[]): Promise<readonly LeftFile[]> {
  const files: LeftFile[] = [];
  for (const path of paths.slice(0, mostFiles)) {
    const file = await readFileText(repo, commit, path);
    if (file === undefined) continue;
    const after = await textAsOnDisk(repo, path, file);
    const isSame = after === file.text;
    files.push({
      path,
      after,
      gone: false,
      how: isSame ? 'plain' : 'filtered',
      ...(isSame ? {} : { stored: file.blob }),
    });
  }
  return files;
}

/** Bytes of the reflog of `HEAD`; nothing where it is no file, or there is none. */
export function headLogSize(repo: Repository): number | undefined {
  return statSync(headLogPath(repo), { throwIfNoEntry: false })?.size;
}

function headLogPath(repo: Repository): string {
  return join(repo.git.gitDir, 'logs', 'HEAD');
}

/** How often `HEAD` has moved since its reflog was so long, as times in it are whole seconds; at most {@link mostMoves}. */
function movesSince(repo: Repository, size: number | undefined): number {
  const now = headLogSize(repo);
  if (size === undefined || now === undefined || now < size) return mostMoves;
  const entries = readFileSync(headLogPath(repo), 'latin1').slice(size).split('\n').length - 1;
  return Math.min(entries, mostMoves);
}

/** The commits that `HEAD` came to since a snapshot, newest first: those that were made then, and those that were there. */
async function movesDuring(
  repo: Repository,
  { time, headLog }: ShellSnapshot,
): Promise<{ readonly made: ReadonlySet<Sha>; readonly reached: ReadonlySet<Sha> }> {
  const since = Math.floor(time / 1000);
  const moves = (await headMoves(repo.git, movesSince(repo, headLog))).filter((move) => move.time >= since);
  const made = new Set(moves.flatMap(({ to, message }) => (arrivals.test(message) ? [] : to)));
  return { made, reached: new Set(moves.flatMap(({ to }) => (made.has(to) ? [] : to))) };
}

/** The commits that `HEAD` came to since a snapshot and whose lines are not the command's: found, or recorded by the hooks. */
export async function arrivedSince(repo: Repository, snapshot: ShellSnapshot): Promise<readonly Sha[]> {
  const { made, reached } = await movesDuring(repo, snapshot);
  const unrecorded = new Set(made.size === 0 ? [] : await new RecordBook(repo).without([...made]));
  return [...reached, ...[...made].filter((sha) => !unrecorded.has(sha))].filter((sha) => sha !== snapshot.head);
}

/** Commits without a record that were made here since the snapshot and that `head` does not reach, oldest first. */
async function commitsLeft(repo: Repository, snapshot: ShellSnapshot, head: Sha | undefined): Promise<readonly Sha[]> {
  if (head === undefined) return [];
  const { time, head: began } = snapshot;
  const since = Math.floor(time / 1000);
  const { made } = await movesDuring(repo, snapshot);
  const own = await new RecordBook(repo).without([...made]);
  const exclude = [head, ...(began === undefined ? [] : [began])];
  const unreached = await listCommits(repo.git, { include: own, exclude, max: mostMoves, order: 'oldest-first' });
  const read = await readCommits(
    repo.objects,
    unreached.map(({ sha }) => sha),
  );
  return unreached
    .map(({ sha }) => sha)
    .filter((sha, index) => {
      const found = read[index];
      return own.includes(sha) && found?.kind === 'found' && found.commit.committer.time >= since;
    });
}
