/** Where a file of an agent's own configuration is. */
export interface HookPlace {
  /** Below the user's home, or below the user's configuration folder (`$XDG_CONFIG_HOME`, else `~/.config`). */
  readonly base: 'home' | 'config';
  /** Variable that names the agent's folder instead, with `inVariable` below it. */
  readonly variable?: string;
  readonly inVariable?: string;
  /** With `/`. */
  readonly path: string;
  /** Folder, below `base`, whose being there says that the agent is installed. */
  readonly sign: string;
}

/** A value that belongs at the end of the array at `path` of a JSON file. */
export interface HookEntry {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** How the hooks of an agent are installed. */
export type HookConfiguration =
  /** Entries in a JSON file that the user may have written too. `command` is a line for a POSIX shell. */
  | {
      readonly kind: 'entries';
      readonly user: HookPlace;
      /** The file that a project commits, relative to its top. */
      readonly project?: string;
      entries(command: string): readonly HookEntry[];
      /** What a new file holds beside the entries. */
      readonly fresh?: Readonly<Record<string, unknown>>;
      /** What the person still has to do in the agent itself, as a sentence. */
      readonly afterwards?: string;
    }
  /** Files of ours alone. */
  | {
      readonly kind: 'files';
      readonly user: HookPlace;
      readonly project?: string;
      /** Names below `user.path` and `project`, with their text. `program` is the absolute path of our command line. */
      files(
        command: string,
        program: string,
      ): readonly { readonly name: string; readonly text: string; readonly run: boolean }[];
      readonly afterwards?: string;
    }
  /** Nothing can be installed, and why, as a sentence. */
  | { readonly kind: 'none'; readonly why: string };

/** Seconds that a hook may take before an agent goes on without it. */
export const hookSeconds = 15;

/** The entries of hooks in the shape that Claude Code gave them and others took over: event -> matchers -> hooks. */
export function matcherEntries(
  events: Readonly<Record<string, string | undefined>>,
  hook: Readonly<Record<string, unknown>>,
): readonly HookEntry[] {
  return Object.entries(events).map(([event, matcher]) => ({
    path: ['hooks', event],
    value: { ...(matcher === undefined ? {} : { matcher }), hooks: [hook] },
  }));
}
