import type { HiddenContent } from './gateInput';
import { formatRanges } from './lineRanges';

/** A line of a text: its 1-based number, without its line end. */
export interface NumberedText {
  readonly line: number;
  readonly text: string;
}

/** UTF-16 units from which on nobody reads a line of code to its end. */
const mostLength = 1000;

/** Where a paragraph is a line. */
const prose = /(?:^|\/)(?:[^/]+\.(?:md|markdown|mdx|rst|adoc|asciidoc|txt|tex)|README|LICEN[CS]E|COPYING|NOTICE)$/i;

/** Marks and overrides of direction ("Trojan Source", CVE-2021-42574). */
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/**
 * Characters that are shown as nothing (Unicode's Default_Ignorable_Code_Point), without those of `bidi`, those that join
 * or select, and with the separators of lines that end a line for a language and not for git.
 */
const zeroWidth = /(?![\p{VS}\p{Bidi_C}\p{Join_C}])[\p{DI}\u2028\u2029\ufff9-\ufffb]/u;

/** A joiner beside plain letters joins nothing: scripts and emoji that need one have none of these around it. */
const strayJoiner = /(?:^|[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?:[\x00-\x7f]|$)/u;

/** One that selects a form stands behind a symbol, or behind a digit that becomes a keycap; a second one selects nothing. */
const straySelector = /(?:^|[\x00-\x22\x24-\x29\x2b-\x2f\x3a-\x7f]|\p{VS})\p{VS}/u;

/** What somebody who reads these lines of a file would not see; one entry a kind. */
export function hiddenContent(path: string, lines: readonly NumberedText[]): readonly HiddenContent[] {
  const found: HiddenContent[] = [];
  const look = (kind: HiddenContent['kind'], isHidden: (line: NumberedText) => boolean): void => {
    const numbers = lines.filter(isHidden).map(({ line }) => ({ start: line, end: line + 1 }));
    if (numbers.length > 0) found.push({ kind, lines: formatRanges(numbers) });
  };
  look('bidi', ({ text }) => bidi.test(text));
  look('zero-width', ({ line, text }) => {
    // A byte order mark at the very beginning is none of the text.
    const shown = line === 1 ? text.replace(/^\ufeff/, '') : text;
    return [zeroWidth, strayJoiner, straySelector].some((pattern) => pattern.test(shown));
  });
  if (!prose.test(path)) look('minified', ({ text }) => text.length > mostLength);
  return found;
}
