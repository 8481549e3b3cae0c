import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve as resolvePath } from 'node:path';
import { decideTrailers } from '../../core/message/decideTrailers';
import { editMessage, hasOurTrailers, isGivenUp, type MessageContext } from '../../core/message/messageFile';
import {
  findOurTrailers,
  formatTrailers,
  needsTrailers,
  type TrailerCounts,
  type TrailerPair,
  type TrailerStyle,
} from '../../core/message/trailers';
import { policyPath } from '../../core/policy/policy';
import { decodeRecord } from '../../core/record/decodeRecord';
import { type CommitRecord, encodeRecord } from '../../core/record/record';
import { readCommit } from '../../git/commit';
import type { Environment } from '../../git/gitEnvironment';
import { writeTreeOfIndex } from '../../git/objects';
import { recordId } from '../attachRecords';
import { recordsOf } from '../commitRecords';
import { makeRecord } from '../makeRecord';
import { namedEvidence, restoredBy } from '../namedEvidence';
import type { Replayed } from '../replayed';
import { allAsReplayed } from '../replayed';
import type { Repository } from '../repository';
import { forgetAttachParts, leaveAttachParts } from './attachParts';
import { type CommitSituation, commitSituation } from './commitSituation';
import { leftBehind } from './leftBehind';
import { hasDeletionMark, readPrepared, setDeletionMark, writePrepared } from './prepared';

const styleKey = 'countersign.trailers';

/** Lines by class, and lines that AI sessions removed, as trailers count them. */
function trailerCounts(record: CommitRecord): TrailerCounts {
  const byAi = Object.values(record.files ?? {})
    .flatMap((file) => Object.entries(file.deleted ?? {}))
    .reduce((sum, [who, count]) => (who === 'unknown' ? sum : sum + count), 0);
  return { ...record.counts, deleted: byAi };
}

function trailerPairs(record: CommitRecord): readonly TrailerPair[] {
  return Object.values(record.sessions ?? {}).map(({ tool, model }) =>
    model === undefined ? { tool } : { tool, model },
  );
}

