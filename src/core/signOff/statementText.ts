import { statementLimits } from './statement';

/** A person's words as a statement can hold them, or why it cannot. */
export type StatementText =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'too-long'; readonly limit: number }
  /** Half a surrogate pair, which has no spelling in UTF-8. */
  | { readonly kind: 'not-text' };

/** A reason or an answer without the space around it, within what {@link statementLimits} allow. */
export function statementText(words: string): StatementText {
  const text = words.trim();
  if (text === '') return { kind: 'empty' };
  if (text.length > statementLimits.textLength) return { kind: 'too-long', limit: statementLimits.textLength };
  return /\p{Surrogate}/u.test(text) ? { kind: 'not-text' } : { kind: 'ok', text };
}
