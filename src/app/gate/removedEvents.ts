import { createHash } from 'node:crypto';
import type { Sha } from '../../core/brand';
import { decodeEnvelope } from '../../core/signOff/envelope';
import { removedLines } from '../../core/signOff/eventLog';
import { readNotes } from '../../git/notes';
import type { Repository } from '../repository';

/**
 * What the sign-off notes at `before` hold and those at `after` lack, note by note: the ids of events, and of lines that
 * are none the SHA-256. `after` absent: the notes are gone. @throws ToolError `git-failed` for a tip that holds no notes
 */
export async function removedEvents(repo: Repository, before: Sha, after: Sha | undefined): Promise<readonly string[]> {
  const old = await readNotes(repo.git, before);
  const next = after === undefined ? undefined : await readNotes(repo.git, after);
  const removed: string[] = [];
  for (const [id, blob] of old.notes) {
    const was = [blob, ...(old.others.get(id) ?? [])];
    const first = next?.notes.get(id);
    const is = first === undefined ? [] : [first, ...(next?.others.get(id) ?? [])];
    if (was.every((each) => is.includes(each))) continue;
    const [text, kept] = await Promise.all([textOf(repo, was), textOf(repo, is)]);
    removed.push(...removedLines(text, kept).map(idOfLine));
  }
  return removed;
}

async function textOf(repo: Repository, blobs: readonly Sha[]): Promise<string> {
  const reads = await Promise.all(blobs.map((blob) => repo.objects.read(blob)));
  return reads.map((read) => (read.kind === 'found' ? read.data.toString('latin1') : '')).join('\n');
}

function idOfLine(line: string): string {
  const decoded = decodeEnvelope(line);
  return decoded.kind === 'decoded' ? decoded.value.id : createHash('sha256').update(line, 'latin1').digest('hex');
}
