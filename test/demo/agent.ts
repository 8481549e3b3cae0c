import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Person } from './people';

/** An agent that writes to the disk and has its hooks tell. */
export interface Agent {
  readonly tool: string;
  readonly model: string;
  readonly session: string;
}

/** The agents of the demonstration. */
export const agents = {
  claude: { tool: 'claude-code', model: 'claude-opus-4-6', session: 'receipts' },
  codex: { tool: 'codex', model: 'gpt-5.2-codex', session: 'taxes' },
} as const satisfies Readonly<Record<string, Agent>>;

/** Writes a file of the clone as an agent does: its hook tells before, the file is written, its hook tells after. */
export async function agentWrites(person: Person, agent: Agent, file: string, text: string): Promise<void> {
  const hook = (event: 'before-edit' | 'after-edit'): Promise<string> =>
    person.must(['countersign', 'record', 'generic'], {
      input: JSON.stringify({ event, cwd: person.clone, files: [file], actor: { kind: 'ai', ...agent } }),
    });
  await hook('before-edit');
  await writeFile(path.join(person.clone, file), text);
  await hook('after-edit');
}
