import { sessionName } from '../../src/agents/generic';

/** Who writes, by the letter that begins each word of theirs: A, B, C are AI sessions, H a person, U nobody seen. */
export type Letter = 'A' | 'B' | 'C' | 'H' | 'U';

/** The actor of a payload of `record generic`; a letter that is not here is not told of. */
export const actorOf = {
  A: { kind: 'ai', tool: 'claude-code', model: 'claude-opus-4-6', session: 'one' },
  B: { kind: 'ai', tool: 'codex', model: 'gpt-5.2-codex', session: 'two' },
  C: { kind: 'ai', tool: 'claude-code', model: 'claude-sonnet-4-6', session: 'three' },
  H: { kind: 'human' },
} as const;

/** The variables by which commands of these agents name their conversation. */
export const markOf = {
  A: 'CLAUDE_CODE_SESSION_ID',
  B: 'CODEX_SESSION_ID',
  C: 'CLAUDE_CODE_SESSION_ID',
} as const;

/** What a line has to be, or may be: the letters of the AI sessions that it may name; none where it names none. */
export interface Expected {
  readonly class: string;
  readonly sessions: readonly Letter[];
}

/** What `blame --json` says of a line, as far as the oracle knows better. */
export interface Said {
  readonly class: string;
  readonly tool: string | null;
  readonly model: string | null;
  readonly session: string | null;
}

/** Whether that is what was expected. */
export function isExpected(said: Said, expected: Expected): boolean {
  if (said.class !== expected.class) return false;
  if (expected.sessions.length === 0) return said.tool === null && said.model === null && said.session === null;
  return expected.sessions.some((letter) => {
    const actor = letter === 'H' || letter === 'U' ? undefined : actorOf[letter];
    return (
      actor !== undefined &&
      said.tool === actor.tool &&
      said.model === actor.model &&
      said.session === sessionName(actor.tool, actor.session)
    );
  });
}
