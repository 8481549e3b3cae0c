import { join } from 'node:path';
import type { AbsPath } from '../core/brand';
import type { Git } from '../git/git';
import { readFolderFile } from './folderFile';
import { findHooksFolder } from './hooksFolder';

/** One thing that is not right with a repository that others push to, and how to mend it. */
export interface ServerFinding {
  readonly kind: 'no-gate' | 'pusher-unknown';
  readonly message: string;
  readonly next: string;
}

/** What the gate of a bare repository lacks; nothing where it judges pushes and knows who pushes. @throws as `Git.run` */
export async function inspectServer(git: Git): Promise<readonly ServerFinding[]> {
  const { path } = await findHooksFolder(git);
  const hook = await readFolderFile(join(path, 'pre-receive') as AbsPath);
  const text = hook.kind === 'file' ? hook.bytes.toString('utf8') : '';
  const isGate = hook.kind === 'link' || (hook.kind === 'file' && (hook.mode & 0o111) !== 0 && names(text));
  if (!isGate) {
    return [
      {
        kind: 'no-gate',
        message: `Pushes to this repository are not judged: ${join(path, 'pre-receive')} does not run Countersign, or is not executable.`,
        next: 'Let it run: exec countersign pre-receive',
      },
    ];
  }
  if (hook.kind === 'link' || /--pusher|COUNTERSIGN_PUSHER/.test(text)) return [];
  return [
    {
      kind: 'pusher-unknown',
      message:
        'Unless the server sets GL_USERNAME or REMOTE_USER, nobody is kept from signing off what they push themselves.',
      next: 'Name whoever pushes in hooks/pre-receive: exec countersign pre-receive --pusher <who>',
    },
  ];
}

function names(text: string): boolean {
  return text
    .split('\n')
    .some((line) => !line.startsWith('#') && line.includes('pre-receive') && /countersign|cli\.js/.test(line));
}
