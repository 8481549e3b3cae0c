import { isSha, type RepoPath, type Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { Conversation } from './conversation';
import type { Git } from './git';
import { bytesOfRepoPath, quoteBytes } from './repoPath';

/** Tells what git would store for files on disk, through one process for all of them. Must be disposed. */
export class FilteredBlobs {
  readonly #conversation: Conversation;

  constructor(git: Git) {
    this.#conversation = new Conversation(git, ['hash-object', '--stdin-paths']);
  }

  /** The id of the blob of the file at `path` as it lies on disk, filters applied; nothing where it cannot be read. */
  async of(path: RepoPath): Promise<Sha | undefined> {
    try {
      const oid = (await this.#conversation.ask(`${quoteBytes(bytesOfRepoPath(path))}\n`, '\n')).toString('latin1');
      return isSha(oid) ? oid : undefined;
    } catch (error) {
      if (error instanceof ToolError && error.code === 'git-failed') return undefined;
      throw error;
    }
  }

  /** Ends the process. May be called twice. */
  dispose(): void {
    this.#conversation.dispose();
  }
}
