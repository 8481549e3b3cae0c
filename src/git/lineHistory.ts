import type { RepoPath, Sha } from '../core/brand';
import { gitLineTexts } from '../core/text/gitLines';
import { type BlameLine, type BlameResult, blameFile } from './blame';
import { readCommit } from './commit';
import type { FileChange } from './diff';
import type { Git } from './git';
import type { ObjectReader } from './objectReader';
import { bytesOfRepoPath } from './repoPath';
import { shallowCommits } from './revList';
import type { TreeDiffer } from './treeDiffer';

/** So many questions are asked of `git blame`, which is the fastest for a few; who asks more gets no process for each. */
const fewQuestions = 4;

/** So far back history is walked; what is older is asked of `git blame`, which need not ask about each commit. */
const mostCommits = 2000;

/** Lines of the files that are kept, together. */
const mostKept = 1_000_000;

/** Most commits that are asked about together. */
const mostAhead = 64;

/** Where a line comes from. */
type Origin = Omit<BlameLine, 'finalLine'>;

/** Where the lines of a file come from at a commit, and by which commits on top of it they were changed, newest first. */
interface Walk {
  readonly lines: readonly Origin[];
  readonly changedBy: readonly { readonly commit: Sha; readonly parent: Sha }[];
}

/** What a commit changed. */
interface Changes {
  readonly byPath: ReadonlyMap<RepoPath, FileChange>;
  readonly takesAway: boolean;
}

/**
 * Finds for the lines of many files in many commits the commit that added each: the answers of {@link blameFile}, from the
 * differences between commits that are read once for all questions. What only git can tell (a rename, a merge that changed the
 * file) is left to `git blame`, from there on.
 */
export class LineHistory {
  readonly #git: Git;
  readonly #objects: ObjectReader;
  readonly #diffs: TreeDiffer;
  readonly #changes = new WeakMap<readonly FileChange[], Changes>();
  readonly #parents = new Map<Sha, Promise<readonly Sha[] | undefined>>();
  readonly #kept = new Map<string, readonly Origin[]>();
  #keptLines = 0;
  #questions = 0;
  #shallow: Promise<ReadonlySet<Sha>> | undefined;

  constructor(git: Git, objects: ObjectReader, diffs: TreeDiffer) {
    this.#git = git;
    this.#objects = objects;
    this.#diffs = diffs;
  }

  /** The lines of the file at `path` in a commit; those in `range` (1-based, inclusive), or all. @throws as `blameFile` */
  async linesAt(commit: Sha, path: RepoPath, range?: readonly [number, number]): Promise<BlameResult> {
    if (++this.#questions <= fewQuestions) {
      return blameFile(this.#git, commit, path, range === undefined ? {} : { lines: range });
    }
    const origins = await this.#originsAt(commit, path);
    if (origins === undefined) return { kind: 'no-path' };
    const [from, to] = range ?? [1, origins.length];
    const lines = origins.slice(from - 1, to).map((origin, index) => ({ ...origin, finalLine: from + index }));
    return { kind: 'found', lines };
  }

  async #originsAt(commit: Sha, path: RepoPath): Promise<readonly Origin[] | undefined> {
    const known = this.#kept.get(keyOf(commit, path));
    if (known !== undefined) return known;
    const walk = await this.#walk(commit, path);
    if (walk === undefined) return undefined;
    let { lines } = walk;
    for (const { commit: by, parent } of [...walk.changedBy].reverse())
      lines = await this.#changed(lines, by, parent, path);
    this.#keep(commit, path, lines);
    return lines;
  }

