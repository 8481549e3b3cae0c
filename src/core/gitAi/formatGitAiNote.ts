import { createHash } from 'node:crypto';
import type { Sha } from '../brand';
import type { Session } from '../origin';
import { parseLineRanges } from '../record/lineRanges';
import type { CommitRecord } from '../record/record';

/** What marks a note in git-ai's format as ours. */
export const mirrorVersion = 'countersign/1';

/** The commit a mirrored note is about. */
export interface MirroredCommit {
  readonly sha: Sha;
  /** `Name <email>` of the author. */
  readonly author: string;
  readonly recordId: Sha;
}

function hex14(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 14);
}

function sessionHash(session: Session): string {
  return session.session !== undefined && /^[0-9a-f]{14}$/.test(session.session)
    ? session.session
    : hex14(`${session.tool}:${session.session ?? session.model ?? ''}`);
}

/**
 * The facts of a record in git-ai's note format, authorship/3.0.0 (Git AI Standard): per file and key the lines, a line
 * `---`, then JSON. Edited AI lines count as AI; pasted, unknown and claimed lines have no key.
 *
 * Nothing where a path cannot be written in that format (a line feed, or spaces at its start).
 */
export function formatGitAiNote(record: CommitRecord, commit: MirroredCommit): string | undefined {
  const sessions: Record<string, unknown> = {};
  const humans: Record<string, unknown> = {};
  const lines: string[] = [];
  const human = `h_${hex14(commit.author)}`;
  for (const path of Object.keys(record.files ?? {}).sort(byBytes)) {
    if (/^ {2}|^---$|^"|[\n\t]| $/.test(path)) return undefined;
    const ranges = new Map<string, { readonly from: number; readonly to: number }[]>();
    for (const [text, who] of record.files?.[path]?.lines ?? []) {
      const session = record.sessions?.[who];
      if (session === undefined && who !== 'human') continue;
      let key = human;
      if (session === undefined) humans[human] = { author: commit.author };
      else {
        const id = sessionHash(session);
        key = `s_${id}::t_${hex14(`${id}:${commit.recordId}`)}`;
        sessions[`s_${id}`] = {
          agent_id: { tool: session.tool, id, model: session.model ?? 'unknown' },
          human_author: commit.author,
        };
      }
      ranges.set(key, [...(ranges.get(key) ?? []), ...(parseLineRanges(text) ?? [])]);
    }
    if (ranges.size === 0) continue;
    lines.push(path.includes(' ') ? `"${path}"` : path);
    for (const key of [...ranges.keys()].sort(byBytes)) {
      const sorted = (ranges.get(key) ?? []).sort((a, b) => a.from - b.from);
      const merged: { from: number; to: number }[] = [];
      for (const range of sorted) {
        const last = merged[merged.length - 1];
        if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
        else merged.push({ ...range });
      }
      lines.push(`  ${key} ${merged.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',')}`);
    }
  }
  const json = {
    schema_version: 'authorship/3.0.0',
    git_ai_version: mirrorVersion,
    base_commit_sha: commit.sha,
    prompts: {},
    ...(Object.keys(humans).length === 0 ? {} : { humans }),
    ...(Object.keys(sessions).length === 0 ? {} : { sessions }),
  };
  return `${[...lines, '---', JSON.stringify(json, undefined, 2)].join('\n')}`;
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Whether a note in git-ai's format was written by us and may be replaced. */
export function isOurMirror(note: string): boolean {
  return note.includes(`"git_ai_version": "${mirrorVersion}"`);
}
