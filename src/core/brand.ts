declare const brand: unique symbol;

type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A full object id in lower-case hex: 40 digits in SHA-1 repositories, 64 in SHA-256 ones. */
export type Sha = Brand<string, 'Sha'>;

/** A path inside a repository: `/` between parts, no leading `/`, no `.` or `..` part; git's `\ooo` quoting where it is not UTF-8. */
export type RepoPath = Brand<string, 'RepoPath'>;

/** An absolute path of this machine. */
export type AbsPath = Brand<string, 'AbsPath'>;

const shaPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Whether `value` is a full object id. */
export function isSha(value: unknown): value is Sha {
  return typeof value === 'string' && shaPattern.test(value);
}

/** Whether `value` is the id of zeros that git uses for "no object". */
export function isZeroSha(value: string): boolean {
  return /^0+$/.test(value);
}
