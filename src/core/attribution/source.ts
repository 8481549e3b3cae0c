import type { Origin, Session } from '../origin';
import type { TextId } from '../text/textId';

/** How sure a rule is of what it says. */
export type Confidence = 'certain' | 'likely' | 'guess';

/** Who said in the editor who wrote a text, when (milliseconds since 1970), and what was known before. Never published. */
export interface Claimed {
  readonly by: string;
  readonly at: number;
  readonly was: Source;
}

/** Who made a run of characters, by which rule we say so, and how sure that rule is. */
export interface Source {
  readonly origin: Origin;
  /** Id of the rule that decided, such as `editor.type` or `hook.pair`; shown in the hover, never published. */
  readonly rule: string;
  readonly sure: Confidence;
  /** Only where a person said so, and only until the text is committed. */
  readonly claimed?: Claimed;
}

/**
 * A run of characters of one source.
 *
 * `base` runs stand unchanged since another text whose lines are known otherwise (a commit's blob): `text` is its id,
 * `offset` the UTF-16 offset there of the run's first character.
 */
export type Run =
  | { readonly kind: 'made'; readonly length: number; readonly source: Source }
  | { readonly kind: 'base'; readonly length: number; readonly text: TextId; readonly offset: number };

/** Whether two sessions are the same conversation of the same tool, known in the same way. */
export function sameSession(a: Session | undefined, b: Session | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return (
    a.tool === b.tool &&
    a.model === b.model &&
    a.session === b.session &&
    a.kind === b.kind &&
    a.evidence === b.evidence
  );
}

/** Whether two origins say the same. */
export function sameOrigin(a: Origin, b: Origin): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'ai':
      return b.kind === 'ai' && a.claim === b.claim && sameSession(a.session, b.session);
    case 'ai-edited':
      return b.kind === 'ai-edited' && sameSession(a.session, b.session);
    case 'human':
      return b.kind === 'human' && a.claim === b.claim;
    case 'pasted':
      return b.kind === 'pasted';
    case 'unknown':
      return b.kind === 'unknown' && a.reason === b.reason;
  }
}

/** Whether two sources say the same. */
export function sameSource(a: Source, b: Source): boolean {
  return (
    a === b ||
    (a.rule === b.rule && a.sure === b.sure && sameOrigin(a.origin, b.origin) && sameClaimed(a.claimed, b.claimed))
  );
}

function sameClaimed(a: Claimed | undefined, b: Claimed | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.by === b.by && a.at === b.at && sameSource(a.was, b.was);
}
