import type { LineOrigin } from '../core/attribution/lineClass';
import type { RepoPath, Sha } from '../core/brand';
import { findOurTrailers } from '../core/message/trailers';
import { leastFavourableFirst } from '../core/origin';
import { decodeRecord } from '../core/record/decodeRecord';
import type { CommitRecord } from '../core/record/record';
import { recordLines } from '../core/record/recordReader';
import { type NamedRecord, type NoteContent, selectRecord } from '../core/record/selectRecord';
import { textIdOf } from '../core/text/textId';
import { readCommit } from '../git/commit';
import { listRefs, resolveRef } from '../git/refs';
import { blobIdAt } from './blobs';
import { ForeignRecords } from './foreignRecords';
import { type NoteIndex, noteIndex } from './noteIndex';
import type { Repository } from './repository';

/** Where this clone's records are. */
export const recordsRef = 'refs/notes/countersign';

/** Where other clones' records arrive: `refs/countersign/remotes/<remote>/notes/countersign`. */
export const remoteNotesPrefix = 'refs/countersign/remotes';

/** The tips of the local notes `ref` and of what was fetched of it from each remote; the local one first. */
export async function notesTips(repo: Repository, ref: string): Promise<readonly Sha[]> {
  const local = await resolveRef(repo.git, ref);
  const name = ref.slice('refs/'.length);
  const fetched = (await listRefs(repo.git, remoteNotesPrefix)).filter((item) => item.name.endsWith(`/${name}`));
  return [...new Set([...(local === undefined ? [] : [local]), ...fetched.map((item) => item.oid)])];
}

/** Which notes to go by instead of this clone's, as a server does that judges a push. */
export interface NotesToUse {
  readonly records: () => Promise<readonly Sha[]>;
  readonly gitAi: () => Promise<readonly Sha[]>;
}

/** The records of a repository's commits, read once and kept; `reload` after the notes have changed. */
export class RecordBook {
  readonly #repo: Repository;
  readonly #use: NotesToUse | undefined;
  readonly #foreign: ForeignRecords;
  #index: Promise<NoteIndex> | undefined;
  readonly #contents = new Map<Sha, Promise<NoteContent>>();
  /** By commit and path what {@link linesOf} said. */
  readonly #lines = new Map<Sha, Map<RepoPath, Promise<ReadonlyMap<number, LineOrigin>>>>();
  readonly #learnt = new Map<Sha, NamedRecord>();
  readonly #building = new Set<Sha>();
  readonly #missed = new Set<Sha>();

  constructor(repo: Repository, use?: NotesToUse) {
    this.#repo = repo;
    this.#use = use;
    this.#foreign = new ForeignRecords(repo, use?.gitAi);
  }

  /** Forgets what was read. */
  reload(): void {
    this.#index = undefined;
    this.#contents.clear();
    this.#lines.clear();
    this.#missed.clear();
  }

