import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { modelName } from '../agents/toolEvent';

/** What is read of a transcript: its end. */
const mostBytes = 512 * 1024;

/** A member of a line of JSON; one inside a text has a backslash before its quote. */
const member = /(?<!\\)"model(?:_name|_slug|Id|ID)?"\s*:\s*"([^"\\]{1,200})"/g;

/**
 * The model that an agent's transcript names last; nothing where there is none to be read. The path comes from a payload:
 * of whatever file it is, only a word that follows `"model":` is taken.
 */
export function transcriptModel(path: string): string | undefined {
  if (!/\.jsonl?$/.test(path)) return undefined;
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    // Not written yet: agents flush late.
    return undefined;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return undefined;
    const length = Math.min(stat.size, mostBytes);
    const bytes = Buffer.alloc(length);
    const read = readSync(descriptor, bytes, 0, length, stat.size - length);
    const names = [...bytes.toString('utf8', 0, read).matchAll(member)].map(([, name]) => modelName(name));
    return names.filter((name) => name !== undefined).at(-1);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
