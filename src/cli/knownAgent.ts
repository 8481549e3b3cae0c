/** Environment variables by which agents mark the shells they run; as recorded from the real products. */
const marks: readonly (readonly [variable: string, name: string])[] = [
  ['CLAUDECODE', 'Claude Code'],
  ['CODEX_SESSION_ID', 'Codex'],
  ['COPILOT_AGENT_SESSION_ID', 'Copilot CLI'],
  ['COPILOT_CLI', 'Copilot CLI'],
  ['CURSOR_AGENT', 'Cursor'],
  ['GEMINI_SESSION_ID', 'Gemini CLI'],
  ['KILO', 'Kilo'],
  ['OPENCODE', 'OpenCode'],
  ['QWEN_CODE_SESSION_ID', 'Qwen Code'],
];

/**
 * The agent whose environment this is, for the commands that are a person's. Advisory: an environment can be changed.
 * Nothing where none is recognised.
 */
export function knownAgent(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return marks.find(([variable]) => (env[variable] ?? '') !== '')?.[1];
}
