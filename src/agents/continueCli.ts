import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import { isFields } from './payloadFields';
import { eventOf, readFacts } from './toolEvent';

const tools = { edits: ['Write', 'Edit', 'MultiEdit'], shells: ['Bash'] };

/** Its payloads name the file and no tool: only edits are told of. */
function decode(payload: unknown, context: DecodeContext): AgentEvent {
  if (!isFields(payload)) return { kind: 'malformed', problems: ['not an object'] };
  const facts = readFacts(payload, context, 'continue');
  return eventOf({ ...facts, toolName: facts.toolName ?? 'Write' }, tools);
}

/** Continue's command line. */
export const continueCli: AgentAdapter = {
  id: 'continue',
  name: 'Continue',
  decode,
  hooks: {
    kind: 'none',
    why: 'Continue runs no hooks; it tells of its edits to a program named git-ai, which can hand them on to: countersign record continue',
  },
};
