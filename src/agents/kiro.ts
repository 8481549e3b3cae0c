import type { AgentAdapter } from './adapter';
import { decodeCommon } from './toolEvent';

const tools = {
  edits: ['fs_write', 'fsWrite', 'fsAppend', 'strReplace', 'deleteFile', 'write'],
  shells: ['execute_bash', 'executeBash', 'execute_cmd', 'shell'],
  others: ['fs_read', 'read', 'knowledge', 'todo_list'],
};

/** Kiro; decoded by what its documentation says of the hooks of its agents. */
export const kiro: AgentAdapter = {
  id: 'kiro',
  name: 'Kiro',
  decode: (payload, context) => decodeCommon(payload, context, 'kiro', tools),
  hooks: {
    kind: 'none',
    why: 'Kiro keeps hooks with each of its agents; let preToolUse, postToolUse and stop there run: countersign record kiro',
  },
};
