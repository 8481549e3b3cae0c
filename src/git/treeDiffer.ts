import { randomBytes } from 'node:crypto';
import type { Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { Conversation } from './conversation';
import { type FileChange, parsePair, type TreePair, treePairArguments, treePairLine } from './diff';
import type { Git } from './git';
import type { ObjectReader } from './objectReader';

/** So many differences are kept, for who asks again for one of a moment ago. */
const mostKept = 8;

/**
 * Compares trees, one pair after the other, through one `git diff-tree --stdin` process that is started with the first:
 * for whoever goes from commit to commit. The differences are those of `diffTrees` without options.
 *
 * Must be disposed: the process keeps the program alive.
 */
export class TreeDiffer {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #conversation: Conversation;
  readonly #kept = new Map<string, Promise<readonly FileChange[]>>();

  constructor(git: Git, reader: ObjectReader) {
    this.#git = git;
    this.#reader = reader;
    this.#conversation = new Conversation(git, treePairArguments());
  }

  /**
   * The differences between two commits or trees, by id; `from` `undefined` is the empty tree.
   *
   * @throws ToolError `git-failed` when one is not here, `bad-input` when there is too much
   */
  diff(from: Sha | undefined, to: Sha): Promise<readonly FileChange[]> {
    const key = `${from ?? ''} ${to}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const found = this.#compare(from, to);
    this.#kept.set(key, found);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > mostKept) this.#kept.delete(oldest);
    found.catch(() => this.#kept.delete(key));
    return found;
  }

  /** Ends the process. May be called twice. */
  dispose(): void {
    this.#conversation.dispose();
  }

  async #compare(from: Sha | undefined, to: Sha): Promise<readonly FileChange[]> {
    const [old, own] = await Promise.all([from === undefined ? undefined : this.#treeOf(from), this.#treeOf(to)]);
    const pair: TreePair = { from: old, to: own };
    // Git answers a line that is no pair of ids with that line, after all before it; nobody can know what ours will be.
    const end = `end ${randomBytes(16).toString('hex')}\n`;
    const answer = await this.#conversation.ask(`${treePairLine(this.#git, pair)}\n${end}`, end);
    return parsePair(this.#git, pair, answer, { reader: this.#reader });
  }

  async #treeOf(name: Sha): Promise<Sha> {
    const info = await this.#reader.info(`${name}^{tree}`);
    if (info.kind === 'missing') throw new ToolError('git-failed', 'A tree that is to be compared is not here.');
    return info.oid;
  }
}
