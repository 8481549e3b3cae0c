/** Extensions that write AI text: an id (others of its family begin with it and a dash) or a publisher with its dot, and the tool's name in records. */
const tools: readonly (readonly [own: string, tool: string])[] = [
  ['github.copilot', 'copilot'],
  ['continue.continue', 'continue'],
  ['codeium.codeium', 'windsurf'],
  ['codeium.windsurf', 'windsurf'],
  ['windsurf.', 'windsurf'],
  ['anysphere.', 'cursor'],
  ['cursor.', 'cursor'],
  ['anthropic.claude-code', 'claude-code'],
  ['openai.chatgpt', 'codex'],
  ['google.geminicodeassist', 'gemini-code-assist'],
  ['google.gemini-cli', 'gemini-cli'],
  ['saoudrizwan.claude-dev', 'cline'],
  ['rooveterinaryinc.roo-cline', 'roo-code'],
  ['kilocode.kilo-code', 'kilo'],
  ['sourcegraph.amp', 'amp'],
  ['sourcegraph.cody-ai', 'cody'],
  ['supermaven.supermaven', 'supermaven'],
  ['tabnine.tabnine-vscode', 'tabnine'],
  ['amazonwebservices.amazon-q-vscode', 'amazon-q'],
  ['amazonwebservices.kiro', 'kiro'],
  ['kiro.', 'kiro'],
  ['augment.vscode-augment', 'augment'],
  ['visualstudioexptteam.vscodeintellicode', 'intellicode'],
  ['jetbrains.junie', 'junie'],
  ['qwenlm.qwen-code', 'qwen-code'],
  ['sst-dev.opencode', 'opencode'],
  ['factory.', 'droid'],
];

/** Agents that run inside VS Code's agent host, by its word for the harness. */
const harnesses: ReadonlyMap<string, string> = new Map([
  ['claude', 'claude-code'],
  ['codex', 'codex'],
  ['copilot', 'copilot-cli'],
  ['copilotcli', 'copilot-cli'],
]);

/** The tool that an extension known to write AI text belongs to; nothing for any other extension. */
export function knownAiTool(extensionId: string | undefined): string | undefined {
  if (extensionId === undefined) return undefined;
  const id = extensionId.toLowerCase();
  return tools.find(([own]) => id === own || id.startsWith(own.endsWith('.') ? own : `${own}-`))?.[1];
}

/** The tool behind an extension that is known to have inserted AI text: the table's, else the last part of its id. */
export function aiToolOf(extensionId: string): string {
  return knownAiTool(extensionId) ?? toolWord(extensionId.slice(extensionId.lastIndexOf('.') + 1));
}

/** The tool of an agent-host harness; the word itself where we know none, nothing where none is named. */
export function harnessTool(harness: string | undefined): string | undefined {
  if (harness === undefined) return undefined;
  return harnesses.get(harness.toLowerCase()) ?? toolWord(harness);
}

/** Lower case with dashes, as tool ids are written. */
function toolWord(text: string): string {
  const word = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return word === '' ? 'unnamed' : word;
}
