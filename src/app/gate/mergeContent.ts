import type { RepoPath, Sha } from '../../core/brand';
import { isBlank } from '../../core/text/lines';
import { decodeBytes } from '../../core/text/textId';
import type { Commit } from '../../git/commit';
import { diffTrees, type FileChange } from '../../git/diff';
import type { Git } from '../../git/git';
import { mergeAll } from '../../git/mergeTree';
import { ObjectReader } from '../../git/objectReader';
import { openScratch } from '../../git/scratch';
import type { Repository } from '../repository';
import { movedLines } from './movedLines';

/** What a merge has that git's own merge of its parents has not, and the other way round, outside of conflicts. */
export interface Departure {
  /** From the automatic merge to the merge. */
  readonly change: FileChange;
  /** Numbers of the added lines, in the merge's text. */
  readonly added: ReadonlySet<number>;
  /** How many lines are gone that the automatic merge has, blank ones not counted. */
  readonly lost: number;
}

/** How a commit with several parents stands to git's own merge of them. */
export type MergeContent =
  | { readonly kind: 'automatic' }
  /** A merge of more than two sides that conflict, which git does not make: there is nothing to compare with. */
  | { readonly kind: 'incomparable' }
  | { readonly kind: 'decided'; readonly departures: readonly Departure[] };

/** Compares a merge with the automatic one. @throws ToolError `git-failed` where an object is not here */
export async function mergeContent(repo: Repository, commit: Commit): Promise<MergeContent> {
  const [ours, theirs, ...more] = commit.parents;
  if (ours === undefined || theirs === undefined) return { kind: 'incomparable' };
  const scratch = await openScratch(repo.git);
  try {
    const merged = await mergeAll(scratch.git, [ours, theirs, ...more]);
    if (merged.kind === 'unrelated' || (merged.kind === 'conflict' && more.length > 0)) return { kind: 'incomparable' };
    if (merged.tree === commit.tree)
      return merged.kind === 'clean' ? { kind: 'automatic' } : { kind: 'decided', departures: [] };
    const conflicts = merged.kind === 'clean' ? [] : merged.paths;
    const changes = await diffTrees(scratch.git, merged.tree, commit.tree, { renames: 'off' });
    return {
      kind: 'decided',
      departures: await departuresOf(scratch.git, merged.tree, changes, { conflicts, sides: [ours, theirs] }),
    };
  } finally {
    await scratch.dispose();
  }
}

interface Conflicts {
  readonly conflicts: readonly RepoPath[];
  readonly sides: readonly [Sha, Sha];
}

async function departuresOf(
  git: Git,
  tree: Sha,
  changes: readonly FileChange[],
  { conflicts, sides }: Conflicts,
): Promise<readonly Departure[]> {
  const reader = new ObjectReader(git);
  try {
    const found: Departure[] = [];
    for (const change of changes) {
      if (!conflicts.includes(change.path)) {
        found.push(departure(change, []));
        continue;
      }
      const read = await reader.readPath(tree, change.path);
      const regions = read.kind === 'found' ? conflictRegions(read.data, sides) : [];
      // A conflict that is not one of lines (a file that one side deleted) is decided as a whole.
      if (regions.length > 0) found.push(departure(change, regions));
    }
    return found.filter(({ change, added, lost }) => added.size > 0 || lost > 0 || isUntold(change));
  } finally {
    reader.dispose();
  }
}

/** First and last line, 1-based. */
type Region = readonly [number, number];

/** The marked places of a file with conflicts; the marks name the commits, which the file's own text cannot. */
function conflictRegions(data: Buffer, [ours, theirs]: readonly [Sha, Sha]): readonly Region[] {
  const regions: Region[] = [];
  let start: number | undefined;
  for (const [index, line] of data.toString('latin1').split('\n').entries()) {
    const [, mark, commit] = /^(<{7,}|>{7,}) ([0-9a-f]+)(?::|\r?$)/.exec(line) ?? [];
    if (mark?.startsWith('<') && commit === ours) start ??= index + 1;
    else if (mark?.startsWith('>') && commit === theirs && start !== undefined) {
      regions.push([start, index + 1]);
      start = undefined;
    }
  }
  return regions;
}

function departure(change: FileChange, regions: readonly Region[]): Departure {
  const moved = movedLines(change);
  const added = new Set<number>();
  let lost = 0;
  for (const hunk of change.hunks) {
    const last = hunk.oldStart + Math.max(hunk.oldCount, 1) - 1;
    const isOfConflict = regions.some(([from, to]) => hunk.oldStart <= to && last >= from);
    hunk.removed.forEach((bytes, index) => {
      const line = hunk.oldStart + index;
      if (regions.some(([from, to]) => line >= from && line <= to)) return;
      if (!moved.removed.has(line) && !isBlank(decodeBytes(bytes))) lost++;
    });
    // What stands where a conflict was is told by what no parent has.
    if (isOfConflict) continue;
    for (let line = hunk.newStart; line < hunk.newStart + hunk.newCount; line++)
      if (!moved.added.has(line)) added.add(line);
  }
  return { change, added, lost };
}

/** Whether the change is not told by its lines alone. */
function isUntold(change: FileChange): boolean {
  return change.binary || change.oldMode !== change.newMode || change.oldMode === '160000';
}
