import { delimiter, resolve } from 'node:path';

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whose environment we run in.
 *
 * - `clean`: a program of its own (an editor, a tool's hook). Variables that point git at a repository are dropped.
 * - `hook`: started by git in the author's repository, or by a person in a shell. Those that point at the repository
 *   asked for are kept, those of another one dropped.
 * - `pre-receive`: on a server. `GIT_DIR` and the quarantine are kept, every other `GIT_*` dropped.
 */
export type GitEnvironment = 'clean' | 'hook' | 'pre-receive';

/** Point git at a repository, an index or an object directory (`git rev-parse --local-env-vars`). */
const locating = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_SHALLOW_FILE',
] as const;

const locatingPaths = new Set<string>(['GIT_ALTERNATE_OBJECT_DIRECTORIES']);

/** Change what git prints, reads or resolves; never wanted. */
const distorting = [
  'GIT_PREFIX',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_NAMESPACE',
  'GIT_CONFIG',
  'GIT_GRAFT_FILE',
  'GIT_REPLACE_REF_BASE',
  'GIT_ATTR_SOURCE',
  'GIT_EXTERNAL_DIFF',
  'GIT_DIFF_OPTS',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
] as const;

const quarantine = new Set([
  'GIT_DIR',
  'GIT_QUARANTINE_PATH',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
]);

/** `inherited` without what points at a repository or changes git's answers; for `pre-receive` without any `GIT_*`. */
export function neutralEnvironment(kind: GitEnvironment, inherited: Environment): Environment {
  const dropped = new Set<string>([...locating, ...distorting, 'GIT_QUARANTINE_PATH']);
  if (kind === 'clean') dropped.add('GIT_CONFIG_PARAMETERS');
  const kept = Object.entries(inherited).filter(([name]) =>
    kind === 'pre-receive' ? !name.toUpperCase().startsWith('GIT_') : !dropped.has(name),
  );
  return Object.fromEntries(kept);
}

/**
 * The variables of `inherited` that point at a repository, with relative paths made absolute against `folder`, the
 * folder in which git set them; for `pre-receive` those of the quarantine.
 */
export function locatingEnvironment(kind: GitEnvironment, inherited: Environment, folder: string): Environment {
  if (kind === 'clean') return {};
  const names = kind === 'hook' ? locating : [...quarantine];
  const entries: [string, string][] = [];
  for (const name of names) {
    const value = inherited[name];
    if (value === undefined || value === '') continue;
    entries.push([name, locatingPaths.has(name) ? absoluteList(value, folder) : resolve(folder, value)]);
  }
  return Object.fromEntries(entries);
}

/**
 * What holds for every git command: English messages, no waiting for optional locks, and the history as it is stored:
 * neither `refs/replace/` nor grafts are followed.
 */
export const fixedEnvironment: Environment = {
  LC_ALL: 'C',
  LANGUAGE: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  // git understands this name on Windows too.
  GIT_GRAFT_FILE: '/dev/null',
};

/** A quoted entry may hold the delimiter; git itself writes none, and such a list is left as it is. */
function absoluteList(value: string, folder: string): string {
  if (value.includes('"')) return value;
  return value
    .split(delimiter)
    .map((entry) => (entry === '' ? entry : resolve(folder, entry)))
    .join(delimiter);
}
