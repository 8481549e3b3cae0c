import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import { fieldOf, fieldsOf, isFields, textOf } from './payloadFields';
import { eventOf, type Moment, modelOf } from './toolEvent';

const tools = {
  edits: ['edit_file', 'create_file', 'apply_patch', 'undo_edit', 'Edit', 'Write'],
  shells: ['Bash', 'shell_command'],
  others: ['Read', 'Task'],
};

const moments: Readonly<Record<string, Moment>> = {
  'tool.call': 'before',
  'tool.result': 'after',
  'session.start': 'start',
  'agent.start': 'start',
  'agent.end': 'stop',
};

/** Decodes the events of Amp's plugin API (`amp plugins show-docs`), sent as they are with their name in `event`. */
function decode(payload: unknown, context: DecodeContext): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  const event = context.event ?? textOf(payload, 'event') ?? '';
  const conversation = textOf(fieldsOf(fieldOf(payload, 'thread')), 'id');
  const model = modelOf(payload);
  const cwd = textOf(payload, 'cwd');
  const toolName = textOf(payload, 'tool');
  const callId = textOf(payload, 'toolUseID');
  return eventOf(
    {
      moment: Object.hasOwn(moments, event) ? moments[event] : undefined,
      session: {
        tool: 'amp',
        ...(conversation === undefined ? {} : { conversation }),
        ...(model === undefined ? {} : { model }),
      },
      ...(cwd === undefined ? {} : { cwd }),
      ...(toolName === undefined ? {} : { toolName }),
      ...(callId === undefined ? {} : { callId }),
      input: fieldOf(payload, 'input'),
    },
    tools,
  );
}

/** Amp. */
export const amp: AgentAdapter = {
  id: 'amp',
  name: 'Amp',
  decode,
  hooks: {
    kind: 'none',
    why: 'Amp has no hooks but plugins; one can send its events to: countersign record amp <event>',
  },
};
