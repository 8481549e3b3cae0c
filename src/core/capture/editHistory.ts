import type { Attributed } from '../attribution/attributed';
import { type Runs, sliceRuns } from '../attribution/runs';
import type { Run } from '../attribution/source';
import { applyLearned, carryLearned, type Learned, sliceLearned } from './learned';
import type { Block, LiveAttributed, LiveStep, Scars } from './liveAttributed';

/** One event of a document, as it can be taken back: steps in lines, or all of a text that was read again. */
type Change =
  | { readonly kind: 'steps'; readonly steps: readonly LiveStep[] }
  | { readonly kind: 'whole'; readonly before: Attributed; readonly after: Attributed };

interface Entry {
  readonly change: Change;
  readonly scarsBefore: Scars;
  readonly scarsAfter: Scars;
  /** Length of the text before the event and after it. */
  readonly lengths: { readonly back: number; readonly forth: number };
  readonly epoch: number;
  readonly cost: number;
}

/** Old entries go when there are more than so many, or when they hold more than so many characters. */
const mostEntries = 5000;
const mostCharacters = 8_000_000;

/** So many characters are looked through for lines that come back. */
const mostScanned = 1_000_000;

/** Whether somebody is known to have made a run, or it stands in a commit that tells. */
export const isKnown = (run: Run): boolean => run.kind === 'base' || run.source.origin.kind !== 'unknown';

/** An event looks back so far for the text it brings back; editors group less than this into one undo. */
const mostGrouped = 1500;

type Way = 'back' | 'forth';

/** A step, or all of a text, with what was learned of it from the side that `way` comes from, and what that says of the other. */
type Told<T> = readonly [told: T, learned: Learned];

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
    const texts = change.kind === 'whole' ? [change] : change.steps;
    const grown = texts.reduce((sum, { before, after }) => sum + after.text.length - before.text.length, 0);
    const lengths = { back: live.length - grown, forth: live.length };
    this.#future = [];
    this.#past.push({ change, scarsBefore, scarsAfter: live.scars, lengths, epoch: this.#epoch, cost });
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
    const walked = this.#walk('back', live, length, isShown);
    if (walked === undefined) return false;
    this.#past.length -= walked.length;
    this.#future.push(...walked);
    return true;
  }

  /** As {@link undo}, in the other direction. */
  redo(live: LiveAttributed, length: number, isShown: IsShown): boolean {
    const walked = this.#walk('forth', live, length, isShown);
    if (walked === undefined) return false;
    this.#future.length -= walked.length;
    this.#past.push(...walked);
    return true;
  }

  /** What was known of a text when the document had it last, or would have it again by redo; nothing if it never had. `live` stays as it is. */
  recall(live: LiveAttributed, length: number, isShown: IsShown): Attributed | undefined {
    for (const way of ['back', 'forth'] as const) {
      const walked = this.#walk(way, live, length, isShown);
      if (walked === undefined) continue;
      const known = live.toAttributed();
      this.#return(way, live, walked);
      return known;
    }
    return undefined;
  }

  /** What is known of a text that the last event took out; nothing where it took out none like it. */
  takenOut(text: string): Runs | undefined {
    const change = this.#past.at(-1)?.change;
    for (const { before, after } of change?.kind === 'steps' ? change.steps : []) {
      const at = after.text.includes(text) ? -1 : before.text.indexOf(text);
      if (at >= 0) return sliceRuns(before.runs, at, at + text.length);
    }
    return undefined;
  }

  /** What was known of some lines when the document had them last; those that it never had, or of which nobody knew, are left out. */
  linesKnown(wanted: ReadonlySet<string>): ReadonlyMap<string, Runs> {
    const found = new Map<string, Runs>();
    let left = mostScanned;
    for (const { change, cost } of [...this.#past, ...[...this.#future].reverse()].reverse()) {
      left -= cost;
      if (left < 0 || found.size === wanted.size) break;
      const texts =
        change.kind === 'whole'
          ? [change.after, change.before]
          : change.steps.flatMap(({ before, after }) => [after, before]);
      for (const { text, runs } of texts) {
        let at = 0;
        for (const line of text.split('\n')) {
          const known = wanted.has(line) && !found.has(line) ? sliceRuns(runs, at, at + line.length) : [];
          if (known.length > 0 && known.every(isKnown)) found.set(line, known);
          at += line.length + 1;
        }
      }
    }
    return found;
  }

  /** The entries on the way to the text that is shown, the nearest first, with `live` there; nothing, with `live` as it was, if it is not on the way. */
  #walk(way: Way, live: LiveAttributed, length: number, isShown: IsShown): readonly Entry[] | undefined {
    const entries = way === 'back' ? this.#past : this.#future;
    const nearest = entries.slice(-mostGrouped).reverse();
    // A text of that length is nowhere on most ways that are asked for, and then nothing is walked.
    const most = nearest.findLastIndex((entry) => entry.lengths[way] === length);
    const walked: Entry[] = [];
    for (const entry of nearest.slice(0, most + 1)) {
      this.#take(way, live, entry);
      walked.push(entry);
      if (live.length === length && isShown()) return walked;
    }
    this.#return(way, live, walked);
    return undefined;
  }

  #return(way: Way, live: LiveAttributed, walked: readonly Entry[]): void {
    for (const entry of [...walked].reverse()) this.#take(way === 'back' ? 'forth' : 'back', live, entry);
  }

  #take(way: Way, live: LiveAttributed, entry: Entry): void {
    if (way === 'back') this.#takeBack(live, entry);
    else this.#takeAgain(live, entry);
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

  /** Takes in what was learned of the text as it is now, wherever its characters were before an event that is remembered, or would be again. */
  learn(learned: Learned): void {
    this.#past = this.#told('back', this.#past, learned);
    this.#future = this.#told('forth', this.#future, learned);
  }

  #told(way: Way, entries: readonly Entry[], learned: Learned): Entry[] {
    let left = learned;
    const told: Entry[] = [];
    for (const entry of [...entries].reverse()) {
      let { change } = entry;
      if (left.length > 0) [change, left] = toldChange(way, change, left);
      told.push(change === entry.change ? entry : { ...entry, change });
    }
    return told.reverse();
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

