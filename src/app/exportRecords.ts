import { formatAgentTrace } from '../core/agentTrace/formatAgentTrace';
import type { Sha } from '../core/brand';
import { formatGitAiNote } from '../core/gitAi/formatGitAiNote';
import { readCommit } from '../git/commit';
import { listCommits } from '../git/revList';
import { recordsOf } from './commitRecords';
import { ensureRecords } from './ensureRecords';
import type { Repository } from './repository';
import { commitsOfRange, showCommit } from './show';

/** The formats in which records leave this program. */
export type ExportFormat = 'agent-trace' | 'git-ai' | 'jsonl';

/** How many commits are looked at together; what was read for them is forgotten then. */
const batch = 200;

/**
 * What is known of commits, one piece of text a commit, oldest first, without line feed: an Agent Trace, a note in
 * git-ai's format, or the object of `show --json`. All of `HEAD`'s history where no range is named. Commits of which nothing
 * is known have no piece, and git-ai's format is for records of ours alone, since the others have their note.
 *
 * However long the history, only some commits are in memory at once.
 *
 * @throws ToolError `bad-input` for a range that is none, and for `git-ai` in a repository whose ids it cannot hold
 */
export async function* exportRecords(
  repo: Repository,
  format: ExportFormat,
  range: string | undefined,
): AsyncGenerator<string> {
  const records = recordsOf(repo);
  const head = range === undefined ? await commitsOfRange(repo, 'HEAD') : [];
  const all = range === undefined ? await listCommits(repo.git, { include: head }) : undefined;
  const commits = [...(all?.map(({ sha }) => sha) ?? (await commitsOfRange(repo, range ?? 'HEAD')))].reverse();
  for (let from = 0; from < commits.length; from += batch) {
    const some = commits.slice(from, from + batch);
    await ensureRecords(repo, records, some);
    await records.book.prepare(some);
    for (const sha of some) {
      const text = await pieceOf(repo, records, format, sha);
      if (text !== undefined) yield text;
    }
    records.book.forget(some);
  }
}

async function pieceOf(
  repo: Repository,
  records: ReturnType<typeof recordsOf>,
  format: ExportFormat,
  sha: Sha,
): Promise<string | undefined> {
  const [named] = await records.book.recordsOf(sha);
  const [record] = await records.book.statementsOf(sha);
  if (record === undefined) return undefined;
  if (format === 'jsonl') return JSON.stringify(await showCommit(records, sha));
  const read = await readCommit(repo.objects, sha);
  if (read.kind !== 'found') return undefined;
  const { author, committer } = read.commit;
  if (format === 'git-ai') {
    if (named === undefined) return undefined;
    return formatGitAiNote(named.record, { sha, author: `${author.name} <${author.email}>`, recordId: named.id });
  }
  const trace = formatAgentTrace(record, { sha, time: committer.time, recordId: named?.id });
  return trace === undefined ? undefined : JSON.stringify(trace);
}
