import { basename } from 'node:path';
import { ancestors } from '../git/gitAncestors';
import type { Environment } from '../git/gitEnvironment';

/** How an agent leaves its mark on the commands that it runs; as recorded from the real products. */
type ShellMark =
  /** Names the conversation, or says only `1`. */
  | { readonly variable: string }
  /** Leaves none but its own process above. */
  | { readonly program: string };

const shellMarks: Readonly<Record<string, ShellMark>> = {
  'claude-code': { variable: 'CLAUDE_CODE_SESSION_ID' },
  codex: { variable: 'CODEX_SESSION_ID' },
  'copilot-cli': { variable: 'COPILOT_AGENT_SESSION_ID' },
  'qwen-code': { variable: 'QWEN_CODE_SESSION_ID' },
  opencode: { variable: 'OPENCODE' },
  kilo: { variable: 'KILO' },
  'gemini-cli': { variable: 'GEMINI_CLI' },
  cline: { program: 'cline' },
  droid: { program: 'droid' },
};

/** An agent of which nothing can be seen is believed to be at work for so long (milliseconds). */
const unmarkedAge = 10 * 60 * 1000;

/** How sure it is that a commit comes from an agent. */
export type CommitsFrom = 'measured' | 'declared' | undefined;

/**
 * Whether the git command whose hook has this environment was started by an agent that began to work at `since`:
 * `measured` where its conversation is named, `declared` where only the product is, or where nothing can be seen and it
 * began a short while ago; nothing where another did.
 */
export function commitsFrom(
  { tool, conversation }: { readonly tool: string; readonly conversation?: string },
  since: number,
  env: Environment,
  now: number,
): CommitsFrom {
  const mark = shellMarks[tool];
  if (mark !== undefined && 'variable' in mark) {
    const value = env[mark.variable];
    return value === conversation || value === '1' ? 'measured' : undefined;
  }
  const above = mark === undefined ? undefined : ancestors();
  if (mark === undefined || above === undefined) return now - since < unmarkedAge ? 'declared' : undefined;
  const isAbove = above.some((args) => args.slice(0, 2).some((arg) => basename(arg) === mark.program));
  return isAbove ? 'declared' : undefined;
}
