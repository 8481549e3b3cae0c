import type { Sha } from '../../core/brand';
import { isBlank } from '../../core/text/lines';
import { decodeBytes } from '../../core/text/textId';
import { diffTrees } from '../../git/diff';
import type { Repository } from '../repository';

/** A change from one tree to another; `from` `undefined` is the empty tree. */
export interface Step {
  readonly from: Sha | undefined;
  readonly to: Sha;
}

/** What steps add and remove, as a set: which texts at which paths, and which contents of what is no text. */
export class ChangedLines {
  readonly #entries: ReadonlySet<string>;

  private constructor(entries: ReadonlySet<string>) {
    this.#entries = entries;
  }

  /** @throws ToolError `git-failed` where an object is not here */
  static async of(repo: Repository, steps: readonly Step[]): Promise<ChangedLines> {
    const entries = new Set<string>();
    for (const { from, to } of steps) {
      for (const change of await diffTrees(repo.git, from, to, { reader: repo.objects, renames: 'off' })) {
        const modes = [change.oldMode, change.newMode];
        if (change.binary || modes.some((mode) => mode !== undefined && !mode.startsWith('100'))) {
          entries.add(`=${change.newMode ?? ''} ${change.newOid ?? ''}\0${change.path}`);
          continue;
        }
        if (change.status !== 'A' && change.status !== 'D' && change.oldMode !== change.newMode) {
          entries.add(`=${change.newMode ?? ''}\0${change.path}`);
        }
        for (const { removed, added } of change.hunks) {
          for (const [sign, lines] of [
            ['-', removed],
            ['+', added],
          ] as const) {
            for (const text of lines.map(decodeBytes))
              if (!isBlank(text)) entries.add(`${sign}${text}\0${change.path}`);
          }
        }
      }
    }
    return new ChangedLines(entries);
  }

  /** Whether `other` has all of this. */
  isWithin(other: ChangedLines): boolean {
    for (const entry of this.#entries) if (!other.#entries.has(entry)) return false;
    return true;
  }
}