function toldChange(way: Way, change: Change, learned: Learned): Told<Change> {
  if (change.kind === 'whole') {
    const [told, left] = toldBlocks(way, change, learned);
    return [{ kind: 'whole', ...told }, left];
  }
  const steps: LiveStep[] = [];
  let left = learned;
  for (const step of way === 'back' ? [...change.steps].reverse() : change.steps) {
    const [told, next] = toldStep(way, step, left);
    steps.push(told);
    left = next;
  }
  return [{ kind: 'steps', steps: way === 'back' ? steps.reverse() : steps }, left];
}

function toldStep(way: Way, step: LiveStep, learned: Learned): Told<LiveStep> {
  const { offset, before, after } = step;
  const [near, far] = way === 'back' ? [after, before] : [before, after];
  const end = offset + near.text.length;
  const inside = sliceLearned(learned, offset, end, -offset);
  const [told, left] = toldBlocks<Block>(way, step, inside);
  const behind = sliceLearned(learned, end, Number.POSITIVE_INFINITY, far.text.length - near.text.length);
  return [
    inside.length === 0 ? step : { ...step, ...told },
    [...sliceLearned(learned, 0, offset), ...sliceLearned(left, 0, Number.POSITIVE_INFINITY, offset), ...behind],
  ];
}

function toldBlocks<T extends Pick<Block, 'text' | 'runs'>>(
  way: Way,
  { before, after }: { readonly before: T; readonly after: T },
  learned: Learned,
): Told<{ readonly before: T; readonly after: T }> {
  const [near, far] = way === 'back' ? [after, before] : [before, after];
  const carried = carryLearned(learned, near.text, far.text);
  const told = { ...near, runs: applyLearned(near.runs, learned) };
  const toldFar = { ...far, runs: applyLearned(far.runs, carried) };
  return [way === 'back' ? { before: toldFar, after: told } : { before: told, after: toldFar }, carried];
}
