/** What the shell needs of the layers below, in one module, so that it is loaded at once and only when the first repository is opened. */
import { readFileText } from '../../app/blobs';
import { knownText } from '../../app/knownText';
import { LineOrigins } from '../../app/lineOrigins';
import { RecordBook } from '../../app/recordBook';
import { openRepository, type Repository } from '../../app/repository';
import { isSetUp, planSetUp, setUp } from '../../app/setUp';
import { uncommittedLines } from '../../app/status';
import { repoPathOf } from '../../app/workPath';
import type { Sha } from '../../core/brand';
import { currentBranch, resolve, tracking } from '../../git/refs';
import { mergeBase } from '../../git/revList';

/** The part of `head` that is already where a push goes; `head` itself where nothing says where that would be. */
async function publishedPart(repo: Repository, head: Sha): Promise<Sha | undefined> {
  const branch = await currentBranch(repo.git);
  const to = branch === undefined ? undefined : await tracking(repo.git, branch);
  for (const name of [
    to?.push?.ref,
    to?.upstream?.ref,
    'refs/remotes/origin/HEAD',
    'refs/remotes/origin/main',
    'refs/remotes/origin/master',
  ]) {
    const tip = name === undefined ? undefined : await resolve(repo.git, name, 'commit');
    if (tip !== undefined) return mergeBase(repo.git, head, tip);
  }
  return head;
}

/** The use cases that the capture and its display build on. */
export const app = {
  openRepository,
  knownText,
  readFileText,
  repoPathOf,
  resolve,
  isSetUp,
  planSetUp,
  setUp,
  publishedPart,
  uncommittedLines,
  LineOrigins,
  RecordBook,
};
