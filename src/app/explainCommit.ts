import type { Attributed } from '../core/attribution/attributed';
import { explainDeletions } from '../core/attribution/explainDeletions';
import { classifyLines } from '../core/attribution/lineClass';
import type { ExplainedFile } from '../core/record/buildRecord';
import { gitLineMap } from '../core/text/gitLines';
import type { TextId } from '../core/text/textId';
import type { FileChange } from '../git/diff';
import { BlobSearch } from '../git/findBlob';
import { isQuotedRepoPath } from '../git/repoPath';
import { addedAgain } from './addedAgain';
import { type CommitStep, type CommitToExplain, commitStep } from './commitStep';
import { type FollowedFile, followFile, textsOf } from './followFile';
import { leastFavourableOf, normalisedLines } from './gitLineOrigins';
import type { LineOrigins } from './lineOrigins';
import type { Repository } from './repository';

/** Explains every line that a commit adds and removes, as its record lists them. */
export async function explainCommit(
  repo: Repository,
  origins: LineOrigins,
  commit: CommitToExplain,
): Promise<readonly ExplainedFile[]> {
  const step = await commitStep(repo, origins, commit);
  if (step.parents.length > 1) return explainMerge(repo, origins, step);
  return (await explainFiles(repo, origins, step, step.changes)).filter((file) => file !== undefined);
}

/** How many files are read together, and looked for together in history. */
const batch = 100;

/** Explains changes of a commit, in their order; nothing for one without lines. */
async function explainFiles(
  repo: Repository,
  origins: LineOrigins,
  step: CommitStep,
  changes: readonly FileChange[],
): Promise<readonly (ExplainedFile | undefined)[]> {
  const explained: (ExplainedFile | undefined)[] = [];
  for (let from = 0; from < changes.length; from += batch) {
    // Asked together, the texts travel together.
    const some = await Promise.all(changes.slice(from, from + batch).map((change) => textsOf(repo, change)));
    const followed: (FollowedFile | ExplainedFile | undefined)[] = [];
    for (const texts of some) followed.push(await followFile(repo, step, texts));
    const bases = followed.flatMap((file) => (file !== undefined && 'homes' in file ? basesOf(file.attributed) : []));
    const search = new BlobSearch(repo.git, bases);
    for (const file of followed) {
      const isFollowed = file !== undefined && 'homes' in file;
      explained.push(isFollowed ? await tellLines(repo, origins, step, file, search) : file);
    }
  }
  return explained;
}

/** A merge lists only what no parent has: of each file the lines that are added against every parent. */
async function explainMerge(
  repo: Repository,
  origins: LineOrigins,
  step: CommitStep,
): Promise<readonly ExplainedFile[]> {
  const others = await Promise.all(
    step.parents.slice(1).map(async (parent) => {
      const changes = await repo.diffs.diff(parent, step.tree);
      return new Map(changes.map((change) => [change.path, change]));
    }),
  );
  const inAll = step.changes.filter(
    ({ path, newOid }) => newOid !== undefined && others.every((changes) => changes.has(path)),
  );
  return (await explainFiles(repo, origins, step, inAll)).flatMap((file) => {
    if (file === undefined) return [];
    const lines = others.map((changes) => new Set(addedLines(changes.get(file.path))));
    const own = file.lines.filter(({ line }) => lines.every((set) => set.has(line)));
    return own.length === 0 ? [] : { ...file, lines: own, deleted: [] };
  });
}

function addedLines(change: FileChange | undefined): readonly number[] {
  return (change?.hunks ?? []).flatMap((hunk) =>
    Array.from({ length: hunk.newCount }, (_, index) => hunk.newStart + index),
  );
}

function basesOf({ runs }: Attributed): readonly TextId[] {
  return runs.flatMap((run) => (run.kind === 'base' ? run.text : []));
}

/** Says who wrote the lines of a file whose text is followed. */
async function tellLines(
  repo: Repository,
  origins: LineOrigins,
  commit: CommitStep,
  { change, old, file, attributed, removed, names, homes }: FollowedFile,
  search: BlobSearch,
): Promise<ExplainedFile> {
  const added = addedLines(change);
  const map = gitLineMap(file.bytes);
  const lines = new Set(added.flatMap((line) => normalisedLines(map, line)));
  const lookup = await origins.baseLookup(attributed, names, homes, { lines, first: old, search });
  const classes = classifyLines(attributed, change.path, lookup);
  const told = new Map(
    added.map((line) => [line, leastFavourableOf(normalisedLines(map, line).map((index) => classes[index]))]),
  );
  const again = await addedAgain(repo, commit.replays, change.path, file, told);
  return {
    path: change.path,
    blob: file.blob,
    isGitQuoted: isQuotedRepoPath(change.path),
    lines: [...told].map(([line, origin]) => ({ line, origin: again.get(line) ?? origin })),
    deleted: explainDeletions(removed, attributed.cuts, commit.losses.get(change.path) ?? []),
  };
}
