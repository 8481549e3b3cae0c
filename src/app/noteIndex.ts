import type { Sha } from '../core/brand';
import { readNotes } from '../git/notes';
import type { Repository } from './repository';

/** The annotated commits of one or more notes trees, with the blobs of their notes. */
export type NoteIndex = ReadonlyMap<Sha, readonly Sha[]>;

/** The notes of several tips together. */
export async function noteIndex(repo: Repository, tips: readonly Sha[]): Promise<NoteIndex> {
  const index = new Map<Sha, Sha[]>();
  for (const tip of tips) {
    const { notes, others } = await readNotes(repo.git, tip);
    const add = (commit: Sha, blob: Sha): void => {
      const blobs = index.get(commit);
      if (blobs === undefined) index.set(commit, [blob]);
      else if (!blobs.includes(blob)) blobs.push(blob);
    };
    for (const [commit, blob] of notes) add(commit, blob);
    for (const [commit, blobs] of others) for (const blob of blobs) add(commit, blob);
  }
  return index;
}
