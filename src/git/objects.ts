import { createHash } from 'node:crypto';
import { isSha, type Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import type { Git } from './git';
import type { ObjectType } from './objectReader';
import { formatPack, type NewObject } from './packFile';
import { formatTree, type TreeEntry } from './treeObject';

/** The id that git gives to an object of this content. */
export function oidOf(objectFormat: 'sha1' | 'sha256', type: ObjectType, data: Buffer): Sha {
  return createHash(objectFormat).update(`${type} ${data.length}\0`).update(data).digest('hex') as Sha;
}

/**
 * Stores objects with one process, however many they are, and gives their ids in order. Nothing refers to them yet.
 *
 * @throws ToolError `git-failed`, as when the repository is not writable
 */
export async function writeObjects(git: Git, objects: readonly NewObject[]): Promise<readonly Sha[]> {
  if (objects.length === 0) return [];
  const oids = objects.map(({ type, data }) => oidOf(git.objectFormat, type, data));
  const different = [...new Map(objects.map((object, index) => [oids[index], object])).values()];
  const stdin = formatPack(different, git.objectFormat);
  // As git does on receiving: a few become files of their own, many stay a pack.
  if (different.length < unpackLimit) await git.run(['unpack-objects', '-q'], { stdin });
  else await git.run(['index-pack', '--stdin', '--fix-thin'], { stdin });
  return oids;
}

/** Stores a blob and gives its id; no filter touches the bytes. @throws as `writeObjects` */
export async function writeBlob(git: Git, data: Buffer): Promise<Sha> {
  return shaOf(await git.text(['hash-object', '-w', '--no-filters', '--stdin'], { stdin: data }));
}

/** Stores the blob that git would store for a file at `path` with these bytes on disk, filters applied, and gives its id. @throws as `writeObjects` */
export async function storeFiltered(git: Git, path: string, data: Buffer): Promise<Sha> {
  return shaOf(await git.text(['hash-object', '-w', '--stdin', `--path=${path}`], { stdin: data }));
}

/** The bytes that git would put on disk at `path` for a blob, filters applied. @throws ToolError `git-failed` */
export async function readSmudged(git: Git, path: string, blob: Sha): Promise<Buffer> {
  return (await git.run(['cat-file', '--filters', `--path=${path}`, '--end-of-options', blob])).stdout;
}

/** Stores a tree and gives its id. @throws as `writeObjects` */
export async function writeTree(git: Git, entries: Iterable<TreeEntry>): Promise<Sha> {
  const [oid] = await writeObjects(git, [{ type: 'tree', data: formatTree(entries) }]);
  return shaOf(oid);
}

/**
 * Stores the index, or `indexFile` in its place, as a tree and gives its id; `undefined` when paths are unmerged.
 *
 * @throws ToolError `git-failed`
 */
export async function writeTreeOfIndex(
  git: Git,
  options: { readonly indexFile?: string } = {},
): Promise<Sha | undefined> {
  const env = options.indexFile === undefined ? undefined : { GIT_INDEX_FILE: options.indexFile };
  const result = await git.run(['write-tree'], { env, expect: [0, 128] });
  if (result.code === 0) return shaOf(result.stdout.toString('latin1').trim());
  if (/not able to write tree|unmerged|error building trees/i.test(result.stderr)) return undefined;
  throw new ToolError('git-failed', 'The index cannot be written as a tree.', { cause: new Error(result.stderr) });
}

/** Git's default for `fetch.unpackLimit`. */
const unpackLimit = 100;

function shaOf(value: string | undefined): Sha {
  if (!isSha(value)) throw new ToolError('git-failed', 'git gave no object id.');
  return value;
}
