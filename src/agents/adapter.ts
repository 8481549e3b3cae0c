import type { ToldCompletion } from '../core/attribution/toldCompletion';
import type { CommandNames } from './commandNames';
import type { HookConfiguration } from './hookConfiguration';

/** What a decoder may look at beside the payload. */
export interface DecodeContext {
  /** The environment that the agent gave its hook. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The event as the hook's own command line names it; payloads that name it themselves go first. */
  readonly event?: string;
}

/** The conversation that a hook spoke of, as far as the payload tells. */
export interface AgentSession {
  /** Agent id in lower case with dashes. */
  readonly tool: string;
  readonly conversation?: string;
  /** Which of several agents in the conversation, where it is not the main one: they come to rest each on its own. */
  readonly agent?: string;
  readonly model?: string;
  /** File in which the agent keeps the conversation; only ever asked for the model's name. */
  readonly transcript?: string;
}

/** A moment before or after something. */
export type When = 'before' | 'after';

/** What one payload says. `cwd` is the agent's folder, not the repository's; absent where it was not told. */
export type AgentEvent =
  /** `files` as given, absolute or relative to `cwd`; there is at least one. */
  | {
      readonly kind: 'edit';
      readonly when: When;
      readonly session: AgentSession;
      readonly cwd?: string;
      readonly files: readonly string[];
    }
  /** A command whose files nobody names. `call` and `names` are equal before and after; `goesOn` when it outlives its call. */
  | {
      readonly kind: 'shell';
      readonly when: When;
      readonly session: AgentSession;
      readonly cwd?: string;
      readonly call: string;
      readonly names: CommandNames;
      readonly goesOn: boolean;
    }
  /** Completions that were accepted in an editor, in one file; in the order in which they came. */
  | {
      readonly kind: 'completion';
      readonly session: AgentSession;
      readonly cwd?: string;
      readonly file: string;
      readonly completions: readonly ToldCompletion[];
    }
  | {
      readonly kind: 'session';
      readonly moment: 'start' | 'stop' | 'end';
      readonly session: AgentSession;
      readonly cwd?: string;
    }
  /** Understood, and nothing to record: reading, asking, planning. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'malformed'; readonly problems: readonly string[] };

/** One product: what its hooks say, and how they are installed. */
export interface AgentAdapter {
  /** As in `record <id>` and `--agents`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Never throws, whatever the payload is. */
  decode(payload: unknown, context: DecodeContext): AgentEvent;
  /**
   * Each of its agents runs one call that edits or runs a command after the other, and a subagent's calls name it: what
   * began before the next one is over, whether its second half came or not.
   */
  readonly inTurn?: true;
  readonly hooks: HookConfiguration;
}
