import type { Sha } from '../brand';
import type { Session } from '../origin';
import { type LineRange, parseLineRanges } from '../record/lineRanges';
import type { CommitRecord, RecordFile } from '../record/record';
import { gitAiHash, gitAiSchema } from './gitAiNote';
import { parseGitAiNote } from './parseGitAiNote';

/** What marks a note in git-ai's format as ours. */
export const mirrorVersion = 'countersign/1';

/** The commit a mirrored note is about. */
export interface MirroredCommit {
  readonly sha: Sha;
  /** `Name <email>` of the author. */
  readonly author: string;
  readonly recordId: Sha;
}

function sessionHash(session: Session): string {
  return session.session !== undefined && /^[0-9a-f]{14}$/.test(session.session)
    ? session.session
    : gitAiHash(`${session.tool}:${session.session ?? session.model ?? ''}`);
}

/**
 * The facts of a record in git-ai's note format (grammar: `gitAiNote.ts`). Edited AI lines count as AI; pasted, unknown
 * and claimed lines have no key. A file is left out whose name that format cannot tell from something else.
 */
export function formatGitAiNote(record: CommitRecord, commit: MirroredCommit): string {
  const sessions = new Map<string, unknown>();
  const humans = new Map<string, unknown>();
  const human = `h_${gitAiHash(commit.author)}`;
  const keyOf = (who: string): string | undefined => {
    const session = record.sessions?.[who];
    if (session === undefined) {
      if (who !== 'human') return undefined;
      humans.set(human, { author: commit.author });
      return human;
    }
    const id = sessionHash(session);
    sessions.set(`s_${id}`, {
      agent_id: { tool: session.tool, id, model: session.model ?? 'unknown' },
      human_author: commit.author,
    });
    return `s_${id}::t_${gitAiHash(`${id}:${commit.recordId}`)}`;
  };
  const attestations = new Map<string, readonly string[]>();
  for (const [path, file] of Object.entries(record.files ?? {})) {
    const name = pathLine(path, file);
    if (name === undefined || attestations.has(name)) continue;
    const entries = entriesOf(file, keyOf);
    if (entries.length > 0) attestations.set(name, entries);
  }
  const names = [...attestations.keys()].sort((a, b) => byBytes(unquoted(a), unquoted(b)));
  const lines = names.flatMap((name) => [name, ...(attestations.get(name) ?? [])]);
  const json = {
    schema_version: gitAiSchema,
    git_ai_version: mirrorVersion,
    base_commit_sha: commit.sha,
    prompts: {},
    ...(humans.size === 0 ? {} : { humans: sorted(humans) }),
    ...(sessions.size === 0 ? {} : { sessions: sorted(sessions) }),
  };
  return [...lines, '---', JSON.stringify(json, undefined, 2)].join('\n');
}

/** The lines of one file's entries, sorted by key. */
function entriesOf(file: RecordFile, keyOf: (who: string) => string | undefined): readonly string[] {
  const ranges = new Map<string, LineRange[]>();
  for (const [text, who] of file.lines ?? []) {
    const key = keyOf(who);
    if (key !== undefined) ranges.set(key, [...(ranges.get(key) ?? []), ...(parseLineRanges(text) ?? [])]);
  }
  return [...ranges.keys()].sort(byBytes).map((key) => `  ${key} ${formatRanges(ranges.get(key) ?? [])}`);
}

function formatRanges(ranges: readonly LineRange[]): string {
  const merged: { from: number; to: number }[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else merged.push({ ...range });
  }
  return merged.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/**
 * A path as it stands in a note, in Unicode's composed form; nothing where readers, who go line by line, cut white space
 * off line ends and take quotes off, would find another path or none.
 */
function pathLine(path: string, file: RecordFile): string | undefined {
  const name = path.normalize('NFC');
  if (file.pathEncoding !== undefined || /[\n\r]/.test(name)) return undefined;
  if (/[ \t]/.test(name)) return `"${name}"`;
  return name === '---' || name.trimEnd() !== name || /^".*"$/.test(name) ? undefined : name;
}

function unquoted(line: string): string {
  return line.startsWith('"') && line.endsWith('"') ? line.slice(1, -1) : line;
}

function sorted(map: ReadonlyMap<string, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...map].sort(([a], [b]) => byBytes(a, b)));
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Whether a note in git-ai's format is as we wrote it, and may be replaced. One of ours to which git-ai added sessions or
 * prompts is no longer: ours name their conversations by hash alone.
 */
export function isOurMirror(note: string): boolean {
  const { metadata } = parseGitAiNote(note);
  if (metadata === undefined || metadata.version !== mirrorVersion || metadata.hasPrompts) return false;
  return [...metadata.sessionIds].every(([key, id]) => key === `s_${id}`);
}
