import type { Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import type { Git } from './git';
import type { ObjectReader } from './objectReader';
import { oidOf } from './objects';
import type { NewObject } from './packFile';
import { formatTree, parseTree, type TreeEntry, treeMode } from './treeObject';

/**
 * The tree of a notes ref, read as far as it is touched.
 *
 * The note of an object stands at the object's id in hex, with `/` after any number of first pairs of digits
 * (`abcdef`, `ab/cdef`, `ab/cd/ef`; git's notes.c). One id may have several spellings; what is written gets the one
 * with a single `/`. Entries that are no notes stay as they are.
 */
export class NotesTree {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #root: Folder;

  private constructor(git: Git, reader: ObjectReader, root: Folder) {
    this.#git = git;
    this.#reader = reader;
    this.#root = root;
  }

  /** The tree with this id, or one without entries. @throws ToolError `bad-input` when it is damaged or not here */
  static async open(git: Git, reader: ObjectReader, tree: Sha | undefined): Promise<NotesTree> {
    const root = tree === undefined ? { entries: new Map(), oid: undefined } : await readFolder(git, reader, tree);
    return new NotesTree(git, reader, root);
  }

  /** The blobs of the note about `id`: one for each spelling, the shortest path first; empty when there is none. */
  async find(id: Sha): Promise<readonly Sha[]> {
    return (await this.#spellings(id)).map(({ oid }) => oid);
  }

  /** Puts `blob` in place of every spelling of the note about `id`; `undefined` removes them. */
  async set(id: Sha, blob: Sha | undefined): Promise<void> {
    const spellings = await this.#spellings(id);
    const prefix = id.slice(0, 2);
    const isAsWanted = spellings.every(({ path, oid }) => blob === oid && path.length === 1 && path[0] === prefix);
    if (isAsWanted && spellings.length === (blob === undefined ? 0 : 1)) return;
    for (const { path, name } of spellings) (await this.#touch(path))?.entries.delete(name);
    if (blob === undefined) return;
    const folder = await this.#touch([prefix]);
    // A file that is no note stands where the folder would: only the flat spelling is left.
    if (folder === undefined) (await this.#touch([]))?.entries.set(id, { kind: 'stored', mode: fileMode, oid: blob });
    else folder.entries.set(id.slice(2), { kind: 'stored', mode: fileMode, oid: blob });
  }

  /** The id of the tree as it is now, and the tree objects to store for it. */
  build(): { readonly root: Sha; readonly objects: readonly NewObject[] } {
    const objects: NewObject[] = [];
    const root = buildFolder(this.#git, this.#root, objects) ?? addTree(this.#git, [], objects);
    return { root, objects };
  }

  async #spellings(id: Sha): Promise<readonly Spelling[]> {
    const found: Spelling[] = [];
    let folder: Folder | undefined = this.#root;
    const path: string[] = [];
    for (let rest: string = id; folder !== undefined && rest !== ''; rest = rest.slice(2)) {
      const item = folder.entries.get(rest);
      if (item?.kind === 'stored' && isFile(item.mode)) found.push({ path: [...path], name: rest, oid: item.oid });
      const next: string = rest.slice(0, 2);
      folder = await this.#open(folder, next);
      path.push(next);
    }
    return found;
  }

  async #open(folder: Folder, name: string): Promise<Folder | undefined> {
    const item = folder.entries.get(name);
    if (item?.kind === 'opened') return item.folder;
    if (item?.mode !== treeMode) return undefined;
    const opened = await readFolder(this.#git, this.#reader, item.oid);
    folder.entries.set(name, { kind: 'opened', folder: opened });
    return opened;
  }

  /** The folder at `path`, made when absent and marked as changed with all above it; `undefined` where a file stands. */
  async #touch(path: readonly string[]): Promise<Folder | undefined> {
    let folder = this.#root;
    folder.oid = undefined;
    for (const name of path) {
      let next = await this.#open(folder, name);
      if (next === undefined) {
        if (folder.entries.has(name)) return undefined;
        next = { entries: new Map(), oid: undefined };
        folder.entries.set(name, { kind: 'opened', folder: next });
      }
      next.oid = undefined;
      folder = next;
    }
    return folder;
  }
}

interface Spelling {
  readonly path: readonly string[];
  readonly name: string;
  readonly oid: Sha;
}

interface Folder {
  readonly entries: Map<string, Item>;
  /** As it is stored; `undefined` once something in it has changed. */
  oid: Sha | undefined;
}

type Item =
  | { readonly kind: 'stored'; readonly mode: string; readonly oid: Sha }
  | { readonly kind: 'opened'; readonly folder: Folder };

const fileMode = '100644';

function isFile(mode: string): boolean {
  return mode.startsWith('100');
}

async function readFolder(git: Git, reader: ObjectReader, oid: Sha): Promise<Folder> {
  const read = await reader.read(oid);
  if (read.kind === 'missing' || read.type !== 'tree')
    throw new ToolError('bad-input', 'A folder of notes is not here.');
  const entries = new Map<string, Item>();
  for (const { name, mode, oid: entryOid } of parseTree(read.data, git.objectFormat)) {
    entries.set(name, { kind: 'stored', mode, oid: entryOid });
  }
  return { entries, oid };
}

/** The id of the folder; `undefined` when nothing is left in it, since git stores no empty folders. */
function buildFolder(git: Git, folder: Folder, objects: NewObject[]): Sha | undefined {
  if (folder.oid !== undefined) return folder.oid;
  const entries: TreeEntry[] = [];
  for (const [name, item] of folder.entries) {
    if (item.kind === 'stored') {
      entries.push({ name, mode: item.mode, oid: item.oid });
      continue;
    }
    const oid = buildFolder(git, item.folder, objects);
    if (oid !== undefined) entries.push({ name, mode: treeMode, oid });
  }
  return entries.length === 0 ? undefined : addTree(git, entries, objects);
}

function addTree(git: Git, entries: readonly TreeEntry[], objects: NewObject[]): Sha {
  const data = formatTree(entries);
  objects.push({ type: 'tree', data });
  return oidOf(git.objectFormat, 'tree', data);
}
