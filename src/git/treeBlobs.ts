import type { RepoPath, Sha } from '../core/brand';
import type { ObjectReader } from './objectReader';
import { repoPathOfBytes } from './repoPath';
import { parseTree, treeMode } from './treeObject';

/** A blob in a commit or tree. */
export interface BlobPlace {
  readonly commit: Sha;
  readonly path: RepoPath;
}

/** A folder's own blobs by id, with the names of each, and its folders. Names are bytes, as in {@link parseTree}. */
interface Folder {
  readonly blobs: ReadonlyMap<Sha, readonly string[]>;
  readonly folders: readonly { readonly name: string; readonly oid: Sha }[];
}

/** What was read so far: folders by id, and by each commit or tree that was asked about the folder that it is. */
interface Read {
  readonly folders: Map<Sha, Folder>;
  readonly asked: Map<Sha, Promise<Sha | undefined>>;
}

/** Of more folders than this all are forgotten before more are read. */
const mostFolders = 50_000;

/** Finds where blobs stand in commits and trees; a folder that several of them share is read once. */
export class TreeBlobs {
  readonly #objects: ObjectReader;
  readonly #objectFormat: 'sha1' | 'sha256';
  #read: Read = { folders: new Map(), asked: new Map() };

  constructor(objects: ObjectReader, objectFormat: 'sha1' | 'sha256') {
    this.#objects = objects;
    this.#objectFormat = objectFormat;
  }

  /**
   * The first place of a blob in commits or trees, in their order, at a path that is meant. What is not here holds nothing.
   *
   * @throws ToolError `git-failed`, `bad-input` for a damaged folder
   */
  async find(
    commits: readonly Sha[],
    blob: Sha,
    isMeant: (path: RepoPath) => boolean = () => true,
  ): Promise<BlobPlace | undefined> {
    if (this.#read.folders.size > mostFolders) this.#read = { folders: new Map(), asked: new Map() };
    const read = this.#read;
    const without = new Set<Sha>();
    for (const commit of commits) {
      const top = await this.#folderOf(read, commit);
      for (const bytes of top === undefined ? [] : pathsIn(read.folders, top, blob, '', without)) {
        const path = repoPathOfBytes(Buffer.from(bytes, 'latin1'));
        if (isMeant(path)) return { commit, path };
      }
    }
    return undefined;
  }

  /** Each is read once, however often it stands in others: few objects can make folders without end. */
  #folderOf(read: Read, treeish: Sha): Promise<Sha | undefined> {
    const known = read.asked.get(treeish);
    if (known !== undefined) return known;
    const folder = this.#readAll(read, `${treeish}^{tree}`);
    read.asked.set(treeish, folder);
    return folder;
  }

  /** Reads a folder and all below it that is not known yet. @returns its id */
  async #readAll(read: Read, name: string): Promise<Sha | undefined> {
    const found = await this.#objects.read(name);
    if (found.kind === 'missing' || found.type !== 'tree') return undefined;
    if (read.folders.has(found.oid)) return found.oid;
    const blobs = new Map<Sha, string[]>();
    const folders: { readonly name: string; readonly oid: Sha }[] = [];
    for (const entry of parseTree(found.data, this.#objectFormat)) {
      if (entry.mode === treeMode) folders.push(entry);
      else if (entry.mode !== submodule) blobs.set(entry.oid, [...(blobs.get(entry.oid) ?? []), entry.name]);
    }
    await Promise.all(folders.map(({ oid }) => this.#folderOf(read, oid)));
    read.folders.set(found.oid, { blobs, folders });
    return found.oid;
  }
}

const submodule = '160000';

/** The paths of a blob below a folder, as bytes; folders of `without`, which this fills, are known not to hold it. @returns whether there were any */
function* pathsIn(
  all: ReadonlyMap<Sha, Folder>,
  oid: Sha,
  blob: Sha,
  prefix: string,
  without: Set<Sha>,
): Generator<string, boolean> {
  const folder = all.get(oid);
  if (folder === undefined || without.has(oid)) return false;
  const own = folder.blobs.get(blob) ?? [];
  for (const name of own) yield prefix + name;
  let holds = own.length > 0;
  for (const each of folder.folders)
    holds = (yield* pathsIn(all, each.oid, blob, `${prefix}${each.name}/`, without)) || holds;
  if (!holds) without.add(oid);
  return holds;
}
