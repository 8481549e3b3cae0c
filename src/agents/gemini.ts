import type { AgentAdapter } from './adapter';
import { hookSeconds, matcherEntries } from './hookConfiguration';
import { decodeCommon } from './toolEvent';

const tools = {
  edits: ['write_file', 'replace', 'edit'],
  shells: ['run_shell_command'],
  others: ['read_file', 'read_many_files', 'write_todos', 'save_memory', 'invoke_agent'],
};

/** Google's Gemini CLI. Its shell switches git's hooks off, so its commits get their record at the next use. */
export const gemini: AgentAdapter = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  decode: (payload, context) => decodeCommon(payload, context, 'gemini-cli', tools),
  inTurn: true,
  hooks: {
    kind: 'entries',
    user: { base: 'home', path: '.gemini/settings.json', sign: '.gemini' },
    project: '.gemini/settings.json',
    entries: (command) =>
      matcherEntries(
        { BeforeTool: '.*', AfterTool: '.*', AfterAgent: undefined, SessionEnd: undefined },
        { name: 'countersign', type: 'command', command, timeout: hookSeconds * 1000 },
      ),
  },
};
