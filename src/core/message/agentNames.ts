/** The names of agent ids in `Assisted-by`, where capitalising the words would not give them. */
const knownNames: ReadonlyMap<string, string> = new Map([
  ['claude-code', 'Claude-Code'],
  ['codex', 'Codex'],
  ['copilot-cli', 'Copilot-CLI'],
  ['copilot', 'GitHub-Copilot'],
  ['cursor', 'Cursor'],
  ['gemini-cli', 'Gemini-CLI'],
  ['windsurf', 'Windsurf'],
  ['opencode', 'OpenCode'],
  ['qwen-code', 'Qwen-Code'],
  ['cline', 'Cline'],
  ['droid', 'Droid'],
  ['kilo', 'Kilo'],
  ['continue', 'Continue'],
  ['amp', 'Amp'],
  ['kiro', 'Kiro'],
]);

/**
 * The name of an agent in a trailer: the table's, else the id with each word capitalised (words end at a character that
 * is neither letter nor digit). Only characters that {@link trailerWord} lets through; empty for an empty id.
 */
export function agentName(id: string): string {
  return (
    knownNames.get(id) ??
    trailerWord(id).replace(/(^|[^A-Za-z0-9])([a-z])/g, (_, before, first) => before + first.toUpperCase())
  );
}

/** `text` with every character outside `[A-Za-z0-9._/+-]` as `-`: no space, no colon, no line end can get into a trailer. */
export function trailerWord(text: string): string {
  return text.replace(/[^A-Za-z0-9._/+-]/gu, '-');
}
