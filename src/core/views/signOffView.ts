import type { RepoPath, Sha } from '../brand';
import type { Finding } from '../gate/findings';
import type { CommitCoverage, GateResult } from '../gate/gateResult';
import { parseRanges } from '../gate/lineRanges';

/** A commit that the target does not have. Texts are untrusted. */
export interface OutgoingCommit {
  readonly sha: Sha;
  readonly subject: string;
  /** The author's address. */
  readonly author: string;
}

/** What the view of outgoing work is made from. */
export interface SignOffInput {
  readonly result: GateResult;
  /** Parents before children. */
  readonly commits: readonly OutgoingCommit[];
  /** Full name of the ref that a plain push would update; absent where git has none. */
  readonly pushRef: string | undefined;
  /** Short name of the branch that is checked out; absent where `HEAD` is detached. */
  readonly branch: string | undefined;
}

/** What the view says of outgoing work. */
export interface SignOffView {
  readonly summary: SummaryView;
  /** Findings about no single commit, those that decide first. */
  readonly general: readonly Finding[];
  /** Those that need a sign-off first, riskiest first; then the newest first. */
  readonly commits: readonly CommitView[];
}

/** The whole in one row. */
export interface SummaryView {
  /** Short name of the target: `main`. */
  readonly target: string;
  /** Whether a plain push goes there, or a later merge. */
  readonly gesture: 'push' | 'merge';
  readonly branch: string | undefined;
  /** `advised`: something is asked, but the policy's mode refuses nothing. */
  readonly state: 'not-protected' | 'clear' | 'signed' | 'advised' | 'blocked' | 'undecided';
  /** Commits that wait for a sign-off; at least 1 when the range as a whole does. */
  readonly waiting: number;
  readonly commits: number;
}

/** One outgoing commit. */
export interface CommitView extends OutgoingCommit {
  /** `unjudged`: the target is not protected. */
  readonly need: CommitCoverage['state'] | 'unjudged';
  readonly coverage: CommitCoverage | undefined;
  /** Sign-offs that are still missing, at least 1 for `needed`, else 0. */
  readonly missing: number;
  /** What else is said of it: why a sign-off at hand does not count, records that are missing. */
  readonly findings: readonly Finding[];
  readonly files: readonly FileView[];
}

/** A path of a commit that has to do with why it needs a sign-off. */
export interface FileView {
  readonly path: RepoPath;
  /** Lines that count, added and deleted. */
  readonly counting: number;
  readonly deleted: number;
  /** Added lines that count, `1-4,9`; absent where there are none. */
  readonly lines: string | undefined;
  /** 1-based first line that counts; absent where there is none. */
  readonly firstLine: number | undefined;
  readonly risks: readonly string[];
  readonly isProtected: boolean;
}

/** What the view of outgoing work says; the same input gives the same view. */
export function signOffView({ result, commits, pushRef, branch }: SignOffInput): SignOffView {
  const coverage = new Map(result.coverage.commits.map((each) => [each.commit, each]));
  const known = new Set(commits.map(({ sha }) => sha));
  const general = result.findings.filter(({ commit }) => commit === null || !known.has(commit));
  const views = commits
    .map((commit) => commitView(commit, coverage.get(commit.sha), result))
    .reverse()
    .sort(riskiestFirst);
  const needed = views.filter(({ need }) => need === 'needed').length;
  const asksOfRange = general.some(({ kind }) => kind === 'needsSignOff' || kind === 'protectedPathChanged');
  const counting = views.filter(
    ({ need, coverage: own }) => need !== 'covered' && (own?.count.counting ?? 0) > 0,
  ).length;
  const waiting = needed > 0 ? needed : asksOfRange ? Math.max(1, counting) : 0;
  return {
    summary: {
      target: shortRef(result.target),
      gesture: pushRef === result.target ? 'push' : 'merge',
      branch,
      state: stateOf(result, waiting, views),
      waiting,
      commits: commits.length,
    },
    general: [...general].sort((a, b) => weight[a.severity] - weight[b.severity]),
    commits: views,
  };
}

/** `refs/heads/main` as `main`; other refs in full. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

function stateOf(result: GateResult, waiting: number, commits: readonly CommitView[]): SummaryView['state'] {
  if (result.verdict !== 'pass') return result.verdict;
  if (!result.isProtected) return 'not-protected';
  if (waiting > 0) return 'advised';
  return commits.some(({ need }) => need === 'covered') ? 'signed' : 'clear';
}

function commitView(commit: OutgoingCommit, coverage: CommitCoverage | undefined, result: GateResult): CommitView {
  const need = coverage?.state ?? 'unjudged';
  return {
    ...commit,
    need,
    coverage,
    missing: need === 'needed' ? Math.max(1, (coverage?.needed ?? 1) - (coverage?.signedBy.length ?? 0)) : 0,
    // That it needs a sign-off is what the row itself says, with the rules below it.
    findings: result.findings.filter(
      ({ commit: about, kind }) => about === commit.sha && kind !== 'needsSignOff' && kind !== 'protectedPathChanged',
    ),
    files: coverage === undefined ? [] : filesOf(coverage),
  };
}

function filesOf({ counting, protectedPaths }: CommitCoverage): readonly FileView[] {
  const files = counting.map((file): FileView => {
    const lines = file.lines ?? undefined;
    return {
      path: file.path,
      counting: file.counting,
      deleted: file.deleted,
      lines,
      firstLine: lines === undefined ? undefined : parseRanges(lines)[0]?.start,
      risks: file.risks,
      isProtected: protectedPaths.includes(file.path),
    };
  });
  const others = protectedPaths
    .filter((path) => !files.some((file) => file.path === path))
    .map(
      (path): FileView => ({
        path,
        counting: 0,
        deleted: 0,
        lines: undefined,
        firstLine: undefined,
        risks: [],
        isProtected: true,
      }),
    );
  return [...files, ...others].sort((a, b) => riskOf(b) - riskOf(a) || b.counting - a.counting);
}

function riskOf(file: FileView): number {
  return file.risks.length + (file.isProtected ? 1 : 0);
}

const needRank: Readonly<Record<CommitView['need'], number>> = {
  needed: 0,
  overridden: 1,
  covered: 2,
  none: 3,
  unjudged: 3,
};

const weight: Readonly<Record<Finding['severity'], number>> = { block: 0, undecided: 1, warn: 2, info: 3 };

/** A stable order: what is equally risky stays newest first. */
function riskiestFirst(a: CommitView, b: CommitView): number {
  const rank = needRank[a.need] - needRank[b.need];
  if (rank !== 0 || a.need !== 'needed') return rank;
  return openRisks(b) - openRisks(a) || (b.coverage?.count.counting ?? 0) - (a.coverage?.count.counting ?? 0);
}

function openRisks({ coverage }: CommitView): number {
  if (coverage === undefined) return 0;
  return (
    coverage.reasons.filter(({ risk, isCovered }) => risk !== null && !isCovered).length +
    (coverage.protectedPaths.length > 0 ? 1 : 0)
  );
}
