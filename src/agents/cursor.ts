import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import type { HookEntry } from './hookConfiguration';
import { fieldOf, isFields, textOf } from './payloadFields';
import { eventOf, type Moment, readFacts } from './toolEvent';

const tools = {
  edits: [
    'Write',
    'StrReplace',
    'ApplyPatch',
    'Delete',
    'EditNotebook',
    'MultiEdit',
    'Edit',
    'edit_file',
    'search_replace',
    'delete_file',
  ],
  shells: ['Shell', 'run_terminal_cmd'],
  others: ['Read', 'Grep', 'Task', 'TodoWrite'],
};

const moments: Readonly<Record<string, Moment>> = {
  pretooluse: 'before',
  posttooluse: 'after',
  posttoolusefailure: 'after',
  afterfileedit: 'after',
  sessionstart: 'start',
  stop: 'stop',
  subagentstop: 'stop',
  sessionend: 'end',
};

/**
 * Decodes Cursor's hooks (its documentation, `hooks.md`). `afterFileEdit` names its file beside the edits. Completions
 * (`afterTabFileEdit`) are not on disk yet: who shows the document sees them.
 */
export function decodeCursor(payload: unknown, context: DecodeContext): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  const facts = readFacts(payload, context, 'cursor', moments);
  const transcript = facts.session.transcript;
  const session = transcript === undefined ? facts.session : { ...facts.session, transcript };
  const event = textOf(payload, 'hook_event_name') ?? context.event;
  if (event !== 'afterFileEdit') return eventOf({ ...facts, session }, tools);
  const input = { file_path: fieldOf(payload, 'file_path') };
  return eventOf({ ...facts, session, toolName: 'Write', input }, tools);
}

const events = [
  'sessionStart',
  'preToolUse',
  'postToolUse',
  'postToolUseFailure',
  'afterFileEdit',
  'stop',
  'subagentStop',
  'sessionEnd',
];

/** Cursor: an editor, whose agent has hooks of its own. */
export const cursor: AgentAdapter = {
  id: 'cursor',
  name: 'Cursor',
  decode: decodeCursor,
  hooks: {
    kind: 'entries',
    user: { base: 'home', path: '.cursor/hooks.json', sign: '.cursor' },
    project: '.cursor/hooks.json',
    fresh: { version: 1 },
    entries: (command): readonly HookEntry[] => events.map((event) => ({ path: ['hooks', event], value: { command } })),
  },
};
