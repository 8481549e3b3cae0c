import { join } from 'node:path';
import type { OfferedTool, Turn } from './modelServer';

/** What the files hold before the agent comes; all of it is committed and nobody saw it being written. */
export const filesBefore = {
  'app.ts': 'function app() {\n  const a = 1;\n  return a;\n}\n',
  'shell.txt': 'first\n',
} as const;

/** Subject of the commit that the agent makes. */
export const commitSubject = 'By the agent';

const oldLine = '  const a = 1;';
const newLine = '  let total: number[] = collect(from, there);';
const madeText = 'const made = 1;\nconst more = 2;\n';

/** What the model makes an agent do in `work`: make a file, read and edit another, append to a third by a command, commit. */
export function script(work: string): readonly Turn[] {
  const at = (name: string): string => join(work, name);
  return [
    {
      tools: ['Write', 'Create', 'write', 'write_file', 'create', 'editor', 'apply_patch'],
      arguments: (tool) => {
        if (tool.name === 'apply_patch') return patch('*** Add File: made.ts\n+const made = 1;\n+const more = 2;');
        return { ...named(tool, at('made.ts')), ...one(tool, ['content', 'file_text', 'new_text'], madeText) };
      },
    },
    {
      tools: ['Read', 'read', 'read_file', 'read_files', 'view', 'exec_command'],
      arguments: (tool) => {
        if (tool.name === 'exec_command') return { cmd: 'cat app.ts' };
        return tool.takes.includes('files') ? { files: [{ path: at('app.ts') }] } : named(tool, at('app.ts'));
      },
    },
    {
      tools: ['Edit', 'edit', 'MultiEdit', 'replace', 'editor', 'apply_patch'],
      arguments: (tool) => {
        if (tool.name === 'apply_patch') return patch(`*** Update File: app.ts\n@@\n-${oldLine}\n+${newLine}`);
        if (tool.takes.includes('edits')) {
          return { ...named(tool, at('app.ts')), edits: [{ old_string: oldLine, new_string: newLine }] };
        }
        return {
          ...named(tool, at('app.ts')),
          ...one(tool, ['old_string', 'oldString', 'old_str', 'old_text'], oldLine),
          ...one(tool, ['new_string', 'newString', 'new_str', 'new_text'], newLine),
          ...(tool.takes.includes('instruction') ? { instruction: 'change it' } : {}),
        };
      },
    },
    command("printf 'by the command\\n' >> shell.txt"),
    // One product refuses to add and commit in one command.
    command('git add -A'),
    command(`git commit -q -m '${commitSubject}'`),
  ];
}

function command(line: string): Turn {
  return {
    tools: ['Bash', 'bash', 'run_shell_command', 'exec_command', 'run_commands', 'Execute'],
    arguments: (tool) => {
      if (tool.takes.includes('commands')) return { commands: [line] };
      const told: Readonly<Record<string, unknown>> = {
        description: 'run',
        summary: 'run',
        is_background: false,
        riskLevel: 'low',
        riskLevelReason: 'it is a test',
      };
      const asked = Object.entries(told).filter(([name]) => tool.takes.includes(name));
      return { ...one(tool, ['command', 'cmd'], line), ...Object.fromEntries(asked) };
    },
  };
}

function named(tool: OfferedTool, path: string): Readonly<Record<string, unknown>> {
  return one(tool, ['file_path', 'filePath', 'filepath', 'path'], path);
}

/** `value` under the first of these names that the tool takes. */
function one(tool: OfferedTool, names: readonly string[], value: unknown): Readonly<Record<string, unknown>> {
  const name = names.find((other) => tool.takes.includes(other));
  return name === undefined ? {} : { [name]: value };
}

function patch(body: string): string {
  return `*** Begin Patch\n${body}\n*** End Patch`;
}
