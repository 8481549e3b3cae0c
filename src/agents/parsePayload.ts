/** A payload as sent. */
export type ParsedPayload = { readonly kind: 'parsed'; readonly value: unknown } | { readonly kind: 'not-json' };

/**
 * Parses what an agent wrote to its hook. Some leave control characters raw inside texts, where JSON wants them escaped;
 * those are escaped before it is given up.
 */
export function parsePayload(text: string): ParsedPayload {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  for (const read of [() => json, () => escapeControls(json)]) {
    try {
      return { kind: 'parsed', value: JSON.parse(read()) };
    } catch {
      // The next reading is more lenient; after the last the answer says so.
    }
  }
  return { kind: 'not-json' };
}

/** Control characters between unescaped quotes become `\u00xx`; those between values are white space and stay. */
function escapeControls(json: string): string {
  const parts: string[] = [];
  let inText = false;
  let from = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === 0x5c && inText) at++;
    else if (code === 0x22) inText = !inText;
    else if (code < 0x20 && inText) {
      parts.push(json.slice(from, at), `\\u${code.toString(16).padStart(4, '0')}`);
      from = at + 1;
    }
  }
  return parts.join('') + json.slice(from);
}