const policyTrailers = /^trailers:\s*(?:"|')?(assisted-by|none)\b/m;

/**
 * Git config `countersign.trailers`, and never more than a project allows: its policy's `trailers`, as `HEAD` has it, is
 * read without the policy's parser, which a commit need not wait for.
 */
async function trailerStyle(repo: Repository): Promise<TrailerStyle> {
  const value = (await repo.settings()).get(styleKey);
  const policy = await repo.objects.read(`HEAD:${policyPath}`);
  const allowed = policy.kind === 'found' ? policyTrailers.exec(policy.data.toString('utf8'))?.[1] : undefined;
  if (value === 'none' || allowed === 'none') return 'none';
  return value === 'assisted-by' || allowed === 'assisted-by' ? 'assisted-by' : 'full';
}

async function wantedTrailers(repo: Repository, record: CommitRecord): Promise<readonly string[]> {
  const counts = trailerCounts(record);
  if (!needsTrailers(counts)) return [];
  return formatTrailers({
    pairs: trailerPairs(record),
    counts,
    record: recordId(repo, record),
    style: await trailerStyle(repo),
  });
}

function isCleanup(value: string | undefined): value is MessageContext['cleanup'] {
  return (
    value === 'strip' || value === 'whitespace' || value === 'verbatim' || value === 'scissors' || value === 'default'
  );
}

function isSource(value: string | undefined): value is NonNullable<MessageContext['source']> {
  return value === 'message' || value === 'template' || value === 'merge' || value === 'squash' || value === 'commit';
}

async function messageContext(
  repo: Repository,
  hook: MessageContext['hook'],
  situation: CommitSituation,
  env: Environment,
  source: string | undefined,
): Promise<MessageContext> {
  const settings = await repo.settings();
  const wantedCleanup = situation.cleanup ?? settings.get('commit.cleanup');
  const path = situation.template ?? settings.get('commit.template');
  return {
    hook,
    commentPrefix: settings.get('core.commentString') ?? settings.get('core.commentChar') ?? '#',
    editor: env['GIT_EDITOR'] !== ':',
    verify: situation.verify,
    source: isSource(source) ? source : undefined,
    cleanup: isCleanup(wantedCleanup) ? wantedCleanup : 'default',
    template: path === undefined ? undefined : readTemplate(repo, path, env),
  };
}

function readTemplate(repo: Repository, path: string, env: Environment): string | undefined {
  const home = env['HOME'];
  const expanded = path.startsWith('~/') && home !== undefined ? `${home}/${path.slice(2)}` : path;
  try {
    return readFileSync(resolvePath(repo.worktree, expanded), 'latin1');
  } catch {
    return undefined;
  }
}

/**
 * Whether the messages of the commits that are made again carry trailers; nothing where none of them asked for any, so
 * that their absence says nothing.
 */
async function recordedTrailers(
  repo: Repository,
  replays: readonly Replayed[],
): Promise<{ readonly hadTrailers: boolean } | undefined> {
  let asked = false;
  for (const { commit, record } of replays) {
    if (!needsTrailers(trailerCounts(record))) continue;
    asked = true;
    const read = await readCommit(repo.objects, commit);
    if (read.kind === 'found' && (await hasTrailers(repo, read.commit.message, record))) return { hadTrailers: true };
  }
  return asked ? { hadTrailers: false } : undefined;
}

/** Whether a message carries the trailers of a record, in the style that is set: without our own key, the lines themselves. */
async function hasTrailers(repo: Repository, message: string, record: CommitRecord): Promise<boolean> {
  if (findOurTrailers(message).length > 0) return true;
  if ((await trailerStyle(repo)) !== 'assisted-by') return false;
  const lines = new Set(message.split('\n'));
  return (await wantedTrailers(repo, record)).some((line) => lines.has(line));
}

/** What `git merge --squash` left for the message, whatever message was chosen since. */
function squashMessage(repo: Repository): string {
  const path = join(repo.git.gitDir, 'SQUASH_MSG');
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
}

/**
 * The `prepare-commit-msg` hook: works out the record of the commit that is being made, keeps it for `post-commit`, and
 * writes the trailers into the message file.
 */
export async function prepareCommitMsg(repo: Repository, args: readonly string[], env: Environment): Promise<void> {
  const [file, source] = args;
  if (file === undefined) return;
  // What is asked together is answered together.
  const [situation, tree] = await Promise.all([
    commitSituation(repo, env),
    writeTreeOfIndex(repo.git),
    repo.settings(),
  ]);
  if (situation.kind === 'rebase-step') return;
  // Nothing of an earlier commit that came to nothing is attached to this one.
  forgetAttachParts(repo);
  if (tree === undefined) return;
  const records = recordsOf(repo);
  const path = resolvePath(process.cwd(), file);
  const text = readFileSync(path, 'latin1');
  const named = await namedEvidence(repo, records.book, `${squashMessage(repo)}\n${text}`);
  const replays = [...(await allAsReplayed(repo, records.book, situation.replays)), ...named.replays];
  const unrecorded = situation.replays.filter((commit) => !replays.some((replay) => replay.commit === commit));
  const reverts = await restoredBy(
    repo,
    situation.reverts.map((commit) => ({ commit, backTo: undefined })),
  );
  const record = await makeRecord(repo, records, {
    tree,
    parents: situation.parents,
    replays,
    restores: [...new Set([...unrecorded, ...named.restores, ...reverts])],
    left: leftBehind(repo, records.book),
  });
  const context = await messageContext(repo, 'prepare-commit-msg', situation, env, source);
  const decision = decideTrailers({
    hook: 'prepare-commit-msg',
    wanted: await wantedTrailers(repo, record),
    inMessage: hasOurTrailers(text, context),
    prepared: false,
    deleted: hasDeletionMark(repo, situation.head),
    recorded: await recordedTrailers(repo, replays),
  });
  const wrote = editFile(path, text, decision, context);
  setDeletionMark(repo, situation.head, decision.mark);
  const commit = { tree, parents: situation.parents };
  writePrepared(repo, { ...commit, record: encodeRecord(record).toString('utf8').trimEnd(), wrote });
  await leaveAttachParts(repo, commit, record, env);
}

function editFile(
  path: string,
  text: string,
  decision: ReturnType<typeof decideTrailers>,
  context: MessageContext,
): boolean {
  if (decision.edit === 'leave') return hasOurTrailers(text, context);
  const edited = editMessage(text, decision.edit.trailers, context);
  if (edited.changed) writeFileSync(path, edited.text, 'latin1');
  return hasOurTrailers(edited.text, context);
}

/** The `commit-msg` hook: brings trailers that are in the message up to date, and notes when the author deleted them. */
export async function commitMsg(repo: Repository, args: readonly string[], env: Environment): Promise<void> {
  const [file] = args;
  const prepared = readPrepared(repo);
  if (file === undefined || prepared === undefined) return;
  const decoded = decodeRecord(prepared.record);
  if (decoded.kind !== 'record') return;
  const situation = await commitSituation(repo, env);
  const context = await messageContext(repo, 'commit-msg', situation, env, undefined);
  const path = resolvePath(process.cwd(), file);
  const text = readFileSync(path, 'latin1');
  const decision = decideTrailers({
    hook: 'commit-msg',
    wanted: await wantedTrailers(repo, decoded.record),
    inMessage: hasOurTrailers(text, context),
    prepared: prepared.wrote,
    givenUp: isGivenUp(text, context),
    deleted: hasDeletionMark(repo, situation.head),
  });
  editFile(path, text, decision, context);
  setDeletionMark(repo, situation.head, decision.mark);
}
