import { explainDeletions } from '../core/attribution/explainDeletions';
import { type BaseLookup, classifyLines } from '../core/attribution/lineClass';
import type { ExplainedFile } from '../core/record/buildRecord';
import { gitLineMap } from '../core/text/gitLines';
import type { FileChange } from '../git/diff';
import { isQuotedRepoPath } from '../git/repoPath';
import { addedAgain } from './addedAgain';
import { type CommitStep, type CommitToExplain, commitStep } from './commitStep';
import { addedLines, type FollowedFile, followFile, textsOf } from './followFile';
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
    const open = followed.filter(isFollowed);
    const lookups = await origins.baseLookups(open);
    for (const file of followed)
      explained.push(isFollowed(file) ? await tellLines(repo, step, file, lookups[open.indexOf(file)]) : file);
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

function isFollowed(file: FollowedFile | ExplainedFile | undefined): file is FollowedFile {
  return file !== undefined && 'attributed' in file;
}

/** Says who wrote the lines of a file whose text is followed. */
async function tellLines(
  repo: Repository,
  commit: CommitStep,
  { change, file, attributed, removed }: FollowedFile,
  lookup: BaseLookup = () => undefined,
): Promise<ExplainedFile> {
  const added = addedLines(change);
  const map = gitLineMap(file.bytes);
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
