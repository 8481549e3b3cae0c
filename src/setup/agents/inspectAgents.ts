import { join } from 'node:path';
import { adapterOf } from '../../agents/adapters';
import type { AbsPath } from '../../core/brand';
import { readFolderFile } from '../folderFile';
import type { Machine } from '../runtime';
import { readAgentState } from './agentState';

/** One thing that is not right with hooks that were installed into agents, and how to mend it. */
export interface AgentFinding {
  readonly kind: 'agent-hooks-missing' | 'agent-hooks-unapproved';
  readonly message: string;
  readonly next: string;
}

/** What is not right; nothing where no hooks were installed or all are in place. @throws ToolError `bad-input` */
export async function inspectAgents(machine: Machine): Promise<readonly AgentFinding[]> {
  const findings: AgentFinding[] = [];
  for (const { agent, path } of await readAgentState(machine)) {
    const name = adapterOf(agent)?.name ?? agent;
    const there = await readFolderFile(path);
    const text = there.kind === 'file' ? there.bytes.toString('utf8') : '';
    if (!text.includes('countersign/runtime/countersign')) {
      findings.push({
        kind: 'agent-hooks-missing',
        message: `The hooks for ${name} are no longer in ${path}.`,
        next: `countersign init --agents ${agent}, or to forget them: countersign deinit --agents`,
      });
    } else if (agent === 'codex' && !(await isApprovedByCodex(path))) {
      findings.push({
        kind: 'agent-hooks-unapproved',
        message: 'Codex skips the hooks until you approve them there.',
        next: 'Start codex, then: /hooks',
      });
    }
  }
  return findings;
}

/** Codex notes an approval in its `config.toml` under the file's path: `[hooks.state."<path>:<event>:..."]`. */
async function isApprovedByCodex(path: AbsPath): Promise<boolean> {
  const file = await readFolderFile(join(path, '..', 'config.toml') as AbsPath);
  return file.kind === 'file' && file.bytes.toString('utf8').includes(`${path}:pre_tool_use`);
}
