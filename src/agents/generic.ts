import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { agentId } from '../core/message/agentNames';

/** Who acted, by their own word. */
export type Actor =
  | {
      readonly kind: 'ai';
      readonly tool: string;
      readonly model?: string;
      readonly conversation?: string;
      /** A subagent of the conversation; absent for the main one. */
      readonly agent?: string;
    }
  | { readonly kind: 'human' };

/** What a hook tells: a moment before or after an edit of files. */
export interface EditEvent {
  readonly event: 'before-edit' | 'after-edit';
  /** Folder that relative files are relative to. */
  readonly cwd: string;
  /** As given, absolute or relative; none means every changed file of the work tree. */
  readonly files: readonly string[];
  readonly actor: Actor;
  /**
   * By file as in `files`, what the actor wrote there: the SHA-256 in hex of the text in UTF-8 with line feeds. Told of an
   * edit in whose time the actor took in nothing from disk, so that whatever is new in it is the actor's.
   */
  readonly wrote?: Readonly<Record<string, string>>;
}

/** What a payload was understood as. */
export type DecodedPayload =
  | { readonly kind: 'edit'; readonly edit: EditEvent }
  | { readonly kind: 'malformed'; readonly problems: readonly string[] };

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const word = v.pipe(text, v.maxLength(200), v.regex(/^[^\u0000-\u001f\u007f]+$/u));

/** What is nice to know: an unusable one is left out, and the edit is recorded all the same. */
const detail = v.fallback(v.optional(word), undefined);

const digests = v.fallback(v.optional(v.record(v.string(), v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)))), undefined);

const payload = v.looseObject({
  event: v.picklist(['before-edit', 'after-edit']),
  cwd: text,
  files: v.optional(v.pipe(v.array(text), v.maxLength(100_000)), []),
  actor: v.union([
    v.looseObject({ kind: v.literal('ai'), tool: word, model: detail, session: detail }),
    v.looseObject({ kind: v.literal('human') }),
  ]),
  wrote: digests,
});

/** Decodes a payload of the open door (contract: `record generic`); never throws. */
export function decodeGeneric(json: string): DecodedPayload {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { kind: 'malformed', problems: ['not JSON'] };
  }
  const result = v.safeParse(payload, value);
  if (!result.success) {
    return {
      kind: 'malformed',
      problems: result.issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`),
    };
  }
  const { event, cwd, files, actor, wrote } = result.output;
  const told = wrote === undefined ? {} : { wrote };
  if (actor.kind === 'human') return { kind: 'edit', edit: { event, cwd, files, ...told, actor: { kind: 'human' } } };
  return {
    kind: 'edit',
    edit: {
      event,
      cwd,
      files,
      ...told,
      actor: {
        kind: 'ai',
        tool: agentId(actor.tool),
        ...(actor.model === undefined ? {} : { model: actor.model }),
        ...(actor.session === undefined ? {} : { conversation: actor.session }),
      },
    },
  };
}

/** The public name of a conversation: the first 14 hex digits of SHA-256 of `tool:conversation`. */
export function sessionName(tool: string, conversation: string): string {
  return createHash('sha256').update(`${tool}:${conversation}`).digest('hex').slice(0, 14);
}
