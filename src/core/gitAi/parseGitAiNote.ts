import * as v from 'valibot';
import { agentIdOfName } from '../message/agentNames';
import type { LineRange } from '../record/lineRanges';
import { type GitAiAuthor, type GitAiEntry, gitAiHash, gitAiSchema } from './gitAiNote';

/** What stands below the line `---`. */
export interface GitAiMetadata {
  readonly version: string | undefined;
  readonly baseCommit: string;
  readonly hasPrompts: boolean;
  /** By key (`s_...`): the conversation as the tool names it, or as its hash. */
  readonly sessionIds: ReadonlyMap<string, string>;
}

/** A note as far as it is understood; nothing of it is believed yet. */
export interface GitAiNote {
  /** By path, in the order of the note; several sections of one path follow each other. */
  readonly files: ReadonlyMap<string, readonly GitAiEntry[]>;
  /** `undefined` where it is missing, no JSON, or of another version. */
  readonly metadata: GitAiMetadata | undefined;
  /** Whom a key of an entry stands for; nothing where the note does not say. */
  authorOf(key: string): GitAiAuthor | undefined;
  /** What was not understood, each with its place; at most {@link mostProblems}. */
  readonly problems: readonly string[];
}

/** More problems of one note are not told. */
export const mostProblems = 20;

/** As a reader of theirs has it: line numbers fit 32 bits. */
const mostLine = 0xffff_ffff;

const word = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
const agent = v.looseObject({ agent_id: v.looseObject({ tool: word, id: v.string(), model: v.string() }) });
const metadataSchema = v.looseObject({
  schema_version: v.literal(gitAiSchema),
  base_commit_sha: v.string(),
  git_ai_version: v.nullish(v.string()),
  prompts: v.nullish(v.record(v.string(), v.unknown())),
  sessions: v.nullish(v.record(v.string(), v.unknown())),
  humans: v.nullish(v.record(v.string(), v.unknown())),
});

/** Reads a note (grammar: `gitAiNote.ts`) as leniently as git-ai does; never throws. */
export function parseGitAiNote(text: string): GitAiNote {
  const problems: string[] = [];
  const tell = (problem: string): void => {
    if (problems.length < mostProblems) problems.push(problem);
  };
  const lines = text.split('\n');
  const divider = lines.indexOf('---');
  if (divider < 0) tell('there is no line "---"');
  const files = parseAttestations(divider < 0 ? [] : lines.slice(0, divider), tell);
  const json = divider < 0 ? undefined : parseMetadata(lines.slice(divider + 1).join('\n'), tell);
  const people = new Map(Object.entries(json?.humans ?? {}));
  const agents = new Map([...Object.entries(json?.prompts ?? {}), ...Object.entries(json?.sessions ?? {})]);
  const metadata: GitAiMetadata | undefined =
    json === undefined
      ? undefined
      : {
          version: json.git_ai_version ?? undefined,
          baseCommit: json.base_commit_sha,
          hasPrompts: Object.keys(json.prompts ?? {}).length > 0,
          sessionIds: new Map(
            Object.entries(json.sessions ?? {}).map(([key, value]) => [
              key,
              v.is(agent, value) ? value.agent_id.id : '',
            ]),
          ),
        };
  return { files, metadata, problems, authorOf: (key) => authorOf(key, agents, people) };
}

function authorOf(
  key: string,
  agents: ReadonlyMap<string, unknown>,
  people: ReadonlyMap<string, unknown>,
): GitAiAuthor | undefined {
  const name = key.split('::', 1)[0] ?? key;
  if (name.startsWith('h_')) return people.has(name) ? { kind: 'human' } : undefined;
  const found = agents.get(name);
  if (!v.is(agent, found)) {
    // The form of the key says that it is an AI's; who it was stands in another note, if anywhere.
    const [, unlisted] = /^(?:s_)?([0-9a-f]{14,16}|[0-9a-f]{7})$/.exec(name) ?? [];
    return unlisted === undefined
      ? undefined
      : { kind: 'ai', tool: 'unknown', model: undefined, session: unlisted.slice(0, 14) };
  }
  const { tool, id, model } = found.agent_id;
  // A key is the hash of the conversation already; one of another form is no reason to tell a raw id.
  const hash = /^(?:s_)?([0-9a-f]{14,})$/.exec(name)?.[1] ?? gitAiHash(`${tool}:${id}`);
  return {
    kind: 'ai',
    tool: agentIdOfName(tool),
    model: model === '' || model === 'unknown' ? undefined : model.slice(0, 1000),
    session: hash.slice(0, 14),
  };
}

function parseAttestations(
  lines: readonly string[],
  tell: (problem: string) => void,
): ReadonlyMap<string, readonly GitAiEntry[]> {
  const files = new Map<string, GitAiEntry[]>();
  let entries: GitAiEntry[] | undefined;
  lines.forEach((line, index) => {
    const trimmed = line.trimEnd();
    if (trimmed === '') return;
    if (!trimmed.startsWith('  ')) {
      const path = trimmed.length > 1 && /^".*"$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
      entries = files.get(path) ?? [];
      files.set(path, entries);
      return;
    }
    const [, key, text] = /^ {2}(\S+) (.*)$/.exec(trimmed) ?? [];
    const ranges = text === undefined ? undefined : parseRanges(text);
    if (entries === undefined) tell(`line ${index + 1}: an entry before any path`);
    else if (key === undefined || ranges === undefined) tell(`line ${index + 1}: an entry that is not "key ranges"`);
    else entries.push({ key, ranges });
  });
  return files;
}

/** Empty parts are passed over, order and overlaps are not minded; a range that ends before it starts has no lines. */
function parseRanges(text: string): readonly LineRange[] | undefined {
  const ranges: LineRange[] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const [, first, second] = /^([0-9]{1,10})(?:-([0-9]{1,10}))?$/.exec(part.trim()) ?? [];
    if (first === undefined) return undefined;
    const [from, to] = [Number(first), Number(second ?? first)];
    if (from > mostLine || to > mostLine) return undefined;
    if (from >= 1 && to >= from) ranges.push({ from, to });
  }
  return ranges;
}

function parseMetadata(
  text: string,
  tell: (problem: string) => void,
): v.InferOutput<typeof metadataSchema> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    tell('what stands below "---" is no JSON');
    return undefined;
  }
  const result = v.safeParse(metadataSchema, value);
  if (result.success) return result.output;
  for (const issue of result.issues) tell(`${v.getDotPath(issue) ?? 'the JSON'}: ${issue.message}`);
  return undefined;
}
