import { isSha, type RepoPath, type Sha } from '../core/brand';
import { type ForeignChange, foreignRecord, type Said, saidByGitAi } from '../core/foreign/foreignRecord';
import { sessionOfCommit } from '../core/foreign/recogniseAgents';
import { gitAiRef } from '../core/gitAi/gitAiNote';
import { parseGitAiNote } from '../core/gitAi/parseGitAiNote';
import type { Session } from '../core/origin';
import type { CommitRecord } from '../core/record/record';
import { type Commit, readCommit, readCommits } from '../git/commit';
import { diffTreePairs, type FileChange, type TreePair } from '../git/diff';
import { listRefs } from '../git/refs';
import { isQuotedRepoPath } from '../git/repoPath';
import { type NoteIndex, noteIndex } from './noteIndex';
import type { Repository } from './repository';

/** Where git-ai keeps what it fetched: `refs/notes/ai-remote/<remote>`. */
const gitAiRemotes = 'refs/notes/ai-remote';

/** How many commits are compared by one process, which bounds what is in memory at once. */
const batch = 50;

/** A note of git-ai's of more bytes than this is not read. */
export const mostNote = 16 * 1024 * 1024;

const submodule = '160000';

/** The tips of git-ai's notes in this clone: its own first. */
export async function gitAiTips(repo: Repository): Promise<readonly Sha[]> {
  const refs = await listRefs(repo.git, gitAiRef, gitAiRemotes);
  return [
    ...new Set(
      [...refs].sort((a, b) => Number(b.name === gitAiRef) - Number(a.name === gitAiRef)).map(({ oid }) => oid),
    ),
  ];
}

/**
 * What others say of commits that have no record of ours: git-ai's notes, then trailers and identities. Nothing of it is
 * ever taken as measured, and nothing is kept beyond this object.
 */
export class ForeignRecords {
  readonly #repo: Repository;
  readonly #tips: () => Promise<readonly Sha[]>;
  #notes: Promise<NoteIndex> | undefined;
  readonly #known = new Map<Sha, Promise<CommitRecord | undefined>>();

  /** `tips` are those of the notes to go by; this clone's when absent. */
  constructor(repo: Repository, tips: () => Promise<readonly Sha[]> = () => gitAiTips(repo)) {
    this.#repo = repo;
    this.#tips = tips;
  }

  /** What is said of a commit, as the record it would make; nothing where nobody says anything. */
  async recordOf(commit: Sha): Promise<CommitRecord | undefined> {
    await this.load([commit]);
    return this.#known.get(commit);
  }

  /** Forgets what was found of commits. */
  forget(commits: Iterable<Sha>): void {
    for (const commit of commits) this.#known.delete(commit);
  }

  /** Looks at many commits with few processes; those that were looked at before are left. */
  async load(commits: readonly Sha[]): Promise<void> {
    const fresh = [...new Set(commits)].filter((commit) => !this.#known.has(commit));
    const loads: Promise<unknown>[] = [];
    for (let from = 0; from < fresh.length; from += batch) {
      const some = fresh.slice(from, from + batch);
      const loaded = this.#load(some);
      for (const commit of some)
        this.#known.set(
          commit,
          loaded.then((records) => records.get(commit)),
        );
      loads.push(loaded);
    }
    await Promise.all(loads);
  }

