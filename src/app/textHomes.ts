import type { RepoPath, Sha } from '../core/brand';
import type { TextId } from '../core/text/textId';
import { listFileCommits } from '../git/fileHistory';
import type { BlobSearch, Reach } from '../git/findBlob';
import type { BlobPlace } from '../git/treeBlobs';
import { readFileText } from './blobs';
import { commitsInHand } from './commitsInHand';
import type { RecordBook } from './recordBook';
import type { Repository } from './repository';

/** Where a clone may look for texts beyond the history that is asked about. */
export interface HomeSources {
  /** Commits that history left behind; text that stood in them may be based on them. */
  readonly left?: () => Promise<readonly { readonly commit: Sha }[]>;
  /** Whether texts are looked for in all branches. */
  readonly elsewhere?: boolean;
  /** Where a text was seen: one that is not git's own bytes is no blob that could be looked for. */
  readonly pathsOf?: (text: TextId) => readonly RepoPath[];
}

/** Where a text stands in history. */
export interface TextHome {
  readonly commit: Sha;
  readonly path: RepoPath;
  readonly text: string;
}

/** How many commits of a file are read for a text of its. */
const mostHistory = 50;

/** Under how many names it is looked for. */
const mostPaths = 8;

/** Finds commits that hold texts. */
export class TextHomes {
  readonly #repo: Repository;
  readonly #book: RecordBook;
  readonly #sources: HomeSources;

  constructor(repo: Repository, book: RecordBook, sources: HomeSources) {
    this.#repo = repo;
    this.#book = book;
    this.#sources = sources;
  }

  /**
   * A commit that holds a text of a file which had these names: one of `revs`, else one of the history of the first of them,
   * else one that git is bringing in, that history left behind, or of another branch.
   */
  async find(
    textId: TextId,
    names: readonly RepoPath[],
    revs: readonly Sha[],
    search: BlobSearch,
  ): Promise<TextHome | undefined> {
    const paths = [...new Set([...names, ...(this.#sources.pathsOf?.(textId) ?? [])])].slice(0, mostPaths);
    const among = async (commits: readonly Sha[]): Promise<TextHome | undefined> => {
      for (const commit of commits) {
        const home = await this.#firstThatHolds(
          paths.map((path) => ({ commit, path })),
          textId,
        );
        if (home !== undefined) return home;
      }
      return undefined;
    };
    const own = await among(revs);
    if (own !== undefined) return own;
    const twin = await this.#repo.treeBlobs.find(revs, textId);
    const copied = twin && (await this.#firstThatHolds([twin], textId));
    if (copied !== undefined) return copied;
    const history = revs.slice(0, 1);
    const read = async (): Promise<TextHome | undefined> => {
      for (const rev of history) return among(await listFileCommits(this.#repo.git, rev, paths, mostHistory));
      return undefined;
    };
    // What git has not stored as it is, as where it changes line ends, is found by reading alone.
    const isStored = (await this.#repo.objects.info(textId)).kind === 'found';
    const searched = async (reach: Reach): Promise<TextHome | undefined> => {
      if (!isStored) return undefined;
      const places = (await search.find(reach, textId)).filter(({ commit }) => !this.#book.isBuilding(commit));
      return this.#firstThatHolds(
        [true, false].flatMap((isNamed) => places.filter(({ path }) => paths.includes(path) === isNamed)),
        textId,
      );
    };
    const older = isStored ? await searched(history) : await read();
    if (older !== undefined) return older;
    const left = ((await this.#sources.left?.()) ?? []).map(({ commit }) => commit);
    return (
      (await among([...(await commitsInHand(this.#repo)), ...left])) ??
      (await searched(left)) ??
      (this.#sources.elsewhere === true ? await searched('all-branches') : undefined) ??
      // Older than is searched.
      (isStored ? read() : undefined)
    );
  }

  /** The first of these places at which the text stands. */
  async #firstThatHolds(places: readonly BlobPlace[], textId: TextId): Promise<TextHome | undefined> {
    for (const place of places) {
      const file = await readFileText(this.#repo, place.commit, place.path);
      if (file?.textId === textId) return { ...place, text: file.text };
    }
    return undefined;
  }
}
