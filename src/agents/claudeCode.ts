import type { AgentAdapter, AgentEvent, DecodeContext } from './adapter';
import { decodeCopilot } from './copilot';
import { decodeCursor } from './cursor';
import { hookSeconds, matcherEntries } from './hookConfiguration';
import { fieldOf, fieldsOf, textOf } from './payloadFields';
import { decodeCommon } from './toolEvent';

const tools = {
  edits: ['Write', 'Edit', 'MultiEdit', 'NotebookEdit'],
  shells: ['Bash', 'PowerShell'],
  others: ['Agent', 'Task', 'Read', 'TodoWrite', 'ExitPlanMode'],
};

const toolMatcher = 'Write|Edit|MultiEdit|NotebookEdit|Bash|PowerShell|mcp__.*';

/** Other products run the hooks of Claude Code's settings too; their marks say so (recorded; see the tests). */
function decode(payload: unknown, context: DecodeContext): AgentEvent {
  const fields = fieldsOf(payload);
  const transcript = textOf(fields, 'transcript_path') ?? '';
  const isClaude = (context.env['CLAUDECODE'] ?? '') !== '' && (context.env['COPILOT_CLI'] ?? '') === '';
  if (fieldOf(fields, 'cursor_version') !== undefined || /[\\/]\.cursor[\\/]/.test(transcript)) {
    return decodeCursor(payload, context);
  }
  const callId = textOf(fields, 'tool_use_id') ?? '';
  if (/github\.copilot/i.test(transcript) || callId.includes('__vscode')) return decodeCopilot(payload, context);
  if (!isClaude && (context.env['COPILOT_CLI'] ?? '') !== '') return decodeCopilot(payload, context);
  return decodeCommon(payload, context, 'claude-code', tools);
}

/** Anthropic's Claude Code. */
export const claudeCode: AgentAdapter = {
  id: 'claude-code',
  name: 'Claude Code',
  decode,
  inTurn: true,
  hooks: {
    kind: 'entries',
    user: {
      base: 'home',
      variable: 'CLAUDE_CONFIG_DIR',
      inVariable: 'settings.json',
      path: '.claude/settings.json',
      sign: '.claude',
    },
    project: '.claude/settings.json',
    entries: (command) =>
      matcherEntries(
        {
          PreToolUse: toolMatcher,
          PostToolUse: toolMatcher,
          PostToolUseFailure: toolMatcher,
          SessionStart: undefined,
          Stop: undefined,
          SubagentStop: undefined,
          SessionEnd: undefined,
        },
        { type: 'command', command, timeout: hookSeconds },
      ),
  },
};
