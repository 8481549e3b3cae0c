import type { Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { gitAiRef } from '../core/gitAi/gitAiNote';
import { removedLines } from '../core/signOff/eventLog';
import { readCommit } from '../git/commit';
import { getConfig } from '../git/config';
import type { Environment } from '../git/gitEnvironment';
import { mergeNotes, type NoteUpdate, readNotes, unionOfLines, writeNotes } from '../git/notes';
import { currentBranch, deleteRef, listRefs, resolveRef } from '../git/refs';
import { fetchRefs, listRemoteRefs, listRemotes, type TransferOptions } from '../git/remotes';
import { listCommits } from '../git/revList';
import { recordsOf } from './commitRecords';
import { ensureRecords, ownWithoutRecord } from './ensureRecords';
import { signOffsRef } from './gate/gatherEvents';
import { removedEvents } from './gate/removedEvents';
import { defaultRemote } from './gate/targets';
import { noteIndex } from './noteIndex';
import { keptRef, type Publication, patientTries, publishRecords, remotesTold, signedHeadsPrefix } from './publish';
import { recordsRef } from './recordBook';
import type { Repository } from './repository';
import { commitsOfRange } from './show';

/** Where review requests are on a remote: `refs/countersign/requests/<head>`. */
const requestsPrefix = 'refs/countersign/requests';

/** What to synchronise. */
export interface SyncRequest {
  /** A remote's name; those that `init` was told of when absent, else the one that a plain push goes to. */
  readonly remote?: string | undefined;
  /** `A..B`, or one revision: its records are published although the remote does not have its commits yet. */
  readonly range?: string | undefined;
  readonly env?: Environment | undefined;
}

/** What was done with one remote. */
export interface RemoteSync {
  readonly remote: string;
  /** How many notes came in or grew. */
  readonly records: number;
  readonly signOffs: number;
  /** Sign-offs that the remote had when it was last asked and has no more; they stay here. */
  readonly removed: readonly string[];
  /** `not-told`: `init` was told of other remotes only, so nothing was published. */
  readonly publication: Publication | { readonly kind: 'not-told' };
}

const timeoutMs = 120_000;

const mostFetches = 20;

/**
 * Fetches the notes, signed heads and requests of remotes, adds the notes to this clone's, and publishes what each
 * remote may have: records of commits that it has, those of `range`, and the sign-offs made here.
 *
 * @throws ToolError `no-remote`, `bad-input` for an unknown remote or range, `network`, `timeout`
 */
export async function sync(repo: Repository, request: SyncRequest): Promise<readonly RemoteSync[]> {
  const told = await remotesTold(repo);
  const remotes = await chosenRemotes(repo, request, told);
  const range = request.range === undefined ? [] : await commitsOfRange(repo, request.range);
  if (range.length > 0) await ensureRecords(repo, recordsOf(repo), range);
  const results: RemoteSync[] = [];
  for (const remote of remotes) {
    const arrived = await receive(repo, remote, { env: request.env, timeoutMs });
    await ensureRecordsAt(repo, remote);
    // Where `init` was told of none, the command itself is the person's word.
    const mayPublish = told.length === 0 || told.includes(remote);
    const publication: RemoteSync['publication'] = mayPublish
      ? await publishRecords(repo, {
          remote,
          remoteName: remote,
          ...(await toPublish(repo, remote, range)),
          signOffs: 'all',
          env: request.env,
          timeoutMs,
          tries: patientTries,
        })
      : { kind: 'not-told' };
    results.push({ remote, ...arrived, publication });
  }
  return results;
}

async function chosenRemotes(
  repo: Repository,
  request: SyncRequest,
  told: readonly string[],
): Promise<readonly string[]> {
  const remotes = await listRemotes(repo.git);
  const names = remotes.map(({ name }) => name);
  if (request.remote !== undefined) {
    const wanted = request.remote;
    if (names.includes(wanted)) return [wanted];
    const named = remotes.find(({ fetchUrls, pushUrls }) => [...fetchUrls, ...pushUrls].includes(wanted));
    if (named !== undefined) return [named.name];
    throw new ToolError('bad-input', `There is no remote ${request.remote}.`, {
      next: 'See those there are with: git remote',
    });
  }
  const known = told.filter((name) => names.includes(name));
  if (known.length > 0) return [...new Set(known)];
  const usual = await defaultRemote(repo, await currentBranch(repo.git));
  if (usual !== undefined) return [usual];
  throw new ToolError('no-remote', 'There is no remote to synchronise with.', {
    next: 'Name one with: countersign sync <remote>',
  });
}

type Arrived = Pick<RemoteSync, 'records' | 'signOffs' | 'removed'>;

/** Fetches from one remote and takes in what came. @throws ToolError `network`, `timeout` */
async function receive(repo: Repository, remote: string, options: TransferOptions): Promise<Arrived> {
  const before = await resolveRef(repo.git, keptRef(remote, signOffsRef));
  try {
    const specs = ['refs/notes/countersign*', `${signedHeadsPrefix}/*`, `${requestsPrefix}/*`].map(
      (ref) => `+${ref}:${keptRef(remote, ref)}`,
    );
    for (let attempt = 1; attempt < mostFetches; attempt++) {
      if ((await fetchRefs(repo.git, remote, specs, options)).kind === 'fetched') break;
      // Another program of this clone fetches, too.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100 * attempt));
    }
    await forgetClosedRequests(repo, remote, options);
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'network') throw error;
    throw new ToolError('network', `${remote} could not be reached, or refused; nothing was changed.`, {
      cause: error.cause,
      next: `Try again with: countersign sync ${remote}`,
    });
  }
  const after = await resolveRef(repo.git, keptRef(remote, signOffsRef));
  const removed = before === undefined || after === undefined ? [] : await removedEvents(repo, before, after);
  const records = await takeIn(repo, recordsRef, keptRef(remote, recordsRef));
  const signOffs = await takeIn(repo, signOffsRef, keptRef(remote, signOffsRef));
  // Commits that build on what came in are to be looked at.
  if (records + signOffs > 0) repo.ledger.markActive();
  return { records, signOffs, removed };
}

