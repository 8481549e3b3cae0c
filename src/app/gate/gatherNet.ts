import type { LineOrigin } from '../../core/attribution/lineClass';
import type { RepoPath, Sha } from '../../core/brand';
import type { DeletedLines, GateCommit, LineRun, NetChange, NetSource, PathChange } from '../../core/gate/gateInput';
import { isBlank } from '../../core/text/lines';
import { decodeBytes } from '../../core/text/textId';
import { diffTreePairs, diffTrees, type FileChange } from '../../git/diff';
import { listCommits } from '../../git/revList';
import type { Records } from '../commitRecords';
import type { Repository } from '../repository';
import { changeShape } from './changeShape';
import { addedLineNumbers, runsOf } from './gatherPath';
import { movedLines } from './movedLines';

/** The change from fork point to head, its lines given to the commits that blame names. */
export async function gatherNet(
  repo: Repository,
  records: Records,
  base: Sha | undefined,
  head: Sha,
  commits: readonly GateCommit[],
): Promise<readonly NetChange[]> {
  const changes = await diffTrees(repo.git, base, head, { reader: repo.objects });
  const isUnseen = await unseenDeletions(repo, base, head, commits);
  return Promise.all(changes.map((change) => netChange(repo, records, { head, commits, isUnseen }, change)));
}

interface NetRange {
  readonly head: Sha;
  readonly commits: readonly GateCommit[];
  /** Whether what is gone from a path, and no judged commit removed, went by a decision of a merge. */
  readonly isUnseen: (path: RepoPath) => boolean;
}

/** Without a merge that decided something, what no judged commit removes is removed by commits that are not judged. */
async function unseenDeletions(
  repo: Repository,
  base: Sha | undefined,
  head: Sha,
  commits: readonly GateCommit[],
): Promise<NetRange['isUnseen']> {
  if (!commits.some((commit) => commit.parents.length > 1 && !commit.isAutomaticMerge)) return () => false;
  const judged = new Set(commits.map(({ sha }) => sha));
  const exclude = base === undefined ? [] : [base];
  const others = (await listCommits(repo.git, { include: [head], exclude })).filter(({ sha }) => !judged.has(sha));
  const pairs = others.flatMap(({ sha, parents }) => (parents.length > 1 ? [] : [{ from: parents[0], to: sha }]));
  const elsewhere = (await diffTreePairs(repo.git, pairs, { renames: 'off', reader: repo.objects })).flat();
  const paths = new Set(elsewhere.map(({ path }) => path));
  return (path) => !paths.has(path);
}

async function netChange(
  repo: Repository,
  records: Records,
  { head, commits, isUnseen }: NetRange,
  change: FileChange,
): Promise<NetChange> {
  const touching = commits.flatMap((commit) =>
    commit.changes
      .filter((own) => own.path === change.path || own.oldPath === change.path || own.path === change.oldPath)
      .map((own) => ({ commit: commit.sha, own })),
  );
  const common = { path: change.path, ...(change.oldPath === undefined ? {} : { oldPath: change.oldPath }) };
  const last = touching.at(-1);
  const special = touching
    .map(({ own }) => own.special)
    .filter((own) => own !== undefined)
    .at(-1);
  const source: NetSource = touching.length === 1 && last !== undefined ? { commit: last.commit } : {};
  const names = touching.some(({ own }) => own.namesTool === true) ? { namesTool: true } : {};
  const shape = await changeShape(repo, change);
  // A special change that no commit shows is told by what blame says of its lines.
  const isSpecial = shape.special !== undefined && (special?.kind === 'mode') === (shape.special === 'mode');
  const told = special !== undefined && isSpecial ? { special: { ...special, ...source } } : {};
  if (shape.lines === 'none' && told.special !== undefined)
    return { ...common, ...names, added: [], deleted: [], ...told };
  const own = touching.map(({ own: each }) => each);
  return {
    ...common,
    ...names,
    added: await netAdded(records, head, commits, change),
    deleted:
      shape.lines === 'added'
        ? []
        : netDeleted(
            change,
            own,
            source,
            isUnseen(change.path) ? removedBy(change, commits) : Number.POSITIVE_INFINITY,
          ),
    ...told,
  };
}

