/*
 * `<common dir>/countersign/protect`: which refs a push has to be judged for, so that `pre-push` lets any other go
 * without starting a program. One pattern of the shell's `case` for full ref names a line; `*` also matches `/`, so it
 * covers at least what the policy's glob does. Absent: every push is judged.
 */

/**
 * The file for the `protect` entries of the policies that govern this repository's remotes: an entry that begins with
 * `refs/` is about full names, any other about branches. What the shell could read differently covers every ref.
 */
export function formatProtectFile(protect: readonly string[]): string {
  const patterns = protect.map((entry) => covering(entry.startsWith('refs/') ? entry : `refs/heads/${entry}`));
  return `${[...new Set(patterns)].sort().join('\n')}\n`;
}

/** Each `*`, with the `/` around it, may stand for anything; so may the rest of a name from a `[` on. */
function covering(glob: string): string {
  if (!/^[A-Za-z0-9._/@+=,%#!^*?[\]-]+$/.test(glob)) return '*';
  return glob
    .replace(/\[.*$/, '*')
    .replace(/\/?\*+\/?/g, '*')
    .replace(/\*+/g, '*');
}
