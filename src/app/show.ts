import type { RepoPath, Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { type Evidence, lineClasses } from '../core/origin';
import type { CountKey } from '../core/record/record';
import { recordLines } from '../core/record/recordReader';
import { safeText } from '../core/safeText';
import { resolve } from '../git/refs';
import { listCommits } from '../git/revList';
import type { Records } from './commitRecords';
import { ensureRecords } from './ensureRecords';
import { evidenceOf } from './evidenceOf';
import type { Repository } from './repository';

/** A line of a record, as `show --json` writes it. */
export interface ShownLine {
  readonly line: number;
  readonly class: string;
  readonly tool: string | null;
  readonly model: string | null;
  readonly session: string | null;
  readonly evidence: Evidence | null;
  readonly reason: string | null;
}

/** A commit with its record. */
export interface ShownCommit {
  readonly schema: 1;
  readonly commit: Sha;
  /** Blob of the record; `null` where there is none, and what others say of the commit is shown. */
  readonly record: Sha | null;
  readonly counts: Readonly<Record<CountKey, number>>;
  readonly files: Readonly<Record<string, { readonly lines: readonly ShownLine[] }>>;
  /** The weakest evidence among the lines; `null` where no line has any. */
  readonly evidence: Evidence | null;
}

/** The commits that `A..B` or one revision (`A^..A`) names, newest first. @throws ToolError `bad-input` */
export async function commitsOfRange(repo: Repository, range: string): Promise<readonly Sha[]> {
  const dots = range.indexOf('..');
  if (dots < 0 || range.includes('...')) {
    const commit = await resolve(repo.git, range === '' ? 'HEAD' : range, 'commit');
    if (commit === undefined) throw new ToolError('bad-input', `There is no commit ${range}.`);
    return [commit];
  }
  const from = await resolve(repo.git, range.slice(0, dots) || 'HEAD', 'commit');
  const to = await resolve(repo.git, range.slice(dots + 2) || 'HEAD', 'commit');
  if (from === undefined || to === undefined) throw new ToolError('bad-input', `${range} names no range of commits.`);
  return (await listCommits(repo.git, { include: [to], exclude: [from] })).map(({ sha }) => sha);
}

const weakestLast: readonly Evidence[] = ['measured', 'declared', 'inferred'];

/** The records of commits, built first where this clone can and has not yet. */
export async function show(repo: Repository, records: Records, range: string): Promise<readonly ShownCommit[]> {
  const commits = await commitsOfRange(repo, range);
  await ensureRecords(repo, records, commits);
  await records.book.prepare(commits);
  for (const commit of commits) {
    const content = await records.book.contentOf(commit);
    if (content.kind === 'mismatch')
      repo.warn(`The note of ${commit.slice(0, 12)} is no record of it: ${safeText(content.problems[0] ?? '')}`);
  }
  return Promise.all(commits.map((commit) => showCommit(records, commit)));
}

/** One commit, as `show --json` writes it. */
export async function showCommit(records: Records, commit: Sha): Promise<ShownCommit> {
  const content = await records.book.contentOf(commit);
  const none: Record<CountKey, number> = { ai: 0, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0, deleted: 0 };
  const named = content.kind === 'records' ? content.records[0] : undefined;
  const record = named?.record ?? (content.kind === 'foreign' ? content.record : undefined);
  if (record === undefined) return { schema: 1, commit, record: null, counts: none, files: {}, evidence: null };
  const files: Record<string, { lines: ShownLine[] }> = Object.create(null);
  let weakest = -1;
  for (const path of Object.keys(record.files ?? {})) {
    const lines: ShownLine[] = [];
    for (const [line, origin] of [...recordLines(record, path as RepoPath)].sort((a, b) => a[0] - b[0])) {
      const evidence = evidenceOf(origin);
      if (evidence !== undefined) weakest = Math.max(weakest, weakestLast.indexOf(evidence));
      lines.push({
        line,
        class: origin.class,
        tool: origin.session?.tool ?? null,
        model: origin.session?.model ?? null,
        session: origin.session?.session ?? null,
        evidence: evidence ?? null,
        reason: origin.reason ?? null,
      });
    }
    files[path] = { lines };
  }
  const counts = { ...none };
  for (const key of [...lineClasses, 'deleted'] as const) counts[key] = record.counts[key];
  return { schema: 1, commit, record: named?.id ?? null, counts, files, evidence: weakestLast[weakest] ?? null };
}
