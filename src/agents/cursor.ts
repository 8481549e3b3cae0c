import type { ToldCompletion } from '../core/attribution/toldCompletion';
import { normaliseText } from '../core/text/textId';
import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import type { HookEntry } from './hookConfiguration';
import { type Fields, fieldOf, fieldsOf, isFields, textOf } from './payloadFields';
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
 * Decodes Cursor's hooks (its documentation, `hooks.md`). `afterFileEdit` names its file beside the edits, and so does
 * `afterTabFileEdit`, which tells of accepted completions that may not be on disk yet; the model that it names is the one
 * of the chat.
 */
export function decodeCursor(payload: unknown, context: DecodeContext): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  const facts = readFacts(payload, context, 'cursor', moments);
  const transcript = facts.session.transcript;
  const session = transcript === undefined ? facts.session : { ...facts.session, transcript };
  const event = textOf(payload, 'hook_event_name') ?? context.event;
  if (event === 'afterTabFileEdit') return completionEvent(payload, facts.cwd);
  if (event !== 'afterFileEdit') return eventOf({ ...facts, session }, tools);
  const input = { file_path: fieldOf(payload, 'file_path') };
  return eventOf({ ...facts, session, toolName: 'Write', input }, tools);
}

const mostEdits = 100;
const mostText = 1_000_000;

function completionEvent(payload: Fields, cwd: string | undefined): AgentEvent {
  const file = textOf(payload, 'file_path');
  const edits = fieldOf(payload, 'edits');
  if (file === undefined || !Array.isArray(edits)) return { kind: 'malformed', problems: ['no file, or no edits'] };
  const completions = edits.slice(0, mostEdits).flatMap((edit: unknown) => completionOf(fieldsOf(edit)));
  if (completions.length === 0) return { kind: 'nothing' };
  return { kind: 'completion', session: { tool: 'cursor' }, ...(cwd === undefined ? {} : { cwd }), file, completions };
}

/** Lines and columns count from 1. One that only removes says nothing of who wrote what is there. */
function completionOf(edit: Fields): readonly ToldCompletion[] {
  const range = fieldsOf(fieldOf(edit, 'range'));
  const [line, column] = [fieldOf(range, 'start_line_number'), fieldOf(range, 'start_column')];
  const [removed, text] = [contentOf(fieldOf(edit, 'old_string')), contentOf(fieldOf(edit, 'new_string'))];
  const [before, after] = [contentOf(fieldOf(edit, 'old_line')), contentOf(fieldOf(edit, 'new_line'))];
  if (!isPlace(line) || !isPlace(column) || removed === undefined || text === undefined || text === '') return [];
  return [
    {
      removed,
      text,
      line: line - 1,
      character: column - 1,
      ...(before === undefined ? {} : { lineBefore: before }),
      ...(after === undefined ? {} : { lineAfter: after }),
    },
  ];
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function contentOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= mostText ? normaliseText(value) : undefined;
}

const events = [
  'sessionStart',
  'preToolUse',
  'postToolUse',
  'postToolUseFailure',
  'afterFileEdit',
  'afterTabFileEdit',
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