/** A request that its remote no longer has was answered or taken back. */
async function forgetClosedRequests(repo: Repository, remote: string, options: TransferOptions): Promise<void> {
  const kept = await listRefs(repo.git, keptRef(remote, requestsPrefix));
  if (kept.length === 0) return;
  const listed = await listRemoteRefs(repo.git, remote, [`${requestsPrefix}/*`], options);
  const open = new Set(listed.map(({ name }) => keptRef(remote, name)));
  for (const { name, oid } of kept) if (!open.has(name)) await deleteRef(repo.git, name, oid);
}

/**
 * Adds every line of fetched notes to this clone's. A line that is here is never lost by it, even where the remote's
 * notes were made on top of ours and lack it. @returns how many notes are different now
 */
async function takeIn(repo: Repository, ref: string, from: string): Promise<number> {
  const tip = await resolveRef(repo.git, from);
  if (tip === undefined) return 0;
  const read = await readCommit(repo.objects, tip);
  const { time: seconds, zone } = read.kind === 'found' ? read.commit.committer : { time: 0, zone: '+0000' };
  const options = { message: 'Notes merged by countersign\n', time: { seconds, zone }, reader: repo.objects };
  const ours = await readNotes(repo.git, ref);
  if (ours.tip === tip) return 0;
  const theirs = await readNotes(repo.git, tip);
  if (ours.tip === undefined) {
    await mergeNotes(repo.git, ref, tip, options);
    return theirs.notes.size;
  }
  const updates = new Map<Sha, NoteUpdate>();
  for (const [id, blob] of theirs.notes) {
    const others = theirs.others.get(id) ?? [];
    if (ours.notes.get(id) === blob && others.length === 0) continue;
    const reads = await Promise.all([blob, ...others].map((oid) => repo.objects.read(oid)));
    const lines = unionOfLines(reads.flatMap((each) => (each.kind === 'found' ? [each.data] : [])));
    const known = ours.notes.get(id);
    const current = known === undefined ? undefined : await repo.objects.read(known);
    const text = current?.kind === 'found' ? current.data.toString('latin1') : '';
    if (removedLines(lines.toString('latin1'), text).length === 0) continue;
    updates.set(id, ({ data }) => unionOfLines(data === undefined ? [lines] : [data, lines]));
  }
  if (updates.size > 0) await writeNotes(repo.git, ref, updates, options);
  return updates.size;
}

/** Builds the records of commits that were made here unseen by hooks, and that the remote has by now. */
async function ensureRecordsAt(repo: Repository, remote: string): Promise<void> {
  const records = recordsOf(repo);
  const lacking = await ownWithoutRecord(repo, records);
  if (lacking.length === 0) return;
  const has = await commitsAt(repo, remote);
  await ensureRecords(
    repo,
    records,
    lacking.filter((sha) => has.has(sha)),
  );
}

/** All commits that the remote's branches were seen to hold. */
async function commitsAt(repo: Repository, remote: string): Promise<ReadonlySet<Sha>> {
  const tips = (await listRefs(repo.git, `refs/remotes/${remote}`)).map(({ peeled }) => peeled);
  const listed = await listCommits(repo.git, { include: [...new Set(tips)], missing: 'ignore' });
  return new Set(listed.map(({ sha }) => sha));
}

/** Commits whose records the remote lacks though it has them, those of the range, and signed heads that it has. */
async function toPublish(
  repo: Repository,
  remote: string,
  range: readonly Sha[],
): Promise<{ readonly commits: readonly Sha[]; readonly signedHeads: readonly Sha[] }> {
  const [own, theirs, signed] = await Promise.all(
    [recordsRef, keptRef(remote, recordsRef), signOffsRef].map(async (ref) => {
      const tip = await resolveRef(repo.git, ref);
      return noteIndex(repo, tip === undefined ? [] : [tip]);
    }),
  );
  const lacking = [
    ...[...(own ?? [])].filter(([id, blobs]) => !sameBlobs(blobs, theirs?.get(id))).map(([id]) => id),
    ...(await mirrorsLacking(repo, remote)),
  ];
  const heads = [...(signed?.keys() ?? [])];
  if (lacking.length + heads.length === 0) return { commits: range, signedHeads: [] };
  const has = await commitsAt(repo, remote);
  return {
    commits: [...new Set([...range, ...lacking.filter((id) => has.has(id))])],
    signedHeads: heads.filter((id) => has.has(id)),
  };
}

/** Commits whose note in git-ai's format the remote is not known to have, where those are to be published. */
async function mirrorsLacking(repo: Repository, remote: string): Promise<readonly Sha[]> {
  if ((await getConfig(repo.git, 'countersign.gitAi')) !== 'publish') return [];
  const [own, theirs] = await Promise.all(
    [gitAiRef, keptRef(remote, gitAiRef)].map(async (ref) => (await readNotes(repo.git, ref)).notes),
  );
  return [...(own ?? [])].filter(([id, blob]) => theirs?.get(id) !== blob).map(([id]) => id);
}

function sameBlobs(a: readonly Sha[], b: readonly Sha[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((blob) => b.includes(blob));
}