  /** Those of `commits` that are asked about here for the first time since `reload`: what they lack is looked for once. */
  firstMissed(commits: readonly Sha[]): readonly Sha[] {
    const first = commits.filter((commit) => !this.#missed.has(commit));
    for (const commit of first) this.#missed.add(commit);
    return first;
  }

  /** Forgets what was read of commits, whatever of it: for who goes through a long history once. */
  forget(commits: Iterable<Sha>): void {
    for (const commit of commits) {
      this.#contents.delete(commit);
      this.#lines.delete(commit);
      this.#foreign.forget([commit]);
    }
  }

  /** Takes in a record that was built and is not attached yet. */
  learn(commit: Sha, named: NamedRecord): void {
    this.#learnt.set(commit, named);
    this.#contents.delete(commit);
    this.#lines.delete(commit);
  }

  /**
   * Builds the record of a commit. Meanwhile it is not missed: what stands in later commits may lead back to it, and its
   * lines are not explained by themselves.
   */
  async building<T>(commit: Sha, build: () => Promise<T>): Promise<T> {
    this.#building.add(commit);
    try {
      return await build();
    } finally {
      this.#building.delete(commit);
    }
  }

  /** Whether the record of a commit is being built. */
  isBuilding(commit: Sha): boolean {
    return this.#building.has(commit);
  }

  /** Those of `commits` whose note holds no record of theirs, if they have one at all. */
  async without(commits: Iterable<Sha>): Promise<readonly Sha[]> {
    const unique = [...new Set(commits)].filter((commit) => !this.#building.has(commit));
    const contents = await Promise.all(unique.map((commit) => this.#ownOf(commit)));
    return unique.filter((_, index) => {
      const content = contents[index];
      return content?.kind === 'none' || (content?.kind === 'mismatch' && !content.newer);
    });
  }

  /** All notes; of the repository's notes refs as they were at the first call. */
  index(): Promise<NoteIndex> {
    this.#index ??= this.#readIndex();
    return this.#index;
  }

  async #readIndex(): Promise<NoteIndex> {
    return noteIndex(this.#repo, await (this.#use?.records() ?? notesTips(this.#repo, recordsRef)));
  }

  /** What the note of a commit amounts to; where it has none, what others say of the commit. */
  async contentOf(commit: Sha): Promise<NoteContent> {
    const own = await this.#ownOf(commit);
    if (own.kind !== 'none') return own;
    const record = await this.#foreign.recordOf(commit);
    return record === undefined ? own : { kind: 'foreign', record };
  }

  #ownOf(commit: Sha): Promise<NoteContent> {
    const known = this.#contents.get(commit);
    if (known !== undefined) return known;
    const content = this.#read(commit);
    this.#contents.set(commit, content);
    return content;
  }

  /** Looks for what others say of commits without a record, all together. */
  async prepare(commits: Iterable<Sha>): Promise<void> {
    await this.#foreign.load(await this.without(commits));
  }

  /** What others say of a commit, whether it has a record or not. */
  foreignOf(commit: Sha): Promise<CommitRecord | undefined> {
    return this.#foreign.recordOf(commit);
  }

  async #read(commit: Sha): Promise<NoteContent> {
    const repo = this.#repo;
    const learnt = this.#learnt.get(commit);
    if (learnt !== undefined) return { kind: 'records', records: [learnt] };
    const blobs = (await this.index()).get(commit) ?? [];
    if (blobs.length === 0) return { kind: 'none' };
    const reads = await Promise.all(blobs.map((blob) => repo.objects.read(blob)));
    const note = reads.map((read) => (read.kind === 'found' ? read.data.toString('utf8') : '')).join('\n');
    const paths = pathsIn(note);
    const ids = await Promise.all(paths.map((path) => blobIdAt(repo, commit, path as RepoPath)));
    const blobOf = new Map(paths.map((path, index) => [path, ids[index]]));
    const read = await readCommit(repo.objects, commit);
    const trailer = read.kind === 'found' ? findOurTrailers(read.commit.message).at(-1)?.record : undefined;
    const format = repo.git.objectFormat;
    return selectRecord(
      note,
      (path) => blobOf.get(path),
      (line) => textIdOf(line, format),
      trailer,
    );
  }

  /** The records that speak of a commit; more than one only where a union of notes could not be decided. */
  async recordsOf(commit: Sha): Promise<readonly NamedRecord[]> {
    const content = await this.#ownOf(commit);
    return content.kind === 'records' ? content.records : [];
  }

  /** The records that speak of a commit, else what others say of it. */
  async statementsOf(commit: Sha): Promise<readonly CommitRecord[]> {
    const content = await this.contentOf(commit);
    if (content.kind === 'foreign') return [content.record];
    return content.kind === 'records' ? content.records.map(({ record }) => record) : [];
  }

  /** What is said of the lines that a commit added to a file; where records disagree, the least favourable. */
  linesOf(commit: Sha, path: RepoPath): Promise<ReadonlyMap<number, LineOrigin>> {
    const paths = this.#lines.get(commit) ?? new Map<RepoPath, Promise<ReadonlyMap<number, LineOrigin>>>();
    this.#lines.set(commit, paths);
    const lines = paths.get(path) ?? this.#readLines(commit, path);
    paths.set(path, lines);
    return lines;
  }

  async #readLines(commit: Sha, path: RepoPath): Promise<ReadonlyMap<number, LineOrigin>> {
    const [first, ...others] = (await this.statementsOf(commit)).map((record) => recordLines(record, path));
    if (first === undefined || others.length === 0) return first ?? new Map();
    const lines = new Map(first);
    for (const other of others) {
      for (const [line, origin] of other) {
        const known = lines.get(line);
        if (known === undefined || rank(origin) < rank(known)) lines.set(line, origin);
      }
    }
    return lines;
  }
}

function rank(origin: LineOrigin): number {
  return leastFavourableFirst.indexOf(origin.class);
}

function pathsIn(note: string): readonly string[] {
  const paths = new Set<string>();
  for (const line of note.split('\n')) {
    const decoded = line === '' ? undefined : decodeRecord(line);
    if (decoded?.kind === 'record') for (const path of Object.keys(decoded.record.files ?? {})) paths.add(path);
  }
  return [...paths];
}
