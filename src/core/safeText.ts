/**
 * What has no place in a line of text: C0 and C1 controls, lone surrogates, format characters (bidirectional, zero-width,
 * tags), line separators, fillers that look like nothing, and the supplement of variation selectors.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u115f\u1160\u3164\uffa0]|[\u{e0100}-\u{e01ef}]/gu;

/**
 * `text` as one line that cannot move a cursor, hide or reorder anything: each such character becomes `\u{hex}`, and what
 * is longer than `maxLength` UTF-16 units then is cut with `…`. Applying it again changes nothing.
 */
export function safeText(text: string, maxLength = 300): string {
  // Cut first, so that the work is bounded whatever comes in; a pair cut in two lands behind the final cut.
  const shown = text
    .slice(0, maxLength + 1)
    .replace(unsafe, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  if (shown.length <= maxLength) return shown;
  return `${shown.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
