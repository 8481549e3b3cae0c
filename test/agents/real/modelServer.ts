import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A tool as the product offers it. */
export interface OfferedTool {
  readonly name: string;
  /** Names of its arguments; none where it takes plain text. */
  readonly takes: readonly string[];
}

/** One turn of the model that is played: the tool it calls. */
export interface Turn {
  /** Names under which products have the tool, the first that is offered is called. */
  readonly tools: readonly string[];
  /** Its arguments; a text for a tool that takes plain text. */
  arguments(tool: OfferedTool): Readonly<Record<string, unknown>> | string;
}

/** A model server on the loopback that plays the same turns to whoever asks, in the protocols of three vendors. */
export interface ModelServer {
  readonly port: number;
  close(): void;
}

interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>> | string;
}

type Json = Readonly<Record<string, unknown>>;

/** Starts the server. Which turn it is follows from how many results of tools the request holds. */
export async function startModelServer(turns: readonly Turn[]): Promise<ModelServer> {
  const server: Server = createServer((request, response) => void answer(request, response, turns));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, turns: readonly Turn[]): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  const path = (request.url ?? '').replace(/\?.*$/, '');
  const text = Buffer.concat(chunks).toString('utf8');
  const body = (text === '' ? {} : JSON.parse(text)) as Json;
  if (request.method === 'POST' && path.endsWith('/messages')) return messages(body, response, turns);
  if (request.method === 'POST' && path.endsWith('/responses')) return responses(body, response, turns);
  if (request.method === 'POST' && path.endsWith('/chat/completions')) return completions(body, response, turns);
  if (/:(?:streamG|g)enerateContent$/.test(path)) return generated(body, response, turns, path);
  json(response, path.endsWith('/count_tokens') ? { input_tokens: 10 } : { data: [], object: 'list' });
}

/** The tool that this turn calls; nothing when all were, or when the request offers no tools (a title, a summary). */
function nextCall(turns: readonly Turn[], results: number, offered: readonly OfferedTool[]): Call | undefined {
  const turn = turns[results];
  const name = turn?.tools.find((other) => offered.some((tool) => tool.name === other));
  const tool = offered.find((other) => other.name === name);
  return turn === undefined || tool === undefined ? undefined : { name: tool.name, input: turn.arguments(tool) };
}

/** A tool of a request, whose arguments are described under `key`. */
function offeredTool(tool: Json, key: string): OfferedTool {
  const { properties } = objectOf(tool[key]);
  return { name: String(tool['name']), takes: Object.keys(objectOf(properties)) };
}

/** Anthropic's Messages API. */
function messages(body: Json, response: ServerResponse, turns: readonly Turn[]): void {
  const offered = list(body['tools']).map((tool) => offeredTool(tool, 'input_schema'));
  const blocks = list(body['messages']).flatMap((message) => list(message['content']));
  const call = nextCall(turns, blocks.filter((block) => block['type'] === 'tool_result').length, offered);
  const block =
    call === undefined
      ? { type: 'text', text: '' }
      : { type: 'tool_use', id: `toolu_${Date.now()}`, name: call.name, input: {} };
  const stop = { stop_reason: call === undefined ? 'end_turn' : 'tool_use', stop_sequence: null };
  const usage = { input_tokens: 10, output_tokens: 5 };
  const message = { id: `msg_${Date.now()}`, type: 'message', role: 'assistant', model: body['model'], usage };
  if (body['stream'] !== true) {
    const content = [call === undefined ? { ...block, text: 'done' } : { ...block, input: call.input }];
    json(response, { ...message, ...stop, content });
    return;
  }
  const delta =
    call === undefined
      ? { type: 'text_delta', text: 'done' }
      : { type: 'input_json_delta', partial_json: JSON.stringify(call.input) };
  events(response, [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, stop_sequence: null } },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: stop, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ]);
}

/** OpenAI's Responses API. */
function responses(body: Json, response: ServerResponse, turns: readonly Turn[]): void {
  const offered = list(body['tools']).map((tool) => offeredTool(tool, 'parameters'));
  const results = list(body['input']).filter((item) => /_call_output$/.test(String(item['type']))).length;
  const call = nextCall(turns, results, offered);
  const id = `call_${Date.now()}`;
  const item =
    call === undefined
      ? {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'done', annotations: [] }],
        }
      : typeof call.input === 'string'
        ? {
            type: 'custom_tool_call',
            id: `ctc_${id}`,
            call_id: id,
            name: call.name,
            input: call.input,
            status: 'completed',
          }
        : {
            type: 'function_call',
            id: `fc_${id}`,
            call_id: id,
            name: call.name,
            arguments: JSON.stringify(call.input),
            status: 'completed',
          };
  const base = {
    id: `resp_${Date.now()}`,
    object: 'response',
    model: body['model'],
    status: 'in_progress',
    output: [],
  };
  const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
  events(response, [
    { type: 'response.created', response: base },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...base, status: 'completed', output: [item], usage } },
  ]);
}

/** OpenAI's Chat Completions API, as compatible servers have it. */
function completions(body: Json, response: ServerResponse, turns: readonly Turn[]): void {
  const offered = list(body['tools']).map((tool) => offeredTool(objectOf(tool['function']), 'parameters'));
  const call = nextCall(turns, list(body['messages']).filter((message) => message['role'] === 'tool').length, offered);
  const calls = call && [
    {
      index: 0,
      id: `call_${Date.now()}`,
      type: 'function',
      function: { name: call.name, arguments: JSON.stringify(call.input) },
    },
  ];
  const message = {
    role: 'assistant',
    content: calls === undefined ? 'done' : null,
    ...(calls && { tool_calls: calls }),
  };
  const finish_reason = calls === undefined ? 'stop' : 'tool_calls';
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  const base = { id: `chat_${Date.now()}`, created: 1, model: body['model'] };
  if (body['stream'] !== true) {
    json(response, { ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage });
    return;
  }
  const chunk = { ...base, object: 'chat.completion.chunk' };
  plainEvents(response, [
    { ...chunk, choices: [{ index: 0, delta: message, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }], usage },
    '[DONE]',
  ]);
}

/** Google's Gemini API. */
function generated(body: Json, response: ServerResponse, turns: readonly Turn[], path: string): void {
  const offered = list(body['tools']).flatMap((tool) =>
    list(tool['functionDeclarations']).map((declared) =>
      offeredTool(declared, 'parametersJsonSchema' in declared ? 'parametersJsonSchema' : 'parameters'),
    ),
  );
  const parts = list(body['contents']).flatMap((content) => list(content['parts']));
  const call = nextCall(turns, parts.filter((part) => 'functionResponse' in part).length, offered);
  const part = call === undefined ? { text: 'done' } : { functionCall: { name: call.name, args: call.input } };
  const answered = {
    candidates: [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    modelVersion: /models\/([^:/]+):/.exec(path)?.[1],
  };
  if (path.endsWith(':streamGenerateContent')) plainEvents(response, [answered]);
  else json(response, answered);
}

function plainEvents(response: ServerResponse, all: readonly (Json | string)[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of all) response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`);
  response.end();
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((item): item is Json => typeof item === 'object' && item !== null) : [];
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function events(response: ServerResponse, all: readonly Json[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of all) response.write(`event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
}
