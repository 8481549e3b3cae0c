import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasProgram } from './hasProgram';
import type { Person, Ran } from './people';

/** What a person answers when a program asks: the first answer whose prompt shows is typed, and is then used up. */
export type Answers = readonly (readonly [prompt: RegExp, answer: string])[];

/**
 * Runs a program on a terminal of its own, as a person does who sits at it; both outputs arrive together, in `stdout`. The terminal is made by
 * script(1). Returns nothing on a machine without that program.
 */
export async function onTerminal(person: Person, args: readonly string[], answers: Answers): Promise<Ran | undefined> {
  if (!(await hasProgram('script'))) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-terminal-'));
  try {
    const file = path.join(folder, 'run');
    await writeFile(file, `#!/bin/sh\nexec ${args.map((arg) => `'${arg.replaceAll("'", "'\\''")}'`).join(' ')}\n`);
    await chmod(file, 0o700);
    return await converse(person, file, answers);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function converse(person: Person, file: string, answers: Answers): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', file, '/dev/null'], {
      cwd: person.clone,
      env: { ...person.env, TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    let read = 0;
    const open = [...answers];
    const onText = (text: string): void => {
      output += text;
      const [next] = open;
      const found = next?.[0].exec(output.slice(read));
      if (next === undefined || found === null || found === undefined) return;
      read += found.index + found[0].length;
      open.shift();
      child.stdin.write(`${next[1]}\n`);
    };
    child.stdout.setEncoding('utf8').on('data', onText);
    child.stderr.setEncoding('utf8').on('data', onText);
    child.stdin.on('error', () => {});
    const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code: code ?? 128, stdout: output.replaceAll('\r\n', '\n'), stderr: '' });
    });
  });
}
