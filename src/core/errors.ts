/** What kind of obstacle a {@link ToolError} is; stable, and what tests compare. */
export type ToolErrorCode =
  | 'usage'
  | 'no-repository'
  | 'no-commits'
  | 'no-remote'
  | 'no-policy'
  | 'bad-input'
  | 'git-failed'
  | 'git-too-old'
  | 'not-writable'
  | 'lost-race'
  | 'missing-program'
  | 'no-key'
  | 'sign-failed'
  | 'sign-cancelled'
  | 'signer-not-senior'
  | 'self-sign-off'
  | 'timeout'
  | 'network';

/** An operation that cannot go on for a reason outside the program; `message` is one sentence for a person. */
export class ToolError extends Error {
  readonly code: ToolErrorCode;
  /** What to do about it, as one sentence or a command line; absent when there is nothing to say. */
  readonly next: string | undefined;

  constructor(
    code: ToolErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly next?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ToolError';
    this.code = code;
    this.next = options.next;
  }
}

/** A broken invariant of ours: a fault in the program, never in its input. */
export class BugError extends Error {
  constructor(message: string, values: Readonly<Record<string, unknown>> = {}) {
    super(`${message} ${JSON.stringify(values)}`);
    this.name = 'BugError';
  }
}

/** Ends a `switch` over a union: reached only if a case was forgotten. */
export function assertNever(value: never): never {
  throw new BugError('a case was forgotten', { value });
}
