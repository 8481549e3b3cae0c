import { pushRun, type Runs, sliceRuns } from '../attribution/runs';
import type { Run } from '../attribution/source';
import { BugError } from '../errors';

/** Runs are kept in blocks of at most this many, so that an edit touches one block and never the whole row. */
const mostInBlock = 32;

interface Block {
  readonly runs: Runs;
  readonly length: number;
}

function blockOf(runs: Runs): Block {
  let length = 0;
  for (const run of runs) length += run.length;
  return { runs, length };
}

/**
 * The runs of a text that is being edited: as {@link Runs}, but changed in place and in a time that depends on the size of
 * the change and the square root of the number of runs, not on the text.
 */
export class LiveRuns {
  #blocks: Block[] = [];
  #length = 0;

  constructor(runs: Runs) {
    this.reset(runs);
  }

  /** Number of characters covered. */
  get length(): number {
    return this.#length;
  }

  /** Takes other runs in place of all. */
  reset(runs: Runs): void {
    this.#blocks = [];
    for (let at = 0; at < runs.length; at += mostInBlock) this.#blocks.push(blockOf(runs.slice(at, at + mostInBlock)));
    this.#length = this.#blocks.reduce((sum, block) => sum + block.length, 0);
  }

  /** All runs, neighbours that say the same joined. */
  toRuns(): Runs {
    const result: Run[] = [];
    for (const block of this.#blocks) for (const run of block.runs) pushRun(result, run);
    return result;
  }

  /** The runs of the characters from `start` up to `end`, half-open. */
  slice(start: number, end: number): Runs {
    const result: Run[] = [];
    let at = 0;
    for (const block of this.#blocks) {
      if (at >= end) break;
      if (at + block.length > start)
        for (const run of sliceRuns(block.runs, start - at, end - at)) pushRun(result, run);
      at += block.length;
    }
    return result;
  }

  /** Puts `inserted` in place of the characters from `start` up to `end`. */
  splice(start: number, end: number, inserted: Runs): void {
    if (start > end || end > this.#length)
      throw new BugError('an edit reaches past the end of its text', { start, end, length: this.#length });
    let first = 0;
    let at = 0;
    for (; first < this.#blocks.length; first++) {
      const block = this.#blocks[first];
      if (block === undefined || at + block.length >= start) break;
      at += block.length;
    }
    let last = first;
    let blockStart = at;
    const merged: Run[] = [];
    const head = this.#blocks[first];
    if (head !== undefined) for (const run of sliceRuns(head.runs, 0, start - at)) pushRun(merged, run);
    for (const run of inserted) pushRun(merged, run);
    for (; last < this.#blocks.length; last++) {
      const block = this.#blocks[last];
      if (block === undefined) break;
      const blockEnd = blockStart + block.length;
      if (blockEnd > end)
        for (const run of sliceRuns(block.runs, Math.max(0, end - blockStart), block.length)) pushRun(merged, run);
      blockStart = blockEnd;
      if (blockEnd > end || (blockEnd === end && end > start)) {
        last++;
        break;
      }
    }
    const blocks: Block[] = [];
    for (let index = 0; index < merged.length; index += mostInBlock)
      blocks.push(blockOf(merged.slice(index, index + mostInBlock)));
    const before = this.#length;
    this.#blocks.splice(first, last - first, ...blocks);
    let added = 0;
    for (const run of inserted) added += run.length;
    this.#length = before + added - (end - start);
  }

  /** Replaces each run by what `change` makes of it; lengths must stay. */
  map(change: (run: Run) => Runs): void {
    const result: Run[] = [];
    for (const block of this.#blocks)
      for (const run of block.runs) for (const other of change(run)) pushRun(result, other);
    this.reset(result);
  }
}
