/** A process of its own that writes notes: `noteWriter.ts <repository> <ref> <name> <count>`. */
import { createHash } from 'node:crypto';
import type { Sha } from '../../src/core/brand';
import { openGit } from '../../src/git/git';
import { writeNotes } from '../../src/git/notes';

const [cwd = '', ref = '', name = '', count = ''] = process.argv.slice(2);
const id = (text: string): Sha => createHash('sha1').update(text).digest('hex') as Sha;

async function main(): Promise<void> {
  const found = await openGit(cwd);
  if (found.kind === 'none') throw new Error(found.detail);
  for (let index = 0; index < Number(count); index += 1) {
    const line = `${name} ${index}\n`;
    const updates = new Map([
      [id(line), () => Buffer.from(line)],
      [
        id('shared'),
        ({ data }: { data: Buffer | undefined }) => Buffer.concat([data ?? Buffer.alloc(0), Buffer.from(line)]),
      ],
    ]);
    await writeNotes(found.git, ref, updates, { message: name, identity: { name, email: 'n@example.com' } });
  }
}

void main();
