import { compileWholeGlob, matchesWhole } from './glob';

/**
 * Whether `protect` names the ref, a full name. An entry that begins with `refs/` is compared with the full name, any
 * other with the name of a branch; both as a whole, so that `main` is not `feature/main`.
 */
export function isProtectedRef(protect: readonly string[], ref: string): boolean {
  const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  return protect.some((pattern) => {
    const name = pattern.startsWith('refs/') ? ref : branch;
    const glob = compileWholeGlob(pattern);
    return name !== undefined && glob !== undefined && matchesWhole(glob, name);
  });
}

/** The first entry that is the plain name of a branch, for a remote that names no default; `undefined` when none is. */
export function firstPlainBranch(protect: readonly string[], exists: (branch: string) => boolean): string | undefined {
  return protect.find((pattern) => !pattern.startsWith('refs/') && !/[*?[\\]/.test(pattern) && exists(pattern));
}
