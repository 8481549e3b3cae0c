/** The words by which transcripts name what the model said. */
const assistants: ReadonlySet<unknown> = new Set(['assistant', 'agent_message', 'gemini', 'model', 'agent']);

/**
 * Whether the model produced `text` in a conversation kept as lines of JSON, as all agents that tell of theirs do: the
 * first line that holds the text must be the model's, since it also quotes what it was shown.
 */
export function isSaidByAssistant(transcript: string, text: string): boolean {
  const wanted = JSON.stringify(text.trim()).slice(1, -1);
  if (wanted === '') return false;
  const first = transcript.split('\n').find((line) => line.includes(wanted));
  return first !== undefined && isAssistants(first);
}

function isAssistants(line: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return false; // The end of a line whose beginning was not read.
  }
  return [value, memberOf(value, 'message'), memberOf(value, 'payload')].some(
    (part) => assistants.has(memberOf(part, 'role')) || assistants.has(memberOf(part, 'type')),
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
