/** How we know: seen by the editor or a hook pair; said by a person or another tool; concluded from an identity or a heuristic. */
export type Evidence = 'measured' | 'declared' | 'inferred';

/** What kind of conversation an AI session is. */
export type SessionKind = 'agent' | 'chat' | 'inline' | 'next-edit';

/** One conversation, or one stream of completions, of one AI tool and model. */
export type Session = {
  /** Agent id in lower case with dashes, as in records and `--agents`: `claude-code`, `copilot`. */
  readonly tool: string;
  /** The model's name as the tool gives it; absent when it was not told. */
  readonly model?: string;
  /** First 14 hex digits of SHA-256 of `tool:conversation`; absent when the tool names no conversation. */
  readonly session?: string;
  readonly kind: SessionKind;
  readonly evidence: Evidence;
};

/** Why nobody knows who wrote a text. */
export type UnknownReason = 'outside-write' | 'not-watched' | 'no-record' | 'forge' | 'before-adoption';

const unknownReasons: readonly string[] = [
  'outside-write',
  'not-watched',
  'no-record',
  'forge',
  'before-adoption',
] satisfies readonly UnknownReason[];

/** Whether `value` names a reason we know. */
export function isUnknownReason(value: string): value is UnknownReason {
  return unknownReasons.includes(value);
}

/** How a claim came to us. */
export type ClaimVia = 'claim' | 'generic' | 'import';

/**
 * Who produced a run of characters.
 *
 * - `human` with `claim` was declared by a person, without was measured in an editor.
 * - `ai-edited` is a committed line known only as a whole: AI text that somebody else has changed.
 * - `base` is text that stands unchanged since a text we know otherwise (a commit's blob): its origin is looked up
 *   there. `text` is that text's id, `offset` the UTF-16 offset in it of the run's first character.
 */
export type Origin =
  | { readonly kind: 'ai'; readonly session: Session; readonly claim?: ClaimVia }
  | { readonly kind: 'ai-edited'; readonly session: Session | undefined }
  | { readonly kind: 'human'; readonly claim?: ClaimVia }
  | { readonly kind: 'pasted' }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason };

/** What a whole line counts as. */
export type LineClass = 'ai' | 'ai-edited' | 'human' | 'pasted' | 'unknown';

/** The classes in the order in which outputs list them. */
export const lineClasses: readonly LineClass[] = ['ai', 'ai-edited', 'human', 'pasted', 'unknown'];

/** The classes from the least favourable for whoever wants to avoid a review to the most favourable. */
export const leastFavourableFirst: readonly LineClass[] = ['ai', 'ai-edited', 'unknown', 'pasted', 'human'];
