/** What sign-off needs of the layers below, in one module, so that it is loaded only once there is a repository to check. */
import { recordsOf } from '../../app/commitRecords';
import { personalKeys } from '../../app/gate/keys';
import { checkLocally } from '../../app/gate/localCheck';
import { firstParent, outgoingState, outgoingWork } from '../../app/gate/outgoing';
import { reviewFiles } from '../../app/gate/reviewFiles';
import { keyStanding, makeStatement, signAndAttach, signableRange } from '../../app/gate/sign';
import { planRemoval, removeSetUp } from '../../app/setUp';
import { sync } from '../../app/sync';
import { untilSettled } from '../../app/untilSettled';
import { committerIdentity } from '../../git/identity';
import { makeKey, rosterLine } from '../../signing/keys';
import { findSshProgram } from '../../signing/sshKeygen';

/** The use cases behind the view and its commands. */
export const app = {
  recordsOf,
  personalKeys,
  checkLocally,
  firstParent,
  outgoingState,
  outgoingWork,
  reviewFiles,
  keyStanding,
  makeStatement,
  signableRange,
  signAndAttach,
  planRemoval,
  removeSetUp,
  sync,
  untilSettled,
  committerIdentity,
  makeKey,
  rosterLine,
  findSshProgram,
};