  #keep(commit: Sha, path: RepoPath, lines: readonly Origin[]): void {
    this.#kept.set(keyOf(commit, path), lines);
    this.#keptLines += lines.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptLines <= mostKept) break;
      this.#kept.delete(oldest);
      this.#keptLines -= length;
    }
  }

  /** Goes back from a commit to where everything is known of the file. */
  async #walk(commit: Sha, path: RepoPath): Promise<Walk | undefined> {
    const changedBy: { readonly commit: Sha; readonly parent: Sha }[] = [];
    let [at, blob] = [commit, await this.#blobAt(commit, path)];
    if (blob === undefined) return undefined;
    let ahead = 4;
    for (let walked = 0; walked < mostCommits; ) {
      const known = this.#kept.get(keyOf(at, path));
      if (known !== undefined) return { lines: known, changedBy };
      const chain = [at, ...(await this.#chain(at, ahead))];
      ahead = Math.min(mostAhead, 2 * ahead);
      if (chain.length === 1) {
        const next = await this.#beyond(at, path, blob);
        if (next === 'unclear') break;
        if (next === 'added') return { lines: await this.#allBy(at, path), changedBy };
        at = next;
        walked++;
        continue;
      }
      const blobs = await Promise.all(chain.map((each) => this.#blobAt(each, path)));
      let index = 0;
      while (blobs[index + 1] === blob && !this.#kept.has(keyOf(chain[index] as Sha, path))) index++;
      walked += Math.max(index, 1);
      at = chain[index] as Sha;
      const parent = chain[index + 1];
      if (parent === undefined || this.#kept.has(keyOf(at, path))) continue;
      const how = await this.#howChanged(at, parent, path);
      if (how === 'unclear') break;
      if (how === 'added') return { lines: await this.#allBy(at, path), changedBy };
      changedBy.push({ commit: at, parent });
      at = parent;
      blob = blobs[index + 1] as Sha;
    }
    const blame = await blameFile(this.#git, at, path);
    if (blame.kind === 'no-path') return undefined;
    this.#keep(at, path, blame.lines);
    return { lines: blame.lines, changedBy };
  }

  /** What comes before a commit that is not made on one other: the parent with the same file. */
  async #beyond(commit: Sha, path: RepoPath, blob: Sha): Promise<Sha | 'added' | 'unclear'> {
    const parents = await this.#parentsOf(commit);
    if (parents === undefined) return 'unclear';
    if (parents.length === 0) return 'added';
    const blobs = await Promise.all(parents.map((parent) => this.#blobAt(parent, path)));
    return parents[blobs.indexOf(blob)] ?? 'unclear';
  }

  /** The next ancestors of a commit, as long as each has one parent; at most `most`. */
  async #chain(commit: Sha, most: number): Promise<readonly Sha[]> {
    const chain: Sha[] = [];
    for (let at = commit; chain.length < most; ) {
      const parents = await this.#parentsOf(at);
      const [only] = parents ?? [];
      if (only === undefined || parents?.length !== 1) break;
      chain.push(only);
      at = only;
    }
    return chain;
  }

  /** Nothing where the commit cannot be read. */
  #parentsOf(commit: Sha): Promise<readonly Sha[] | undefined> {
    const known = this.#parents.get(commit);
    if (known !== undefined) return known;
    const read = this.#readParents(commit);
    this.#parents.set(commit, read);
    return read;
  }

  async #readParents(commit: Sha): Promise<readonly Sha[] | undefined> {
    this.#shallow ??= shallowCommits(this.#git);
    if ((await this.#shallow).has(commit)) return [];
    const read = await readCommit(this.#objects, commit);
    return read.kind === 'found' ? read.commit.parents : undefined;
  }

  async #blobAt(commit: Sha, path: RepoPath): Promise<Sha | undefined> {
    const info = await this.#objects.info(Buffer.concat([Buffer.from(`${commit}:`), bytesOfRepoPath(path)]));
    return info.kind === 'found' && info.type === 'blob' ? info.oid : undefined;
  }

  async #allBy(commit: Sha, path: RepoPath): Promise<readonly Origin[]> {
    const read = await this.#objects.readPath(commit, path);
    const texts = read.kind === 'found' ? gitLineTexts(read.data) : [];
    return texts.map((_, index) => ({ commit, origLine: index + 1, origPath: path }));
  }

  /** Where a commit took something away, a file that it brings may be that under another name. */
  async #howChanged(commit: Sha, parent: Sha, path: RepoPath): Promise<'added' | 'lines' | 'unclear'> {
    const { byPath, takesAway } = await this.#changesOf(commit, parent);
    const status = byPath.get(path)?.status;
    if (status === 'M') return 'lines';
    return status === 'A' && !takesAway ? 'added' : 'unclear';
  }

  async #changesOf(commit: Sha, parent: Sha): Promise<Changes> {
    const changes = await this.#diffs.diff(parent, commit);
    const known = this.#changes.get(changes);
    if (known !== undefined) return known;
    const found = {
      byPath: new Map(changes.map((change) => [change.path, change])),
      takesAway: changes.some(({ status }) => status === 'D' || status === 'R'),
    };
    this.#changes.set(changes, found);
    return found;
  }

  /** Where the lines come from after a commit that changed the file, given where they came from before it. */
  async #changed(before: readonly Origin[], commit: Sha, parent: Sha, path: RepoPath): Promise<readonly Origin[]> {
    const { byPath } = await this.#changesOf(commit, parent);
    const lines: Origin[] = [];
    let at = 0;
    for (const { oldStart, oldCount, newStart, newCount } of byPath.get(path)?.hunks ?? []) {
      const kept = oldCount > 0 ? oldStart - 1 : oldStart;
      for (; at < kept; at++) lines.push(before[at] as Origin);
      for (let line = 0; line < newCount; line++) lines.push({ commit, origLine: newStart + line, origPath: path });
      at = kept + oldCount;
    }
    for (; at < before.length; at++) lines.push(before[at] as Origin);
    return lines;
  }
}

function keyOf(commit: Sha, path: RepoPath): string {
  return `${commit}:${path}`;
}
