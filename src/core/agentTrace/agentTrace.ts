import type { Session } from '../origin';

/*
 * Agent Trace 0.1.0 (cursor/agent-trace, CC BY 4.0): one JSON object says who wrote lines of files at a revision.
 *
 *   trace        := { version, id: uuid, timestamp: date-time, vcs?: { type, revision }, tool?: { name?, version? },
 *                     files: [ { path, conversations: [ conversation ] } ], metadata? }
 *   conversation := { url?: uri, contributor?, ranges: [ { start_line, end_line, content_hash?, contributor? } ], related? }
 *   contributor  := { type: "human" | "ai" | "mixed" | "unknown", model_id?: "provider/model", at most 250 characters }
 *
 * Paths are relative to the top of the repository; lines are 1-based, inclusive, and those of the file at the revision.
 * A range's contributor stands before its conversation's. Files hold one object a line, or one, or an array. Ours name
 * the conversation by `urn:countersign:session:<tool>[:<hash>]`.
 */

/** The version that is written, and the only one read. */
export const agentTraceVersion = '0.1.0';

/** Who wrote a range. */
export interface TraceContributor {
  readonly type: 'human' | 'ai' | 'mixed' | 'unknown';
  readonly model_id?: string;
}

/** One trace as it is written. */
export interface AgentTrace {
  readonly version: string;
  readonly id: string;
  readonly timestamp: string;
  readonly vcs: { readonly type: 'git'; readonly revision: string };
  readonly tool: { readonly name: string; readonly version: string };
  readonly files: readonly {
    readonly path: string;
    readonly conversations: readonly {
      readonly url?: string;
      readonly contributor: TraceContributor;
      readonly ranges: readonly { readonly start_line: number; readonly end_line: number }[];
    }[];
  }[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

const urn = 'urn:countersign:session:';

/** How a session is named in a trace. */
export function conversationUrl({ tool, session }: Session): string {
  return [`${urn}${encodeURIComponent(tool)}`, ...(session === undefined ? [] : [encodeURIComponent(session)])].join(
    ':',
  );
}

/** The session that one of our names stands for; nothing for any other address. */
export function sessionOfUrl(url: string): Pick<Session, 'tool' | 'session'> | undefined {
  const [, tool, session] = /^urn:countersign:session:([^:]{1,300})(?::([0-9a-f]{14}))?$/.exec(url) ?? [];
  try {
    return tool === undefined
      ? undefined
      : { tool: decodeURIComponent(tool), ...(session === undefined ? {} : { session }) };
  } catch {
    // Half of an escaped character.
    return undefined;
  }
}

/** Beginnings of model names, with the provider as models.dev names it. */
const providers: readonly (readonly [RegExp, string])[] = [
  [/^claude/i, 'anthropic'],
  [/^(?:gpt|codex|o[134](?:$|-))/i, 'openai'],
  [/^gemini/i, 'google'],
  [/^grok/i, 'xai'],
  [/^qwen/i, 'alibaba'],
  [/^deepseek/i, 'deepseek'],
  [/^(?:mistral|codestral|devstral)/i, 'mistral'],
];

const longestModel = 250;

/** A model as `provider/model`; as it is where it names a provider or none is known. */
export function modelIdOf(model: string): string {
  const provider = model.includes('/') ? undefined : providers.find(([start]) => start.test(model))?.[1];
  return (provider === undefined ? model : `${provider}/${model}`).slice(0, longestModel);
}

/** The model's own name: without the provider that {@link modelIdOf} would add. */
export function modelOfId(id: string): string {
  const name = id.slice(id.indexOf('/') + 1);
  return modelIdOf(name) === id ? name : id;
}
