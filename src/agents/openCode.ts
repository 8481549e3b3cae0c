import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import { openCodePlugin } from './openCodePlugin';
import { fieldOf, fieldsOf, isFields, textOf } from './payloadFields';
import { eventOf, type Moment, modelOf } from './toolEvent';

const tools = {
  edits: ['write', 'edit', 'multiedit', 'patch', 'apply_patch'],
  shells: ['bash'],
  others: ['read', 'task', 'todowrite'],
};

const moments: Readonly<Record<string, Moment>> = {
  'tool.execute.before': 'before',
  'tool.execute.after': 'after',
  'event:message.part.updated': 'after',
  'event:session.idle': 'stop',
  'chat.params': 'start',
  'chat.message': 'start',
};

/**
 * Decodes what our plugin sends: the arguments of the plugin API's hook (`@opencode-ai/plugin`), under the hook's name.
 * Kilo is a fork with the same hooks, and calls itself OpenCode too.
 */
function decode(payload: unknown, context: DecodeContext, id: string): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  const event = context.event ?? textOf(payload, 'event') ?? '';
  const moment = Object.hasOwn(moments, event) ? moments[event] : undefined;
  if (moment === undefined) return { kind: 'nothing' };
  const tool = (context.env['KILO'] ?? '') === '' ? id : 'kilo';
  const properties = fieldsOf(fieldOf(payload, 'properties'));
  const input = fieldsOf(fieldOf(payload, 'input'));
  const conversation = textOf(input, 'sessionID') ?? textOf(properties, 'sessionID');
  // The agent that thinks up titles uses another model.
  const model =
    moment === 'start' && fieldOf(input, 'agent') === 'title' ? undefined : (modelOf(payload) ?? modelOf(input));
  const cwd = textOf(payload, 'directory');
  const facts = {
    moment,
    session: {
      tool,
      ...(conversation === undefined ? {} : { conversation }),
      ...(model === undefined ? {} : { model }),
    },
    ...(cwd === undefined ? {} : { cwd }),
  };
  if (event === 'event:message.part.updated') {
    const part = fieldsOf(fieldOf(properties, 'part'));
    const state = fieldsOf(fieldOf(part, 'state'));
    // A tool that ran well was told of by its own hook.
    if (textOf(part, 'type') !== 'tool' || textOf(state, 'status') !== 'error') return { kind: 'nothing' };
    const callId = textOf(part, 'callID');
    const toolName = textOf(part, 'tool');
    return eventOf(
      {
        ...facts,
        ...(toolName === undefined ? {} : { toolName }),
        ...(callId === undefined ? {} : { callId }),
        input: fieldOf(state, 'input'),
      },
      tools,
    );
  }
  const toolName = textOf(input, 'tool');
  const callId = textOf(input, 'callID');
  return eventOf(
    {
      ...facts,
      ...(toolName === undefined ? {} : { toolName }),
      ...(callId === undefined ? {} : { callId }),
      input: fieldOf(input, 'args') ?? fieldOf(fieldsOf(fieldOf(payload, 'output')), 'args'),
    },
    tools,
  );
}

function pluginAgent(id: string, name: string): AgentAdapter {
  return {
    id,
    name,
    decode: (payload, context) => decode(payload, context, id),
    hooks: {
      kind: 'files',
      user: { base: 'config', path: `${id}/plugins`, sign: id },
      project: `.${id}/plugins`,
      files: (_command, program) => [{ name: 'countersign.js', text: openCodePlugin(id, program), run: false }],
    },
  };
}

/** OpenCode. */
export const openCode: AgentAdapter = pluginAgent('opencode', 'OpenCode');

/** Kilo's command line. */
export const kilo: AgentAdapter = pluginAgent('kilo', 'Kilo');
