import { createHash } from 'node:crypto';
import type { AgentEvent, AgentSession, DecodeContext, When } from './adapter';
import { commandNames } from './commandNames';
import { argumentsOf, type Fields, fieldOf, fieldsOf, isFields, shortText, textOf } from './payloadFields';
import { toolFiles } from './toolFiles';
import { unlistedTool } from './unlistedTool';

/** What an agent's events mean. Names are compared in lower case, letters and digits only. */
export type Moment = When | 'start' | 'stop' | 'end';

/** What an agent's tools do; one in no list does what its call looks like ({@link unlistedTool}). */
export interface ToolTable {
  readonly edits: readonly string[];
  readonly shells: readonly string[];
  /** Tools that look like edits and are none, or that report on their own. */
  readonly others?: readonly string[];
}

/** One hook call with the names of a product taken off. */
export interface HookFacts {
  readonly moment: Moment | undefined;
  readonly session: AgentSession;
  readonly cwd?: string;
  readonly toolName?: string;
  readonly input?: unknown;
  readonly callId?: string;
  /** Folders that are open beside each other. */
  readonly roots?: readonly string[];
  readonly goesOn?: boolean;
}

/** Names of events in the family of Claude Code, Gemini CLI and Copilot. */
export const commonMoments: Readonly<Record<string, Moment>> = {
  pretooluse: 'before',
  posttooluse: 'after',
  posttoolusefailure: 'after',
  beforetool: 'before',
  aftertool: 'after',
  sessionstart: 'start',
  sessionend: 'end',
  stop: 'stop',
  stopfailure: 'stop',
  subagentstop: 'stop',
  agentstop: 'stop',
  afteragent: 'stop',
  postmodelswitch: 'start',
  beforemodel: 'start',
};

/** `name` as tables of events and tools have it. */
export function plainName(name: string): string {
  return name
    .replace(/^functions\./, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** Reads the members that most products share, in both spellings. */
export function readFacts(
  payload: Fields,
  context: DecodeContext,
  tool: string,
  moments: Readonly<Record<string, Moment>> = commonMoments,
): HookFacts {
  const event = textOf(payload, 'hook_event_name', 'hookEventName', 'event') ?? context.event ?? '';
  const input = fieldOf(payload, 'tool_input') ?? fieldOf(payload, 'toolInput') ?? fieldOf(payload, 'toolArgs');
  const conversation = textOf(payload, 'parentAgentId', 'session_id', 'sessionId', 'conversation_id', 'conversationId');
  const agent = textOf(payload, 'agent_id', 'agentId');
  const transcript = textOf(payload, 'transcript_path', 'transcriptPath');
  const cwd = textOf(payload, 'cwd') ?? firstText(fieldOf(payload, 'workspace_roots'));
  const toolName = textOf(payload, 'tool_name', 'toolName');
  const callId = textOf(payload, 'tool_use_id', 'toolUseId', 'tool_call_id');
  const model = modelOf(payload);
  return {
    moment: Object.hasOwn(moments, plainName(event)) ? moments[plainName(event)] : undefined,
    session: {
      tool,
      ...(conversation === undefined ? {} : { conversation }),
      ...(agent === undefined ? {} : { agent }),
      ...(model === undefined ? {} : { model }),
      ...(transcript === undefined ? {} : { transcript }),
    },
    ...(cwd === undefined ? {} : { cwd }),
    ...(toolName === undefined ? {} : { toolName }),
    ...(input === undefined ? {} : { input }),
    ...(callId === undefined ? {} : { callId }),
    roots: rootsOf(fieldOf(payload, 'workspace_roots')),
    goesOn: runsOn(input, fieldOf(payload, 'tool_response')),
  };
}

/** What the facts come to, by the product's tools. */
export function eventOf(facts: HookFacts, tools: ToolTable): AgentEvent {
  const { moment, session, cwd, toolName, input } = facts;
  const place = cwd === undefined ? {} : { cwd };
  if (moment === undefined) return { kind: 'nothing' };
  if (moment !== 'before' && moment !== 'after') return { kind: 'session', moment, session, ...place };
  if (toolName === undefined) return { kind: 'malformed', problems: ['no tool name'] };
  const deed = deedOf(toolName, input, tools);
  if (deed === undefined) return { kind: 'nothing' };
  if (deed === 'shell') {
    const call = facts.callId ?? digest(argumentsOf(input));
    const { folders, paths } = commandNames(input);
    const names = { folders, paths: [...(facts.roots ?? []), ...paths] };
    return { kind: 'shell', when: moment, session, ...place, call, names, goesOn: facts.goesOn === true };
  }
  const files = toolFiles(input);
  if (files.length === 0) return { kind: 'malformed', problems: [`${plainName(toolName)} names no file`] };
  return { kind: 'edit', when: moment, session, ...place, files };
}

function deedOf(toolName: string, input: unknown, tools: ToolTable): 'edit' | 'shell' | undefined {
  const name = plainName(toolName);
  const isIn = (names: readonly string[] = []): boolean => names.some((other) => plainName(other) === name);
  if (isIn(tools.shells)) return 'shell';
  if (isIn(tools.edits)) return 'edit';
  return isIn(tools.others) ? undefined : unlistedTool(toolName, input);
}

/** A product whose payloads are of the common family. */
export function decodeCommon(payload: unknown, context: DecodeContext, tool: string, tools: ToolTable): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  return eventOf(readFacts(payload, context, tool), tools);
}

/** A model's name, or nothing where the agent says only that it chose one. */
export function modelName(value: unknown): string | undefined {
  const name = shortText(value)?.trim();
  if (name === undefined || name === '' || name.length > 200) return undefined;
  return /^(?:auto|default|unknown|<.*>)$/i.test(name) ? undefined : name;
}

/** Where products put it: a name, an object with one, or the request that the hook is about. */
export function modelOf(payload: Fields): string | undefined {
  const model = fieldOf(payload, 'model');
  const inside = fieldsOf(model);
  const request = fieldsOf(fieldOf(payload, 'llm_request'));
  const candidates = [model, ...['slug', 'id', 'modelID', 'name'].map((name) => fieldOf(inside, name))];
  candidates.push(fieldOf(payload, 'model_name'), fieldOf(payload, 'model_id'), fieldOf(request, 'model'));
  candidates.push(fieldOf(payload, 'to_model'), fieldOf(payload, 'new_model'));
  for (const candidate of candidates) {
    const name = modelName(candidate);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The folders of a workspace, as far as they can be ones. */
export function rootsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const roots: readonly unknown[] = value.slice(0, mostRoots);
  return roots.map(shortText).filter((root) => root !== undefined);
}

const mostRoots = 20;

/** The first text of a list. */
export function firstText(value: unknown): string | undefined {
  return Array.isArray(value) ? shortText(value[0]) : undefined;
}

/** Whether a shell command outlives its call, by what the products say of it. */
function runsOn(input: unknown, response: unknown): boolean {
  const given = fieldsOf(argumentsOf(input));
  return (
    fieldOf(given, 'run_in_background') === true ||
    fieldOf(given, 'is_background') === true ||
    fieldOf(given, 'isBackground') === true ||
    fieldOf(given, 'fireAndForget') === true ||
    fieldOf(given, 'mode') === 'async' ||
    typeof fieldOf(fieldsOf(response), 'backgroundTaskId') === 'string'
  );
}

/** A name for a call that has no id: equal before and after, since its arguments are. */
function digest(input: Fields | string): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 32);
}
