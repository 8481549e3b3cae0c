import type { Attributed } from '../attribution/attributed';
import type { LiveAttributed, LiveStep, Scars } from './liveAttributed';

/** One event of a document, as it can be taken back: steps in lines, or all of a text that was read again. */
type Change =
  | { readonly kind: 'steps'; readonly steps: readonly LiveStep[] }
  | { readonly kind: 'whole'; readonly before: Attributed; readonly after: Attributed };

interface Entry {
  readonly change: Change;
  readonly scarsBefore: Scars;
  readonly scarsAfter: Scars;
  /** Length of the text after the event. */
  readonly length: number;
  readonly epoch: number;
  readonly cost: number;
}

/** Old entries go when there are more than so many, or when they hold more than so many characters. */
const mostEntries = 5000;
const mostCharacters = 8_000_000;

/** An event looks back so far for the text it brings back; editors group less than this into one undo. */
const mostGrouped = 1500;

/** Whether the text is the one that the editor shows; asked only when the lengths agree. */
export type IsShown = () => boolean;

/**
 * The events of one document, so that undo and redo bring back the origins of what they bring back: not by looking for
 * equal text, but by walking the same way that the editor walks, until the text is the one it shows.
 */
export class EditHistory {
  #past: Entry[] = [];
  #future: Entry[] = [];
  #cost = 0;
  /** Nicks and cuts of another epoch speak of another commit and are not brought back. */
  #epoch = 0;

  /** Notes an event that was no undo and no redo. */
  push(change: Change, scarsBefore: Scars, live: LiveAttributed): void {
    const cost =
      change.kind === 'whole'
        ? change.before.text.length + change.after.text.length
        : change.steps.reduce((sum, step) => sum + step.before.text.length + step.after.text.length + 64, 0);
    this.#future = [];
    this.#past.push({ change, scarsBefore, scarsAfter: live.scars, length: live.length, epoch: this.#epoch, cost });
    this.#cost += cost;
    if (this.#past.length > mostEntries || this.#cost > mostCharacters) this.#dropOldest();
  }

  #dropOldest(): void {
    let drop = Math.ceil(this.#past.length / 4);
    // The last one stays whatever it costs: it is the one most likely to be undone.
    drop = Math.min(drop, this.#past.length - 1);
    this.#past.splice(0, drop);
    this.#cost = this.#past.reduce((sum, entry) => sum + entry.cost, 0);
  }

  /** From here on nicks and cuts are counted from another commit. */
  startEpoch(): void {
    this.#epoch++;
  }

  /**
   * Walks `live` back to the text that the editor shows, of `length` characters. `false`, with `live` as it was, if no
   * event that is remembered leads there.
   */
  undo(live: LiveAttributed, length: number, isShown: IsShown): boolean {
    const walked: Entry[] = [];
    const least = Math.max(0, this.#past.length - mostGrouped);
    for (let index = this.#past.length - 1; index >= least; index--) {
      const entry = this.#past[index];
      if (entry === undefined) break;
      this.#takeBack(live, entry);
      walked.push(entry);
      if (live.length === length && isShown()) {
        this.#past.length = index;
        this.#future.push(...walked);
        return true;
      }
    }
    for (const entry of walked.reverse()) this.#takeAgain(live, entry);
    return false;
  }

  /** As {@link undo}, in the other direction. */
  redo(live: LiveAttributed, length: number, isShown: IsShown): boolean {
    const walked: Entry[] = [];
    const least = Math.max(0, this.#future.length - mostGrouped);
    for (let index = this.#future.length - 1; index >= least; index--) {
      const entry = this.#future[index];
      if (entry === undefined) break;
      this.#takeAgain(live, entry);
      walked.push(entry);
      if (live.length === length && isShown()) {
        this.#future.length = index;
        this.#past.push(...walked);
        return true;
      }
    }
    for (const entry of walked.reverse()) this.#takeBack(live, entry);
    return false;
  }

  #takeBack(live: LiveAttributed, { change, scarsBefore, epoch }: Entry): void {
    const scars = live.scars;
    if (change.kind === 'whole') live.reset(change.before);
    else for (const step of [...change.steps].reverse()) live.unstep(step);
    live.scars = epoch === this.#epoch ? scarsBefore : scars;
  }

  #takeAgain(live: LiveAttributed, { change, scarsAfter, epoch }: Entry): void {
    const scars = live.scars;
    if (change.kind === 'whole') live.reset(change.after);
    else for (const step of change.steps) live.restep(step);
    live.scars = epoch === this.#epoch ? scarsAfter : scars;
  }

  /** Lets `change` go over everything that is remembered, as the document learns later what its text was made of. */
  rewrite(change: (attributed: Attributed) => Attributed): void {
    const ofBlock = <T extends { readonly text: string; readonly runs: Attributed['runs'] }>(block: T): T => ({
      ...block,
      runs: change({ text: block.text, runs: block.runs, nicks: [], cuts: [] }).runs,
    });
    const ofEntry = (entry: Entry): Entry => ({
      ...entry,
      change:
        entry.change.kind === 'whole'
          ? { kind: 'whole', before: change(entry.change.before), after: change(entry.change.after) }
          : {
              kind: 'steps',
              steps: entry.change.steps.map((step) => ({
                ...step,
                before: ofBlock(step.before),
                after: ofBlock(step.after),
              })),
            },
    });
    this.#past = this.#past.map(ofEntry);
    this.#future = this.#future.map(ofEntry);
  }
}
