import type { AbsPath } from '../core/brand';

/** One change. Bytes are texts decoded as Latin-1. Applying checks first that the file is as the plan saw it. */
export type SetupStep =
  | { readonly kind: 'make-folder'; readonly path: AbsPath }
  /** Writes a file of ours; `before` is what stands there, absent for a new one. */
  | {
      readonly kind: 'write-file';
      readonly path: AbsPath;
      readonly text: string;
      readonly mode: number;
      readonly before?: string | undefined;
    }
  /** Puts `inserted` into a file that is not ours (`before` absent: makes it); `tracked` when git tracks such files. */
  | {
      readonly kind: 'edit-file';
      readonly path: AbsPath;
      readonly before: string | undefined;
      readonly after: string;
      readonly inserted: string;
      readonly mode: number;
      readonly tracked: boolean;
    }
  | { readonly kind: 'rename'; readonly path: AbsPath; readonly to: AbsPath }
  | { readonly kind: 'remove-file'; readonly path: AbsPath; readonly before: string }
  | { readonly kind: 'remove-folder'; readonly path: AbsPath }
  | { readonly kind: 'add-config'; readonly key: string; readonly value: string }
  | { readonly kind: 'remove-config'; readonly key: string; readonly value: string }
  /** Puts the bytes of git's configuration back. */
  | { readonly kind: 'restore-config'; readonly path: AbsPath; readonly before: string; readonly after: string };

/** Something a plan does not do, and why. */
export type SetupNote =
  /** Hooks that other repositories use too are never touched. */
  | { readonly kind: 'shared-hooks'; readonly path: AbsPath; readonly scope: string }
  /** The project tracks its hooks; they are edited only when asked for. */
  | { readonly kind: 'tracked-hooks'; readonly path: AbsPath }
  /** No room for the hook: a folder stands in its place, or the name for the old one is taken. */
  | { readonly kind: 'hook-blocked'; readonly path: AbsPath }
  /** Left because somebody changed it since. */
  | { readonly kind: 'left-changed'; readonly path: AbsPath }
  /** Was taken out, and what somebody changed around it stays. */
  | { readonly kind: 'kept-changes'; readonly path: AbsPath }
  /** Told of a remote that is not there. */
  | { readonly kind: 'no-such-remote'; readonly remote: string };

/** What will be done, in order, and what will not. */
export interface SetupPlan {
  readonly steps: readonly SetupStep[];
  readonly notes: readonly SetupNote[];
}
