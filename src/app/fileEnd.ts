import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** The last bytes of a plain file, at most `most`, as text; nothing where there is none to be read. A pipe does not block. */
export function fileEnd(path: string, most: number): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    // Not written yet, or gone: agents flush late.
    return undefined;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return undefined;
    const length = Math.min(stat.size, most);
    const bytes = Buffer.alloc(length);
    const read = readSync(descriptor, bytes, 0, length, stat.size - length);
    return bytes.toString('utf8', 0, read);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
