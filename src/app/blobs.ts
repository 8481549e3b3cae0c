import type { RepoPath, Sha } from '../core/brand';
import { type TextId, textIdOf, textOfBytes } from '../core/text/textId';
import { bytesOfRepoPath } from '../git/repoPath';
import type { Repository } from './repository';

/** A file's content in a commit or tree. */
export interface FileText {
  readonly blob: Sha;
  readonly bytes: Buffer;
  /** Normalised. */
  readonly text: string;
  readonly textId: TextId;
}

/** The name of a path in a tree or commit, for the object reader. */
export function treePath(treeish: string, path: RepoPath): Buffer {
  return Buffer.concat([Buffer.from(`${treeish}:`), bytesOfRepoPath(path)]);
}

/** The file at `path` in `treeish`; nothing if there is none, or no plain file. */
export async function readFileText(repo: Repository, treeish: string, path: RepoPath): Promise<FileText | undefined> {
  return readBlobText(repo, treePath(treeish, path));
}

/** The text of a blob by its name; nothing if there is none. */
export async function readBlobText(repo: Repository, name: string | Buffer): Promise<FileText | undefined> {
  const read = await repo.objects.read(name);
  if (read.kind === 'missing' || read.type !== 'blob') return undefined;
  const text = textOfBytes(read.data);
  return { blob: read.oid, bytes: read.data, text, textId: textIdOf(text, repo.git.objectFormat) };
}

/** Id of the blob at `path` in `treeish`; nothing if there is none. */
export async function blobIdAt(repo: Repository, treeish: string, path: RepoPath): Promise<Sha | undefined> {
  const info = await repo.objects.info(treePath(treeish, path));
  return info.kind === 'found' && info.type === 'blob' ? info.oid : undefined;
}

/** The commit that a revision names, by the process that reads objects anyway; nothing where it names none. */
export async function commitId(repo: Repository, rev: string): Promise<Sha | undefined> {
  const info = await repo.objects.info(`${rev}^{commit}`);
  return info.kind === 'found' ? info.oid : undefined;
}
