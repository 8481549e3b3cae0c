import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import { hookSeconds, matcherEntries } from './hookConfiguration';
import { isFields } from './payloadFields';
import { eventOf, modelName, readFacts } from './toolEvent';

const tools = {
  edits: ['write_file', 'edit', 'replace', 'notebook_edit'],
  shells: ['run_shell_command'],
  others: ['read_file', 'todo_write', 'save_memory', 'agent', 'task'],
};

/** The model stands in the environment of every hook. */
function decode(payload: unknown, context: DecodeContext): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  const facts = readFacts(payload, context, 'qwen-code');
  const model = facts.session.model ?? modelName(context.env['QWEN_CODE_MODEL']);
  return eventOf(model === undefined ? facts : { ...facts, session: { ...facts.session, model } }, tools);
}

/** Qwen Code. */
export const qwen: AgentAdapter = {
  id: 'qwen-code',
  name: 'Qwen Code',
  decode,
  inTurn: true,
  hooks: {
    kind: 'entries',
    user: { base: 'home', path: '.qwen/settings.json', sign: '.qwen' },
    project: '.qwen/settings.json',
    entries: (command) =>
      matcherEntries(
        {
          PreToolUse: '*',
          PostToolUse: '*',
          PostToolUseFailure: '*',
          Stop: undefined,
          SubagentStop: undefined,
          SessionEnd: undefined,
        },
        { name: 'countersign', type: 'command', command, timeout: hookSeconds },
      ),
  },
};
