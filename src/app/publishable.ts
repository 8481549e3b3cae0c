import type { Sha } from '../core/brand';
import { isOurMirror } from '../core/gitAi/formatGitAiNote';
import { gitAiRef } from '../core/gitAi/gitAiNote';
import { parseEventLog } from '../core/signOff/eventLog';
import type { SignOffStatement } from '../core/signOff/statement';
import { decodeStatement } from '../core/signOff/statementCodec';
import { textIdOf } from '../core/text/textId';
import { readCommit } from '../git/commit';
import { getConfig } from '../git/config';
import type { CommitTime } from '../git/identity';
import { type NoteUpdate, readNotes, unionOfLines } from '../git/notes';
import { listRefs } from '../git/refs';
import { CarriedSignOffs } from './carriedSignOffs';
import { signOffsRef } from './gate/gatherEvents';
import { noteIndex } from './noteIndex';
import { notesTips, RecordBook, recordsRef, remoteNotesPrefix } from './recordBook';
import type { Repository } from './repository';

/** What may leave this clone. */
export interface Selection {
  /** Commits that the remote has or is about to get: nothing is said of any other. */
  readonly commits: readonly Sha[];
  /** `about-commits`: those of a range that has some of `commits` or was carried to them; `all`: also each made here. */
  readonly signOffs: 'about-commits' | 'all' | 'none';
  /** Further signed heads that the remote has, or is about to get. */
  readonly signedHeads?: readonly Sha[] | undefined;
  /** Whose notes do not count as known from elsewhere. */
  readonly remoteName?: string | undefined;
}

/** Notes to add to a remote's, and what goes along with them. */
export interface Publishable {
  /** By full name of the notes ref on the remote. */
  readonly notes: ReadonlyMap<string, ReadonlyMap<Sha, NoteUpdate>>;
  /** Signed heads that are here. */
  readonly heads: readonly Sha[];
  /** Of the newest commit or event that is told of: what is published holds no other clock time. */
  readonly time: CommitTime;
}

/** Selects notes of this clone; each update only adds lines to what the remote has. */
export async function selectPublishable(repo: Repository, selection: Selection): Promise<Publishable> {
  const notes = new Map<string, Map<Sha, NoteUpdate>>();
  const records = await recordLinesOf(repo, selection.commits);
  if (records.size > 0) notes.set(recordsRef, adding(records));
  const mirrors = await mirrorsOf(repo, selection.commits);
  if (mirrors.size > 0) notes.set(gitAiRef, mirrors);
  const signOffs = await signOffLinesOf(repo, selection);
  if (signOffs.lines.size > 0) notes.set(signOffsRef, adding(signOffs.lines));

  const heads: Sha[] = [];
  let time: CommitTime = { seconds: signOffs.newest, zone: '+0000' };
  for (const sha of new Set([...records.keys(), ...signOffs.lines.keys()])) {
    const read = await readCommit(repo.objects, sha);
    if (read.kind !== 'found') continue;
    if (signOffs.lines.has(sha)) heads.push(sha);
    const { committer } = read.commit;
    if (committer.time >= time.seconds) time = { seconds: committer.time, zone: committer.zone };
  }
  return { notes, heads, time };
}

function adding(lines: ReadonlyMap<Sha, Buffer>): Map<Sha, NoteUpdate> {
  return new Map([...lines].map(([id, text]) => [id, ({ data }) => withLines(data, text)]));
}

/** A note with the lines of another one added; `keep` when it has them all, whatever their order. */
function withLines(current: Buffer | undefined, lines: Buffer): Buffer | 'keep' {
  if (current === undefined) return unionOfLines([lines]);
  const united = unionOfLines([current, lines]);
  return united.equals(unionOfLines([current])) ? 'keep' : united;
}

/** The lines that are records of these very commits: a note that git copied on a rewrite holds others, too. */
async function recordLinesOf(repo: Repository, commits: readonly Sha[]): Promise<ReadonlyMap<Sha, Buffer>> {
  const book = new RecordBook(repo);
  const index = await book.index();
  const found = new Map<Sha, Buffer>();
  for (const commit of new Set(commits)) {
    const blobs = index.get(commit);
    if (blobs === undefined) continue;
    const own = new Set((await book.recordsOf(commit)).map(({ id }) => id));
    if (own.size === 0) continue;
    const texts = (await readAll(repo, blobs)).map((data) => data.toString('utf8'));
    const lines = texts
      .flatMap((text) => text.split('\n'))
      .filter((line) => own.has(textIdOf(`${line}\n`, repo.git.objectFormat)));
    if (lines.length > 0) found.set(commit, Buffer.from(`${lines.join('\n')}\n`, 'utf8'));
  }
  return found;
}