async function netAdded(
  records: Records,
  head: Sha,
  commits: readonly GateCommit[],
  change: FileChange,
): Promise<(LineRun & NetSource)[]> {
  const numbers = addedLineNumbers(change);
  const first = numbers[0];
  const last = numbers.at(-1);
  if (first === undefined || last === undefined) return [];
  const origins = await records.origins.linesAt(head, change.path, [first, last]);
  const moved = movedLines(change);
  const byCommit = new Map<
    Sha | undefined,
    { line: number; origin: LineOrigin; skip: 'blank' | 'moved' | undefined }[]
  >();
  const skipOf = new Map<number, 'blank' | 'moved' | undefined>();
  for (const hunk of change.hunks) {
    hunk.added.forEach((bytes, index) => {
      const line = hunk.newStart + index;
      skipOf.set(line, isBlank(decodeBytes(bytes)) ? 'blank' : moved.added.has(line) ? 'moved' : undefined);
    });
  }
  for (const line of numbers) {
    const known = origins.get(line);
    const commit = known?.commit;
    const status = commits.find((candidate) => candidate.sha === commit)?.record;
    const origin: LineOrigin =
      known === undefined || status === 'missing' || status === 'mismatch'
        ? { class: 'unknown', reason: 'no-record' }
        : known;
    const list = byCommit.get(commit);
    const entry = { line, origin, skip: skipOf.get(line) };
    if (list === undefined) byCommit.set(commit, [entry]);
    else list.push(entry);
  }
  return [...byCommit]
    .flatMap(([commit, lines]) => runsOf(lines).map((run) => (commit === undefined ? run : { ...run, commit })))
    .sort((a, b) => a.start - b.start);
}

/** How many lines of a path, under all its names, the commits remove. */
function removedBy(change: FileChange, commits: readonly GateCommit[]): number {
  const names = new Set([change.path, ...(change.oldPath === undefined ? [] : [change.oldPath])]);
  let count = 0;
  for (const { changes } of [...commits].reverse()) {
    for (const { path, oldPath, special, deleted } of changes) {
      if (!names.has(path) && (oldPath === undefined || !names.has(oldPath))) continue;
      if (oldPath !== undefined) names.add(oldPath);
      if (special !== undefined && special.kind !== 'mode') return Number.POSITIVE_INFINITY;
      count += deleted.reduce((sum, entry) => sum + entry.count, 0);
    }
  }
  return count;
}

/**
 * Which commit removed a line of the net change nobody can tell once several touch the file: the least favourable first.
 * More lines than `most` no commit removed.
 */
function netDeleted(
  change: FileChange,
  touching: readonly PathChange[],
  source: NetSource,
  most: number,
): (DeletedLines & NetSource)[] {
  const moved = movedLines(change);
  const texts = change.hunks.flatMap((hunk) =>
    hunk.removed.map((bytes, index) => ({ line: hunk.oldStart + index, text: decodeBytes(bytes) })),
  );
  const blank = texts.filter(({ text }) => isBlank(text)).length;
  const gone = texts.filter(({ line, text }) => moved.removed.has(line) && !isBlank(text)).length;
  let left = texts.length - blank - gone;
  const result: (DeletedLines & NetSource)[] = [];
  for (const by of ['ai', 'unknown'] as const) {
    const removed = touching
      .flatMap((own) => own.deleted)
      .filter((entry) => entry.by === by && entry.skip === undefined);
    const whole =
      touching.filter((own) => own.special?.kind === 'deletion' && own.special.class === by).length > 0 ? left : 0;
    const count = Math.min(
      left,
      Math.max(
        whole,
        removed.reduce((sum, entry) => sum + entry.count, 0),
      ),
    );
    if (count > 0) result.push({ count, by, ...source });
    left -= count;
  }
  const unseen = Math.min(left, Math.max(0, texts.length - most));
  if (unseen > 0) result.push({ count: unseen, by: 'unknown', reason: 'no-record' });
  left -= unseen;
  if (left > 0) result.push({ count: left, by: 'human', ...source });
  if (blank > 0) result.push({ count: blank, by: 'human', skip: 'blank', ...source });
  if (gone > 0) result.push({ count: gone, by: 'human', skip: 'moved', ...source });
  return result;
}
