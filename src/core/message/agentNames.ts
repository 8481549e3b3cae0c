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

/** Names by which others call agents that have another id here: git-ai's tool names, and products in prose. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['claude', 'claude-code'],
  ['github-copilot', 'copilot'],
  ['github-copilot-cli', 'copilot-cli'],
  ['github-copilot-tab', 'copilot'],
  ['github-copilot-jetbrains', 'copilot'],
  ['github-copilot-visualstudio', 'copilot'],
  ['copilot-swe-agent', 'copilot'],
  ['cursor-background', 'cursor'],
  ['gemini', 'gemini-cli'],
  ['continue-cli', 'continue'],
  ['qwen', 'qwen-code'],
  ['qwen-coder', 'qwen-code'],
  ['openai-codex', 'codex'],
  ['codex-cli', 'codex'],
  ['factory-droid', 'droid'],
]);

/** The id of an agent from whatever name somebody wrote: lower case, with dashes for all that no id has. */
export function agentId(tool: string): string {
  return (
    tool
      .trim()
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'unknown'
  );
}

/** {@link agentId}, with the names by which other tools call agents that have an id here taken for them. */
export function agentIdOfName(name: string): string {
  const id = agentId(name.slice(0, 200));
  return otherNames.get(id) ?? id;
}

/** `text` with every character outside `[A-Za-z0-9._/+-]` as `-`: no space, no colon, no line end can get into a trailer. */
export function trailerWord(text: string): string {
  return text.replace(/[^A-Za-z0-9._/+-]/gu, '-');
}
