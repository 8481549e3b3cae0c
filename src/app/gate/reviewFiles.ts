import type { LineOrigin } from '../../core/attribution/lineClass';
import { sameSession } from '../../core/attribution/source';
import type { RepoPath, Sha } from '../../core/brand';
import { type Rules, rulesOf } from '../../core/gate/substantial';
import { isBlank } from '../../core/text/lines';
import { decodeBytes } from '../../core/text/textId';
import type { ReviewFile, ReviewRegion } from '../../core/views/regionWalk';
import { diffTrees, type FileChange } from '../../git/diff';
import type { Records } from '../commitRecords';
import type { Repository } from '../repository';
import type { LocalJudgement } from './localCheck';
import { movedLines } from './movedLines';

/** Added lines of one origin and one commit; no region is of lines that a person is known to have written. */
export interface OriginRegion extends ReviewRegion {
  readonly origin: LineOrigin;
  /** The commit that added them; absent where nobody can tell. */
  readonly commit: Sha | undefined;
}

/** A file that differs between two commits, with what a reviewer is to look at. */
export interface ChangedFile extends ReviewFile<OriginRegion> {
  readonly oldPath: RepoPath | undefined;
  /** `undefined` where there is no file on that side. */
  readonly oldBlob: Sha | undefined;
  readonly newBlob: Sha | undefined;
  readonly isBinary: boolean;
}

/** Which commits to compare; `from` `undefined` is the empty tree. */
export interface ReviewPair {
  readonly from: Sha | undefined;
  readonly to: Sha;
}

/** What differs between two commits, with the lines by AI, pasted or of unknown source that `to` has and `from` had not. */
export async function reviewFiles(
  repo: Repository,
  records: Records,
  { governing, commits }: Pick<LocalJudgement, 'governing' | 'commits'>,
  { from, to }: ReviewPair,
): Promise<readonly ChangedFile[]> {
  const rules = governing.state.kind === 'ok' ? rulesOf(governing.state.policy) : undefined;
  const untrusted = new Set(
    commits.filter(({ record }) => record === 'missing' || record === 'mismatch').map(({ sha }) => sha),
  );
  const changes = await diffTrees(repo.git, from, to, { reader: repo.objects });
  return Promise.all(
    changes.map(async (change): Promise<ChangedFile> => {
      const names = change.oldPath === undefined ? [change.path] : [change.path, change.oldPath];
      return {
        path: change.path,
        oldPath: change.oldPath,
        oldBlob: isFile(change.oldMode) ? change.oldOid : undefined,
        newBlob: isFile(change.newMode) ? change.newOid : undefined,
        isBinary: change.binary,
        risks: rules?.all.filter(({ risk, matches }) => risk !== null && matches(names)).length ?? 0,
        regions: await regionsOf(records, to, change, { rules, names, untrusted }),
      };
    }),
  );
}

function isFile(mode: string | undefined): boolean {
  return mode !== undefined && mode !== '160000';
}

interface Judging {
  readonly rules: Rules | undefined;
  readonly names: readonly RepoPath[];
  readonly untrusted: ReadonlySet<Sha>;
}

async function regionsOf(
  records: Records,
  to: Sha,
  change: FileChange,
  { rules, names, untrusted }: Judging,
): Promise<readonly OriginRegion[]> {
  if (change.binary || !isFile(change.newMode)) return [];
  const moved = movedLines(change);
  const numbers = change.hunks.flatMap((hunk) =>
    hunk.added.flatMap((bytes, index) => {
      const line = hunk.newStart + index;
      return moved.added.has(line) || isBlank(decodeBytes(bytes)) ? [] : [line];
    }),
  );
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (first === undefined || last === undefined) return [];
  const origins = await records.origins.linesAt(to, change.path, [first, last]);
  const isExempt = rules?.isExempt(names) ?? true;
  const regions: OriginRegion[] = [];
  for (const line of numbers) {
    const known = origins.get(line);
    const { commit, ...own } = known ?? { commit: undefined, class: 'unknown' as const, reason: 'no-record' as const };
    const isDoubted =
      commit !== undefined && untrusted.has(commit) && (own.class === 'human' || own.class === 'pasted');
    const origin: LineOrigin = isDoubted ? { class: 'unknown', reason: 'no-record' } : own;
    if (origin.class === 'human') continue;
    const isCounting = !isExempt && (rules?.counts(origin) ?? false);
    const before = regions.at(-1);
    if (
      before !== undefined &&
      before.start + before.count === line &&
      before.commit === commit &&
      before.isCounting === isCounting &&
      isAlike(before.origin, origin)
    ) {
      regions[regions.length - 1] = { ...before, count: before.count + 1 };
    } else regions.push({ start: line, count: 1, isCounting, origin, commit });
  }
  return regions;
}

function isAlike(a: LineOrigin, b: LineOrigin): boolean {
  return a.class === b.class && a.reason === b.reason && sameSession(a.session, b.session);
}
