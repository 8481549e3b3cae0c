import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import { fieldOf, fieldsOf, isFields, textOf } from './payloadFields';
import { eventOf, modelOf } from './toolEvent';

const tools = { edits: ['write_code'], shells: ['run_command'] };

/** Decodes Cascade's hooks (Windsurf's documentation): `pre_` and `post_` of a deed, its facts in `tool_info`. */
function decode(payload: unknown, context: DecodeContext): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  const action = textOf(payload, 'agent_action_name', 'hook_event_name') ?? context.event ?? '';
  const info = fieldsOf(fieldOf(payload, 'tool_info'));
  const [, when, deed] = /^(pre|post)_(.*)$/.exec(action) ?? [];
  const conversation = textOf(payload, 'trajectory_id');
  const model = modelOf(payload);
  const session = {
    tool: 'windsurf',
    ...(conversation === undefined ? {} : { conversation }),
    ...(model === undefined ? {} : { model }),
  };
  const cwd = textOf(info, 'cwd') ?? textOf(payload, 'cwd');
  const place = cwd === undefined ? {} : { cwd };
  if (deed === 'cascade_response' || deed === 'cascade_response_with_transcript') {
    return eventOf({ moment: 'stop', session, ...place }, tools);
  }
  if (deed !== 'write_code' && deed !== 'run_command') return { kind: 'nothing' };
  const moment = when === 'pre' ? 'before' : 'after';
  return eventOf(
    { moment, session, ...place, toolName: deed, input: deed === 'run_command' ? commandOf(info) : info },
    tools,
  );
}

/** What is equal before and after a command. */
function commandOf(info: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { command: textOf(info, 'command_line') ?? '', cwd: textOf(info, 'cwd') ?? '' };
}

const events = ['pre_write_code', 'post_write_code', 'pre_run_command', 'post_run_command', 'post_cascade_response'];

/** Windsurf's agent, Cascade. */
export const windsurf: AgentAdapter = {
  id: 'windsurf',
  name: 'Windsurf',
  decode,
  hooks: {
    kind: 'entries',
    user: { base: 'home', path: '.codeium/windsurf/hooks.json', sign: '.codeium/windsurf' },
    project: '.windsurf/hooks.json',
    entries: (command) => events.map((event) => ({ path: ['hooks', event], value: { command, show_output: false } })),
  },
};
