/** What the shell needs of the layers below, in one module, so that it is loaded at once and only when the first repository is opened. */
import { readFileText } from '../../app/blobs';
import { chooseTarget } from '../../app/gate/targets';
import { knownText } from '../../app/knownText';
import { LineOrigins } from '../../app/lineOrigins';
import { outgoingAi } from '../../app/outgoingAi';
import { RecordBook } from '../../app/recordBook';
import { openRepository, type Repository } from '../../app/repository';
import { isSetUp, planSetUp, setUp } from '../../app/setUp';
import { uncommittedLines } from '../../app/status';
import { transcriptAuthor } from '../../app/transcriptAuthor';
import { repoPathOf } from '../../app/workPath';
import { workspaceText } from '../../app/workspaceText';
import type { Sha } from '../../core/brand';
import { committerIdentity, namelessIdentity } from '../../git/identity';
import { resolve } from '../../git/refs';
import { mergeBase } from '../../git/revList';

/** The part of `head` that the target of the work has already; `head` itself where nothing says what that would be. */
async function publishedPart(repo: Repository, head: Sha): Promise<Sha | undefined> {
  const tip = (await chooseTarget(repo))?.policyTip;
  return tip === undefined ? head : mergeBase(repo.git, head, tip);
}

/** Who commits here, as people read it; nothing where git was told no name. */
async function person(repo: Repository): Promise<string | undefined> {
  const identity = await committerIdentity(repo.git);
  return identity === namelessIdentity ? undefined : `${identity.name} <${identity.email}>`;
}

/** The use cases that the capture and its display build on. */
export const app = {
  openRepository,
  knownText,
  readFileText,
  repoPathOf,
  transcriptAuthor,
  resolve,
  isSetUp,
  planSetUp,
  setUp,
  person,
  publishedPart,
  uncommittedLines,
  outgoingAi,
  workspaceText,
  LineOrigins,
  RecordBook,
};
