import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import { hookSeconds } from './hookConfiguration';
import { argumentsOf, fieldOf, fieldsOf, isFields, textOf } from './payloadFields';
import { eventOf, modelName, readFacts } from './toolEvent';

const tools = {
  edits: [
    ...['create', 'edit', 'write', 'multiedit', 'str_replace', 'insert', 'apply_patch'],
    ...['create_file', 'replace_string_in_file', 'multi_replace_string_in_file', 'insert_edit_into_file'],
    ...['edit_notebook_file', 'copilot_editFiles', 'copilot_createFile', 'copilot_replaceString'],
    ...['copilot_multiReplaceString', 'copilot_insertEdit', 'copilot_applyPatch', 'copilot_editNotebook'],
  ],
  shells: ['bash', 'powershell', 'run_in_terminal', 'copilot_runInTerminal'],
  others: ['view', 'read', 'read_file', 'task', 'create_directory', 'report_intent'],
};

/** `str_replace_editor` is one tool for all of it, with the deed in `command`. */
const editorDeeds = ['create', 'str_replace', 'insert', 'undo_edit'];

/**
 * Decodes both dialects of Copilot CLI (camel case; snake case for events in Pascal case) and that of VS Code, whose
 * payloads are the latter with a transcript of the chat extension.
 */
export function decodeCopilot(payload: unknown, context: DecodeContext): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  const tool = (context.env['COPILOT_CLI'] ?? '') === '' ? 'copilot' : 'copilot-cli';
  const facts = readFacts(payload, context, tool);
  const name = facts.toolName;
  const session = { ...facts.session };
  const told = modelName(context.env['COPILOT_MODEL']);
  const withModel = {
    ...facts,
    session:
      session.model === undefined && tool === 'copilot-cli' && told !== undefined
        ? { ...session, model: told }
        : session,
    moment: facts.moment ?? momentByShape(payload),
  };
  if (name === 'str_replace_editor') {
    const deed = textOf(fieldsOf(argumentsOf(facts.input)), 'command') ?? '';
    return editorDeeds.includes(deed) ? eventOf({ ...withModel, toolName: 'edit' }, tools) : { kind: 'nothing' };
  }
  return eventOf(withModel, tools);
}

/** Payloads in camel case do not name their event: what they hold says which it is. */
function momentByShape(
  payload: Readonly<Record<string, unknown>>,
): 'before' | 'after' | 'start' | 'stop' | 'end' | undefined {
  const has = (name: string): boolean => fieldOf(payload, name) !== undefined;
  if (has('hook_event_name') || has('hookEventName')) return undefined;
  if (has('toolResult') || (has('toolName') && has('error'))) return 'after';
  if (has('permissionRequest') || has('toolInput') || has('permissionSuggestions')) return undefined;
  if (has('toolName')) return 'before';
  if (has('stopReason')) return 'stop';
  if (has('reason')) return 'end';
  if (has('initialPrompt') || has('source')) return 'start';
  return undefined;
}

const ours = 'countersign.json';

function hooksFile(command: string): string {
  const hook = { type: 'command', bash: command, timeoutSec: hookSeconds };
  const events = [
    'sessionStart',
    'preToolUse',
    'postToolUse',
    'postToolUseFailure',
    'agentStop',
    'subagentStop',
    'sessionEnd',
  ];
  const hooks = Object.fromEntries(events.map((event) => [event, [hook]]));
  return `${JSON.stringify({ version: 1, hooks }, undefined, 2)}\n`;
}

/** GitHub Copilot: the command line, and the agent of VS Code, which reads the same files. */
export const copilot: AgentAdapter = {
  id: 'copilot',
  name: 'GitHub Copilot',
  decode: decodeCopilot,
  hooks: {
    kind: 'files',
    user: { base: 'home', variable: 'COPILOT_HOME', inVariable: 'hooks', path: '.copilot/hooks', sign: '.copilot' },
    project: '.github/hooks',
    files: (command) => [{ name: ours, text: hooksFile(command), run: false }],
  },
};

/** `copilot-cli` is what its records say; its hooks are those of {@link copilot}. */
export const copilotCli: AgentAdapter = { ...copilot, id: 'copilot-cli', name: 'GitHub Copilot CLI' };
