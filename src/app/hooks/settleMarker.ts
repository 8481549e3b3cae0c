import { noteIndex, notesTips, recordsRef } from '../recordBook';
import type { Repository } from '../repository';

/**
 * Lets hooks skip the program where it has nothing to say: no AI in the ledger, and no records that could hold any.
 * Anything else keeps them calling.
 */
export async function settleMarker(repo: Repository): Promise<void> {
  repo.ledger.refresh();
  if (repo.ledger.pathsWithAi().length > 0) return;
  const tips = await notesTips(repo, recordsRef);
  const index = await noteIndex(repo, tips);
  const blobs = [...index.values()].flat();
  if (blobs.length > mostRead) return;
  for (const blob of blobs) {
    const read = await repo.objects.read(blob);
    if (read.kind === 'found' && read.data.includes('"sessions"')) return;
  }
  repo.ledger.markQuiet();
}

/** Repositories with more records than this have had AI work as a rule; looking would cost more than it saves. */
const mostRead = 300;
