import type { AgentAdapter } from './adapter';
import { hookSeconds, matcherEntries } from './hookConfiguration';
import { decodeCommon } from './toolEvent';

const tools = {
  edits: ['Create', 'Edit', 'Write', 'MultiEdit', 'ApplyPatch'],
  shells: ['Execute'],
  others: ['Read', 'LS', 'Grep', 'Glob', 'Task', 'TodoWrite'],
};

/** Factory's Droid. */
export const droid: AgentAdapter = {
  id: 'droid',
  name: 'Factory Droid',
  decode: (payload, context) => decodeCommon(payload, context, 'droid', tools),
  inTurn: true,
  hooks: {
    kind: 'entries',
    user: { base: 'home', path: '.factory/settings.json', sign: '.factory' },
    project: '.factory/settings.json',
    entries: (command) =>
      matcherEntries(
        { PreToolUse: '*', PostToolUse: '*', Stop: undefined, SubagentStop: undefined, SessionEnd: undefined },
        { type: 'command', command, timeout: hookSeconds },
      ),
  },
};