  async #load(commits: readonly Sha[]): Promise<ReadonlyMap<Sha, CommitRecord>> {
    const reads = await readCommits(this.#repo.objects, commits);
    // Asked together, they travel together.
    const told = await Promise.all(
      reads.map(async (read, index): Promise<readonly Told[]> => {
        const sha = commits[index];
        if (sha === undefined || read.kind !== 'found') return [];
        const said = await this.#saidInNote(sha, read.commit);
        const whole = read.commit.parents.length > 1 ? undefined : sessionOfCommit(read.commit);
        return said === undefined && whole === undefined ? [] : [{ sha, commit: read.commit, said, whole }];
      }),
    );
    return recordsOf(this.#repo, told.flat());
  }

  async #saidInNote(sha: Sha, { parents }: Commit): Promise<Said | undefined> {
    this.#notes ??= this.#tips().then((tips) => noteIndex(this.#repo, tips));
    for (const blob of (await this.#notes).get(sha) ?? []) {
      const info = await this.#repo.objects.info(blob);
      if (info.kind !== 'found' || info.size > mostNote) continue;
      const read = await this.#repo.objects.read(blob);
      if (read.kind !== 'found') continue;
      const note = parseGitAiNote(read.data.toString('utf8'));
      if (note.metadata === undefined || note.files.size === 0) continue;
      // Copied from another commit by a rewrite, its line numbers are that one's.
      const base = note.metadata.baseCommit;
      const isCopy = isSha(base) && base !== sha && !parents.includes(base);
      if (!isCopy || (await this.#repo.objects.info(base)).kind !== 'found') return saidByGitAi(note);
    }
    return undefined;
  }
}

interface Told {
  readonly sha: Sha;
  readonly commit: Commit;
  readonly said: Said | undefined;
  readonly whole: Session | undefined;
}

async function recordsOf(repo: Repository, told: readonly Told[]): Promise<ReadonlyMap<Sha, CommitRecord>> {
  const changes = await changesIn(
    repo,
    told.map(({ sha }) => sha),
  );
  const none: Said = () => [];
  const records = new Map<Sha, CommitRecord>();
  for (const { sha, commit, said = none, whole } of told) {
    const own = changes.get(sha);
    if (own === undefined) continue;
    records.set(sha, foreignRecord(commit.parents.length > 1 ? onlySaid(own, said) : own, said, whole));
  }
  return records;
}

/** What commits change against their first parent, by one process; without those that cannot be told. */
export async function changesIn(
  repo: Repository,
  commits: readonly Sha[],
): Promise<ReadonlyMap<Sha, readonly ForeignChange[]>> {
  const reads = await readCommits(repo.objects, commits);
  const trees = await Promise.all(
    reads.map((read) => (read.kind === 'found' ? treesOf(repo, read.commit) : undefined)),
  );
  const compared = commits.filter((_, index) => trees[index] !== undefined);
  const pairs = trees.filter((pair) => pair !== undefined);
  const diffs = await diffTreePairs(repo.git, pairs, { reader: repo.objects });
  return new Map(compared.map((sha, index) => [sha, changesOf(diffs[index] ?? [])]));
}

/** A commit's tree and its parent's; nothing where history is cut off between them. */
async function treesOf(repo: Repository, { tree, parents }: Commit): Promise<TreePair | undefined> {
  const [parent] = parents;
  if (parent === undefined) return { from: undefined, to: tree };
  const read = await readCommit(repo.objects, parent);
  return read.kind === 'found' ? { from: read.commit.tree, to: tree } : undefined;
}

/** What a commit's own diff adds and removes, without submodules. */
function changesOf(diff: readonly FileChange[]): readonly ForeignChange[] {
  return diff
    .filter(({ newMode, oldMode }) => newMode !== submodule && oldMode !== submodule)
    .map(({ path, newOid, hunks }) => ({
      path,
      blob: newOid,
      isGitQuoted: isQuotedRepoPath(path),
      added: hunks.flatMap(({ newStart, newCount }) =>
        Array.from({ length: newCount }, (_, index) => newStart + index),
      ),
      removed: hunks.reduce((sum, { oldCount }) => sum + oldCount, 0),
    }));
}

/** Of a merge only what somebody names is its own: the rest its parents' commits answer for. */
function onlySaid(changes: readonly ForeignChange[], said: Said): readonly ForeignChange[] {
  return changes.map((change) => {
    const ranges = said(change.path as RepoPath).flatMap((each) => each.ranges);
    const added = change.added.filter((line) => ranges.some(({ from, to }) => from <= line && line <= to));
    return { ...change, added, removed: 0 };
  });
}
