import { type Attributed, sliceAttributed } from '../attribution/attributed';
import { rewriteText } from '../attribution/rewrite';
import { sourceBy } from '../attribution/rules';
import { pushRun, type Runs, sliceRuns } from '../attribution/runs';
import type { Run, Source } from '../attribution/source';

/** A piece of text that stood in the workspace, and when. */
interface Piece {
  readonly attributed: Attributed;
  /** The document it stood in: what it says of a committed text can be looked up there alone. */
  readonly owner: object;
  readonly reason: 'copied' | 'removed';
  readonly time: number;
}

/** Pieces with fewer characters than this, white space aside, are a coincidence when they stand elsewhere. */
const leastSolid = 8;
const mostPieces = 200;
const mostCharacters = 4_000_000;
/** Milliseconds in which text that stood in the workspace may be put down elsewhere. */
export const keptFor = 8 * 60 * 60 * 1000;

/**
 * What was copied, cut or removed in the last hours, by its text: pasted again in the workspace it carries its origins.
 * Bounded, in memory only.
 */
export class TextMemory {
  readonly #now: () => number;
  readonly #pieces = new Map<string, Piece>();
  #characters = 0;
  #copied = '';

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Keeps a piece, also a short one if it was copied on purpose. */
  remember(attributed: Attributed, reason: Piece['reason'], owner: object): void {
    const key = keyOf(attributed.text);
    if (key === '' || (reason === 'removed' && key.length < leastSolid)) return;
    const known = this.#pieces.get(key);
    if (known !== undefined) {
      this.#pieces.delete(key);
      this.#characters -= known.attributed.text.length;
    }
    this.#pieces.set(key, { attributed: { ...attributed, nicks: [], cuts: [] }, owner, reason, time: this.#now() });
    this.#characters += attributed.text.length;
    if (reason === 'copied') this.#copied = key;
    for (const [oldest, piece] of this.#pieces) {
      if (this.#pieces.size <= mostPieces && this.#characters <= mostCharacters) break;
      this.#pieces.delete(oldest);
      this.#characters -= piece.attributed.text.length;
    }
  }

  /** What left documents within so many milliseconds. */
  removedWithin(milliseconds: number): readonly Pick<Piece, 'attributed' | 'owner'>[] {
    const since = this.#now() - milliseconds;
    return [...this.#pieces.values()].filter(({ reason, time }) => reason === 'removed' && time >= since);
  }

  /** What was copied last in the workspace; nothing once that is forgotten. */
  copied(owner: object): Attributed | undefined {
    const piece = this.#fresh(this.#copied);
    return piece && { ...piece.attributed, runs: ownRuns(piece, piece.attributed.runs, owner) };
  }

  #fresh(key: string): Piece | undefined {
    const piece = this.#pieces.get(key);
    return piece !== undefined && this.#now() - piece.time <= keptFor ? piece : undefined;
  }

  /**
   * The runs of a text that stood in the workspace, or is one of the lines that were copied last, as they are put down one
   * at each cursor; the layout may differ, and what that adds is `source`'s. Nothing for a text that nobody remembers.
   */
  find(text: string, source: Source, owner: object): Runs | undefined {
    const piece = this.#fresh(keyOf(text));
    if (piece !== undefined) return ownRuns(piece, laidOut(piece.attributed, text, source), owner);
    const copied = this.copied(owner);
    const at = copied === undefined ? -1 : `\n${copied.text}\n`.indexOf(`\n${text}\n`);
    return copied === undefined || at < 0 ? undefined : sliceRuns(copied.runs, at, at + text.length);
  }

  /** Lets `change` go over all runs that are kept. */
  rewrite(change: (attributed: Attributed) => Attributed): void {
    for (const [key, piece] of this.#pieces) this.#pieces.set(key, { ...piece, attributed: change(piece.attributed) });
  }
}

/** The runs of `text` where it stands somewhere in `whole`, white space included; nothing where it does not. */
export function findWithin(whole: Attributed, text: string): Runs | undefined {
  const at = whole.text.indexOf(text);
  return at < 0 ? undefined : sliceAttributed(whole, at, at + text.length).runs;
}

const ownRuns = (piece: Piece, runs: Runs, owner: object): Runs => (piece.owner === owner ? runs : withoutBase(runs));

function keyOf(text: string): string {
  return text.replace(/\s+/gu, '');
}

function laidOut(piece: Attributed, text: string, source: Source): Runs {
  return piece.text === text ? piece.runs : rewriteText(piece, text, source).runs;
}

const fromElsewhere = sourceBy('editor.paste-committed', { kind: 'pasted' });

/** `runs` for another document: committed text, whose origin only its own file can tell, is pasted there. */
export function withoutBase(runs: Runs): Runs {
  const result: Run[] = [];
  for (const run of runs)
    pushRun(result, run.kind === 'base' ? { kind: 'made', length: run.length, source: fromElsewhere } : run);
  return result;
}
