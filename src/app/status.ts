import { classifyLines } from '../core/attribution/lineClass';
import type { RepoPath } from '../core/brand';
import type { GateResult } from '../core/gate/gateResult';
import { type LineClass, lineClasses } from '../core/origin';
import { diffLines } from '../core/text/lineDiff';
import { splitLines } from '../core/text/lines';
import { textOfBytes } from '../core/text/textId';
import { currentBranch, resolve } from '../git/refs';
import { readStatus } from '../git/worktree';
import { readWorkFile } from '../store/workFile';
import { readFileText } from './blobs';
import type { Records } from './commitRecords';
import { knownOnDisk } from './copiedFile';
import { judgeTarget } from './gate/localCheck';
import { defaultBranch, defaultRemote, placeTarget, pushTarget } from './gate/targets';
import { type MovedTexts, movedOnDisk } from './movedText';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** What `status` tells: lines that disk has beyond `HEAD`, by class, and what a push would meet. */
export interface Status {
  readonly files: Readonly<Record<string, Readonly<Record<LineClass, number>>>>;
  /** What a plain push would meet; nothing without a remote. */
  readonly push: PushStatus | undefined;
}

/** The verdict on what a plain push would update, and on the default branch as where the work is headed. */
export interface PushStatus {
  /** `undefined` where git has no push target for the branch. */
  readonly result: GateResult | undefined;
  readonly destination: GateResult | undefined;
}

/** What is not committed, line by line classified. */
export async function uncommittedLines(repo: Repository, records: Records): Promise<Status['files']> {
  const files: Record<string, Record<LineClass, number>> = Object.create(null);
  if (repo.git.workTree === undefined) return files;
  const head = await resolve(repo.git, 'HEAD', 'commit');
  const moved = movedOnDisk(repo);
  for (const entry of await readStatus(repo.git)) {
    const file = readWorkFile(workPathOf(repo, entry.path));
    if (file.kind !== 'found') continue;
    files[entry.path] = await countFile(repo, records, entry.path, textOfBytes(file.bytes), head, moved);
  }
  return files;
}

async function countFile(
  repo: Repository,
  records: Records,
  path: RepoPath,
  text: string,
  head: Awaited<ReturnType<typeof resolve>>,
  moved: MovedTexts,
): Promise<Record<LineClass, number>> {
  const committed = head === undefined ? undefined : await readFileText(repo, head, path);
  const hunks = diffLines(splitLines(committed?.text ?? ''), splitLines(text));
  const lines = new Set(
    hunks.flatMap((hunk) => Array.from({ length: hunk.bEnd - hunk.bStart }, (_, index) => hunk.bStart + index)),
  );
  const attributed = await knownOnDisk(repo, records.origins, { path, text }, {}, moved);
  const lookup = await records.origins.baseLookup(attributed, path, head === undefined ? [] : [head], lines);
  const classes = classifyLines(attributed, path, lookup);
  const counts = Object.fromEntries(lineClasses.map((name) => [name, 0])) as Record<LineClass, number>;
  for (const line of lines) {
    const origin = classes[line];
    if (origin !== undefined) counts[origin.class]++;
  }
  return counts;
}

/** What a plain push of the checked-out branch would meet, and what its destination will ask. */
export async function pushStatus(repo: Repository, records: Records): Promise<PushStatus | undefined> {
  const head = await resolve(repo.git, 'HEAD', 'commit');
  const remote = await defaultRemote(repo, await currentBranch(repo.git));
  if (remote === undefined || head === undefined) return undefined;
  const push = await pushTarget(repo);
  const result =
    push === undefined ? undefined : (await judgeTarget(repo, records, await placeTarget(repo, push), head)).result;
  const main = await defaultBranch(repo, remote);
  const same = main !== undefined && push !== undefined && main.ref === push.ref && main.remote === push.remote;
  const destination =
    main === undefined
      ? undefined
      : same
        ? result
        : (await judgeTarget(repo, records, await placeTarget(repo, main), head)).result;
  return { result, destination };
}

/** Both together. */
export async function status(repo: Repository, records: Records): Promise<Status> {
  return { files: await uncommittedLines(repo, records), push: await pushStatus(repo, records) };
}
