import type { AgentAdapter } from './adapter';
import { hookSeconds, matcherEntries } from './hookConfiguration';
import { decodeCommon } from './toolEvent';

const tools = {
  edits: ['apply_patch', 'Edit', 'Write'],
  shells: ['Bash', 'exec_command', 'shell', 'local_shell', 'unified_exec'],
  others: ['update_plan', 'view_image', 'write_stdin'],
};

/** OpenAI Codex; its hooks do nothing before the person approves them there. */
export const codex: AgentAdapter = {
  id: 'codex',
  name: 'Codex',
  decode: (payload, context) => decodeCommon(payload, context, 'codex', tools),
  inTurn: true,
  hooks: {
    kind: 'entries',
    user: { base: 'home', variable: 'CODEX_HOME', inVariable: 'hooks.json', path: '.codex/hooks.json', sign: '.codex' },
    project: '.codex/hooks.json',
    entries: (command) => [
      ...matcherEntries(
        { PreToolUse: '.*', PostToolUse: '.*', Stop: undefined, SubagentStop: undefined },
        { type: 'command', command, timeout: hookSeconds },
      ),
      // Codex cuts a longer one short, and says so at every start.
      ...matcherEntries({ SessionEnd: undefined }, { type: 'command', command, timeout: 3 }),
    ],
    afterwards: 'Approve the hooks in Codex (start it, then /hooks): until then it skips them without a word.',
  },
};
