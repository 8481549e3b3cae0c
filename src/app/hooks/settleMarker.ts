import { listRefs, type Ref } from '../../git/refs';
import { openSnapshots } from '../../store/shellSnapshots';
import { hasOpenEdits } from '../hookPairs';
import { noteIndex } from '../noteIndex';
import { recordsRef, remoteNotesPrefix } from '../recordBook';
import type { Repository } from '../repository';

/**
 * Lets hooks skip the program where it has nothing to say: no AI in the ledger, and no records that could hold any, for
 * as long as no others arrive. Anything else keeps them calling.
 */
export async function settleMarker(repo: Repository): Promise<void> {
  repo.ledger.refresh();
  if (repo.ledger.pathsWithAi().length > 0) return;
  // What an agent that is still at work writes becomes its own only at the next look.
  if (openSnapshots(repo.git.commonDir).length > 0 || hasOpenEdits(repo)) return;
  const refs = await refsWithRecords(repo);
  const index = await noteIndex(
    repo,
    refs.map(({ oid }) => oid),
  );
  const blobs = [...index.values()].flat();
  if (blobs.length > mostRead) return;
  for (const blob of blobs) {
    const read = await repo.objects.read(blob);
    if (read.kind === 'found' && read.data.includes('"sessions"')) return;
  }
  repo.ledger.markQuiet(refs);
  // An AI may have written meanwhile, and its word have been overwritten.
  repo.ledger.refresh();
  if (repo.ledger.pathsWithAi().length > 0) repo.ledger.markActive();
}

/** Repositories with more records than this have had AI work as a rule; looking would cost more than it saves. */
const mostRead = 300;

async function refsWithRecords(repo: Repository): Promise<readonly Ref[]> {
  const name = recordsRef.slice('refs/'.length);
  return (await listRefs(repo.git, recordsRef, remoteNotesPrefix)).filter(
    (ref) => ref.name === recordsRef || (ref.name.startsWith(remoteNotesPrefix) && ref.name.endsWith(`/${name}`)),
  );
}
