import { readFileSync, statSync } from 'node:fs';
import { isBinary, textOfBytes } from '../../core/text/textId';

/** Larger files are not read for the sake of a deletion or a move. */
const mostBytes = 5_000_000;

/** The text of a file on disk, normalised; nothing for one that is not there, not plain, binary or large. */
export function findFile(path: string): string | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > mostBytes) return undefined;
    const bytes = readFileSync(path);
    return isBinary(bytes) ? undefined : textOfBytes(bytes);
  } catch {
    return undefined; // It went in this moment, or may not be read: then nothing is known of it.
  }
}
