import { gitAiHash } from '../gitAi/gitAiNote';
import type { Session } from '../origin';
import { agentOfIdentity, agentOfName, type KnownAgent } from './knownAgents';

/** What a commit says of itself. */
export interface CommitWords {
  readonly author: { readonly name: string; readonly email: string };
  readonly committer: { readonly name: string; readonly email: string };
  readonly message: string;
}

/** A message is looked at up to here: trailers stand at its end, so the end is. */
const mostMessage = 64 * 1024;

/**
 * The AI session that a commit as a whole is said to come from: by its trailers and the marks that tools leave in
 * messages (`declared`), else by an author or committer that is a tool's (`inferred`). Nothing where it names none.
 *
 * Lines count only from the left margin on, wherever in the message they stand; quoted and indented ones are about other
 * commits. A commit with our own `AI-Provenance` has a record that knows its lines, even if it is not here.
 */
export function sessionOfCommit({ author, committer, message }: CommitWords): Session | undefined {
  const lines = message.slice(-mostMessage).split('\n');
  if (lines.some((line) => line.startsWith('AI-Provenance: v1 '))) return undefined;
  const found = lines.flatMap((line) => agentOfLine(line) ?? []);
  const ids = [author, committer].flatMap(({ name, email }) => agentOfIdentity(name, email) ?? []);
  const best =
    strongest(found.filter(({ confidence }) => confidence === 'usual')) ?? strongest(ids) ?? strongest(found);
  if (best === undefined) return undefined;
  const isDeclared = found.includes(best) && best.confidence === 'usual';
  const conversation = lines.flatMap((line) => conversationIn(line, best.tool) ?? [])[0];
  return {
    tool: best.tool,
    ...(best.model === undefined ? {} : { model: best.model.slice(0, 200) }),
    ...(conversation === undefined ? {} : { session: gitAiHash(`${best.tool}:${conversation}`) }),
    kind: 'agent',
    evidence: isDeclared ? 'declared' : 'inferred',
  };
}

/** The first, but for a later one of the same tool that knows the model; one that names its tool before one that does not. */
function strongest(found: readonly KnownAgent[]): KnownAgent | undefined {
  const first = found.find(({ tool }) => tool !== unknownTool) ?? found[0];
  return found.find(({ tool, model }) => tool === first?.tool && model !== undefined) ?? first;
}

const unknownTool = 'unknown';

/** Links and marks that tools put into messages. */
const marks: readonly (readonly [RegExp, string])[] = [
  [/^(?:🤖 )?Generated with \[Claude Code\]\(https:\/\/claude\.(?:com\/claude-code|ai\/code)\)$/u, 'claude-code'],
  [/^(?:🤖 )?Generated with \[OpenCode\]\(https:\/\/opencode\.ai\)$/u, 'opencode'],
  [/^Made with \[Cursor\]\(https:\/\/cursor\.com\)$/, 'cursor'],
  [/^made-with: *cursor$/i, 'cursor'],
  [/^claude-session: *https:\/\/claude\.ai\/code\/session_[\w-]+$/i, 'claude-code'],
  [/^agent-logs-url: *https:\/\/github\.com\/[^/\s]+\/[^/\s]+\/sessions\/[\w-]+$/i, 'copilot'],
  [/^copilot-session: *[0-9a-f-]{36}$/i, 'copilot'],
  [/^codex-session: *\S+$/i, 'codex'],
  [/^amp-thread-id: *https:\/\/ampcode\.com\/threads\/T-[\w-]+$/i, 'amp'],
  [/^replit-commit-author: *(?:agent|assistant)$/i, 'replit'],
  // Tools that record provenance somewhere else, whatever agent it was.
  [/^(?:entire-checkpoint|semantica-checkpoint): *\S/i, unknownTool],
  [/^entire-attribution: *[1-9]\d*% agent\b/i, unknownTool],
  [/^ai-session: *\S/i, unknownTool],
  [/^ai-assist(?:ed|ance|ant): *(?:yes|true)$/i, unknownTool],
];

function agentOfLine(line: string): KnownAgent | undefined {
  const text = line.trimEnd();
  if (text.length > 1000 || !/^[A-Za-z🤖]/u.test(text)) return undefined;
  const [, key = '', value = ''] = /^([A-Za-z0-9-]+)[ \t]*:[ \t]*(.*)$/.exec(text) ?? [];
  switch (key.toLowerCase()) {
    case 'co-authored-by': {
      const [, name, email] = /^(.*?)[ \t]*<([^<>\s]+)>$/.exec(value) ?? [];
      return name === undefined || email === undefined ? undefined : agentOfIdentity(name, email);
    }
    case 'assisted-by':
    case 'generated-by':
    case 'ai-assisted':
    case 'ai-assistant':
    case 'entire-agent': {
      const named = namedAgent(value);
      if (named !== undefined) return named;
    }
  }
  const mark = marks.find(([pattern]) => pattern.test(text));
  return mark === undefined ? undefined : { tool: mark[1], confidence: 'usual' };
}

/**
 * `AGENT[:MODEL] [TOOL...]` of the Linux kernel's coding-assistants.rst, the agent's name also in two words. A value with
 * an address is a person's, as in projects that thank each other by `Assisted-by`.
 */
function namedAgent(value: string): KnownAgent | undefined {
  if (/[<>@]/.test(value)) return undefined;
  const [, name = '', model] =
    /^([^:]{1,60})(?::[ \t]*([^\s:]{1,200}(?::[^\s:]{1,60})?)(?:[ \t].*)?)?$/.exec(value) ?? [];
  const tool = agentOfName(name, model !== undefined);
  if (tool === undefined) return undefined;
  return { tool, ...(model === undefined ? {} : { model }), confidence: 'usual' };
}

/** The conversation that a line names for a tool. */
function conversationIn(line: string, tool: string): string | undefined {
  const patterns: Readonly<Record<string, RegExp>> = {
    'claude-code': /^claude-session: *https:\/\/claude\.ai\/code\/(session_[\w-]+)\s*$/i,
    copilot:
      /^(?:copilot-session: *|agent-logs-url: *https:\/\/github\.com\/[^/\s]+\/[^/\s]+\/sessions\/)([\w-]+)\s*$/i,
    codex: /^codex-session: *(\S{1,200})\s*$/i,
    amp: /^amp-thread-id: *https:\/\/ampcode\.com\/threads\/(T-[\w-]+)\s*$/i,
  };
  return Object.hasOwn(patterns, tool) ? patterns[tool]?.exec(line)?.[1] : undefined;
}
