import type { RepoPath, Sha } from '../../core/brand';
import { type DiffAttributes, parseDiffAttributes, saysOfDiff } from '../../core/gate/gitAttributes';
import { plainPath } from '../../core/quotedPath';
import { readFileText } from '../blobs';
import type { Repository } from '../repository';

/** Tells which files the attributes of one commit keep out of diffs, none without a commit; each folder is read once. */
export class HidingAttributes {
  readonly #repo: Repository;
  readonly #commit: Sha | undefined;
  readonly #folders = new Map<string, Promise<DiffAttributes>>();

  constructor(repo: Repository, commit: Sha | undefined) {
    this.#repo = repo;
    this.#commit = commit;
  }

  /** Whether git shows no text of the file in its diffs, by the attributes alone. */
  async hide(path: RepoPath): Promise<boolean> {
    const parts = plainPath(path).split('/');
    for (let depth = parts.length - 1; depth >= 0; depth--) {
      const says = saysOfDiff(await this.#at(parts.slice(0, depth)), parts.slice(depth).join('/'));
      if (says !== undefined) return says === 'hidden';
    }
    return false;
  }

  #at(folder: readonly string[]): Promise<DiffAttributes> {
    const name = [...folder, '.gitattributes'].join('/');
    const known = this.#folders.get(name) ?? this.#read(name, folder.length === 0);
    this.#folders.set(name, known);
    return known;
  }

  async #read(name: string, isTop: boolean): Promise<DiffAttributes> {
    const file =
      this.#commit === undefined ? undefined : await readFileText(this.#repo, this.#commit, name as RepoPath);
    return parseDiffAttributes(file?.text ?? '', isTop ? undefined : (await this.#at([])).macros);
  }
}
