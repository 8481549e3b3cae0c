/**
 * The paths in a patch as `apply_patch` takes it (openai/codex, `codex-rs/apply-patch`):
 *
 *     patch := '*** Begin Patch' hunk+ '*** End Patch'
 *     hunk  := '*** Add File: ' path | '*** Delete File: ' path | '*** Update File: ' path ('*** Move to: ' path)?
 *
 * Each header stands at the start of a line; lines of content begin with a space, `+`, `-` or `@`.
 */
const header = /^\*\*\* (?:Add File|Delete File|Update File|Move to): (.+?)\s*$/gm;

/** Most files one patch is believed to have. */
const mostFiles = 10_000;

/** Whether a text is such a patch. */
export function isPatch(text: string): boolean {
  return /^\s*\*\*\* Begin Patch\s*$/m.test(text.slice(0, 4096));
}

/** The files that a patch touches, old and new names, each once; relative ones are relative to the agent's folder. */
export function patchPaths(text: string): readonly string[] {
  const paths = new Set<string>();
  for (const [, path] of text.matchAll(header)) {
    if (path !== undefined) paths.add(path);
    if (paths.size >= mostFiles) break;
  }
  return [...paths];
}
