/**
 * Tools that show a file in a diff editor of their own while they write it: the scheme of the diff's left side, and the
 * extensions that use it. Found in their public sources (`DIFF_VIEW_URI_SCHEME`).
 */
const schemes: ReadonlyMap<string, readonly string[]> = new Map([
  ['cline-diff', ['saoudrizwan.claude-dev', 'rooveterinaryinc.roo-cline', 'kilocode.kilo-code']],
  ['claude-coder-diff', ['kodu-ai.claude-dev-experimental']],
]);

/** The extensions that may show a diff whose left side is of `scheme`, the first one first; none where that is nobody's we know. */
export function extensionsOfDiff(scheme: string): readonly string[] {
  return schemes.get(scheme) ?? [];
}
