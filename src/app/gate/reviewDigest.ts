import type { Sha } from '../../core/brand';
import { ReviewDigest, type ReviewEntry } from '../../core/signOff/reviewRendering';
import { diffNames } from '../../git/diff';
import { zeroOid } from '../../git/refs';
import type { Repository } from '../repository';

const noMode = '000000';

/**
 * SHA-256 of our own rendering of the diff between two commits (`core/signOff/reviewRendering`), which is what a
 * sign-off binds; `undefined` where a commit or blob of it is not here.
 */
export async function reviewDigest(repo: Repository, base: Sha, head: Sha): Promise<string | undefined> {
  const infos = await Promise.all([base, head].map((sha) => repo.objects.info(sha)));
  if (infos.some((info) => info.kind === 'missing')) return undefined;
  const digest = new ReviewDigest();
  const zero = zeroOid(repo.git) as Sha;
  const changes = [...(await diffNames(repo.git, base, head))].sort((a, b) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
  );
  for (const change of changes) {
    const sides = await Promise.all(
      [[change.oldMode, change.oldOid] as const, [change.newMode, change.newOid] as const].map(async ([mode, oid]) => {
        if (oid === undefined || mode === undefined || !mode.startsWith('100')) return Buffer.alloc(0);
        const read = await repo.objects.read(oid);
        return read.kind === 'found' ? read.data : undefined;
      }),
    );
    const [oldBlob, newBlob] = sides;
    if (oldBlob === undefined || newBlob === undefined) return undefined;
    const status: ReviewEntry['status'] = change.status === 'R' ? 'M' : change.status;
    digest.add({
      status,
      path: change.path,
      oldMode: change.oldMode ?? noMode,
      newMode: change.newMode ?? noMode,
      oldOid: change.oldOid ?? zero,
      newOid: change.newOid ?? zero,
      oldBlob,
      newBlob,
    });
  }
  return digest.digest();
}