/** Our notes in git-ai's format, where the person wants them published; git-ai's own are git-ai's to push. */
async function mirrorsOf(repo: Repository, commits: readonly Sha[]): Promise<Map<Sha, NoteUpdate>> {
  const updates = new Map<Sha, NoteUpdate>();
  if ((await getConfig(repo.git, 'countersign.gitAi')) !== 'publish') return updates;
  const { notes } = await readNotes(repo.git, gitAiRef);
  for (const commit of new Set(commits)) {
    const blob = notes.get(commit);
    const read = blob === undefined ? undefined : await repo.objects.read(blob);
    if (read?.kind !== 'found' || !isOurMirror(read.data.toString('utf8'))) continue;
    const own = read.data;
    updates.set(commit, ({ data }) => {
      if (data === undefined) return own;
      return isOurMirror(data.toString('utf8')) && !data.equals(own) ? own : 'keep';
    });
  }
  return updates;
}

interface SelectedSignOffs {
  readonly lines: ReadonlyMap<Sha, Buffer>;
  /** Seconds since 1970 of the newest event; 0 where there is none. */
  readonly newest: number;
}

async function signOffLinesOf(repo: Repository, selection: Selection): Promise<SelectedSignOffs> {
  const lines = new Map<Sha, Buffer>();
  if (selection.signOffs === 'none') return { lines, newest: 0 };
  const pushed = new Set([...selection.commits, ...(selection.signedHeads ?? [])]);
  const carried = new CarriedSignOffs(repo, selection.commits);
  const madeHere = selection.signOffs === 'all' ? await linesFromHere(repo, selection.remoteName) : () => undefined;
  let newest = 0;
  for (const [head, blobs] of await noteIndex(repo, await notesTips(repo, signOffsRef))) {
    const all = unionOfLines(await readAll(repo, blobs));
    // The whole note goes, since what takes an event back stands beside it.
    const chosen = (await isAbout(head, all, pushed, carried)) ? all : await madeHere(head);
    if (chosen === undefined || chosen.length === 0) continue;
    lines.set(head, chosen);
    for (const { created } of statementsIn(chosen)) newest = Math.max(newest, Math.floor(created / 1000));
  }
  return { lines, newest };
}

async function isAbout(head: Sha, note: Buffer, pushed: ReadonlySet<Sha>, carried: CarriedSignOffs): Promise<boolean> {
  if (pushed.has(head)) return true;
  const statements = statementsIn(note);
  if (statements.some(({ commits }) => commits.some((sha) => pushed.has(sha)))) return true;
  for (const statement of statements) if (await carried.includes(statement)) return true;
  return false;
}

function statementsIn(note: Buffer): readonly SignOffStatement[] {
  return parseEventLog(note.toString('utf8')).events.flatMap(({ envelope }) => {
    const decoded = decodeStatement(envelope.payload);
    return decoded.kind === 'decoded' ? [decoded.value] : [];
  });
}

/** Lines of this clone's own notes that no other remote gave us: what one remote told is not for the next one. */
async function linesFromHere(
  repo: Repository,
  remoteName: string | undefined,
): Promise<(head: Sha) => Promise<Buffer | undefined>> {
  const own = (await readNotes(repo.git, signOffsRef)).notes;
  const name = signOffsRef.slice('refs/'.length);
  const mine = remoteName === undefined ? undefined : `${remoteNotesPrefix}/${remoteName}/${name}`;
  const fetched = (await listRefs(repo.git, remoteNotesPrefix)).filter(
    (ref) => ref.name.endsWith(`/${name}`) && ref.name !== mine,
  );
  const elsewhere = await noteIndex(
    repo,
    fetched.map(({ oid }) => oid),
  );
  return async (head) => {
    const blob = own.get(head);
    if (blob === undefined) return undefined;
    const known = new Set(
      unionOfLines(await readAll(repo, elsewhere.get(head) ?? []))
        .toString('latin1')
        .split('\n'),
    );
    const lines = unionOfLines(await readAll(repo, [blob]))
      .toString('latin1')
      .split('\n');
    return unionOfLines([Buffer.from(lines.filter((line) => !known.has(line)).join('\n'), 'latin1')]);
  };
}

async function readAll(repo: Repository, blobs: readonly Sha[]): Promise<readonly Buffer[]> {
  const reads = await Promise.all(blobs.map((blob) => repo.objects.read(blob)));
  return reads.flatMap((read) => (read.kind === 'found' ? [read.data] : []));
}
