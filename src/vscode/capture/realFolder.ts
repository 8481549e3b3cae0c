import { realpathSync } from 'node:fs';

/** Where a folder really lies; links in a workspace may lead into another repository. */
export function realFolder(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder; // A file that is yet to be written may be in a folder that is not there.
  }
}
