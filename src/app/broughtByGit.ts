import type { Attributed } from '../core/attribution/attributed';
import { broughtText } from '../core/attribution/settleClaim';
import type { RepoPath, Sha } from '../core/brand';
import { textIdOf } from '../core/text/textId';
import { blobsBrought } from '../git/findBlob';
import type { ShellSnapshot } from '../store/shellSnapshots';
import { commitId, readFileText } from './blobs';
import { commitsInHand } from './commitsInHand';
import { committedOnDisk, textAsOnDisk } from './committedOnDisk';
import { knownText } from './knownText';
import type { LeftFile } from './leftInGit';
import type { LineOrigins } from './lineOrigins';
import type { Repository } from './repository';

/**
 * What git had of the file at `path` before a command that may have run git: in the stashes of that moment, in the
 * commits that it is bringing in, and in `arrived`, commits that `HEAD` came to and whose lines are told by records. Nobody
 * wrote that by running the command.
 */
export async function broughtByGit(
  repo: Repository,
  origins: LineOrigins,
  { stashes }: ShellSnapshot,
  arrived: readonly Sha[],
  file: LeftFile,
): Promise<readonly Attributed[]> {
  const { path, how } = file;
  const commits = [...arrived, ...(await commitsInHand(repo))];
  const [committed, stashed] = await Promise.all([
    Promise.all(commits.map((commit) => committedOnDisk(repo, origins, { commit, path }, how))),
    Promise.all(stashes.map((stash) => stashedText(repo, origins, stash, file))),
  ]);
  return [...committed, ...stashed].filter((text) => text !== undefined).map(broughtText);
}

/**
 * The file in a stash: tracked, or among the untracked files, which are a third parent (git-stash(1)). A file that was renamed
 * since is known by what it holds now.
 */
async function stashedText(
  repo: Repository,
  origins: LineOrigins,
  stash: Sha,
  left: LeftFile,
): Promise<Attributed | undefined> {
  const { path, how } = left;
  const own = (await readFileText(repo, stash, path)) ?? (await readFileText(repo, `${stash}^3`, path));
  const name = own === undefined ? await pathOfText(repo, stash, left) : path;
  const file = own ?? (name === undefined ? undefined : await readFileText(repo, stash, name));
  if (file === undefined || name === undefined) return undefined;
  if (how === 'plain') {
    const parent = await readFileText(repo, `${stash}^1`, name);
    return knownText(repo, name, file.text, { parent: parent ?? 'none', reason: 'outside-write' });
  }
  const parent = await commitId(repo, `${stash}^1`);
  const before = parent && (await committedOnDisk(repo, origins, { commit: parent, path: name }, how));
  const text = await textAsOnDisk(repo, name, file);
  return knownText(repo, name, text, {
    parent: 'none',
    left: before === undefined ? [] : [before],
    reason: 'outside-write',
  });
}

async function pathOfText(repo: Repository, stash: Sha, { after, stored }: LeftFile): Promise<RepoPath | undefined> {
  const id = stored ?? textIdOf(after, repo.git.objectFormat);
  if (after === '' || (await repo.objects.info(id)).kind !== 'found') return undefined;
  return (await repo.treeBlobs.find([stash], id))?.path;
}

/** Those of `files` whose whole text a commit brought to their path before `time` (milliseconds since 1970). */
export async function heldBefore<T extends LeftFile>(
  repo: Repository,
  files: readonly T[],
  time: number,
): Promise<ReadonlySet<T>> {
  const asked = files
    .filter(({ after }) => after !== '')
    .map((file) => ({ file, path: file.path, oid: file.stored ?? textIdOf(file.after, repo.git.objectFormat) }));
  const infos = await Promise.all(asked.map(({ oid }) => repo.objects.info(oid)));
  const here = asked.filter((_, index) => infos[index]?.kind === 'found');
  const brought = await blobsBrought(repo.git, here, { before: Math.floor(time / 1000) - 1 });
  return new Set(here.filter(({ oid }) => brought.has(oid)).map(({ file }) => file));
}
