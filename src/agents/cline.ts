import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import { fieldOf, fieldsOf, isFields, textOf } from './payloadFields';
import { eventOf, firstText, type Moment, modelOf, plainName, rootsOf } from './toolEvent';

const tools = {
  edits: ['editor', 'write_to_file', 'replace_in_file', 'apply_patch'],
  shells: ['run_commands', 'execute_command'],
  others: ['read_files', 'read_file', 'new_task'],
};

/** Names of hook files, and of the same events in payloads. */
const moments: Readonly<Record<string, Moment>> = {
  pretooluse: 'before',
  toolcall: 'before',
  posttooluse: 'after',
  toolresult: 'after',
  taskstart: 'start',
  agentstart: 'start',
  taskresume: 'start',
  taskcomplete: 'stop',
  agentend: 'stop',
  taskcancel: 'stop',
  taskerror: 'stop',
  sessionshutdown: 'end',
};

/** The tool stands in `tool_call`/`tool_result` (command line) or in `preToolUse`/`postToolUse` alone (editor extension). */
function decode(payload: unknown, context: DecodeContext): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  const event = plainName(textOf(payload, 'hookName', 'hook_event_name') ?? context.event ?? '');
  const call = fieldsOf(fieldOf(payload, 'tool_call') ?? fieldOf(payload, 'tool_result'));
  const use = fieldsOf(fieldOf(payload, 'preToolUse') ?? fieldOf(payload, 'postToolUse'));
  const conversation =
    textOf(fieldsOf(fieldOf(payload, 'sessionContext')), 'rootSessionId') ?? textOf(payload, 'taskId');
  const model = modelOf(payload);
  const cwd = firstText(fieldOf(payload, 'workspaceRoots')) ?? textOf(payload, 'cwd');
  const toolName = textOf(call, 'name') ?? textOf(use, 'toolName');
  const callId = textOf(call, 'id');
  return eventOf(
    {
      moment: Object.hasOwn(moments, event) ? moments[event] : undefined,
      session: {
        tool: 'cline',
        ...(conversation === undefined ? {} : { conversation }),
        ...(model === undefined ? {} : { model }),
      },
      ...(cwd === undefined ? {} : { cwd }),
      roots: rootsOf(fieldOf(payload, 'workspaceRoots')),
      ...(toolName === undefined ? {} : { toolName }),
      input: fieldOf(call, 'input') ?? fieldOf(use, 'parameters'),
      ...(callId === undefined ? {} : { callId }),
    },
    tools,
  );
}

const scripts = ['PreToolUse', 'PostToolUse', 'TaskComplete', 'TaskCancel', 'SessionShutdown'];

/** Cline: its hooks are programs named after their event, and it wants an answer in JSON. */
export const cline: AgentAdapter = {
  id: 'cline',
  name: 'Cline',
  decode,
  hooks: {
    kind: 'files',
    user: { base: 'home', path: '.cline/hooks', sign: '.cline' },
    project: '.clinerules/hooks',
    files: (command) => scripts.map((name) => ({ name, text: `#!/bin/sh\n${command}\necho '{}'\n`, run: true })),
  },
};
