import { type Attributed, attributedAsBase, fillUnexplained } from '../attribution/attributed';
import { rewriteText } from '../attribution/rewrite';
import type { Runs } from '../attribution/runs';
import type { Source } from '../attribution/source';
import { isBlank } from '../text/lines';
import { applyDecision, continues, type EditOrigins } from './applyDecision';
import type { Spoken } from './claimRange';
import { openScars } from './committedScars';
import type { Decision } from './decision';
import { EditHistory, isKnown } from './editHistory';
import { applyLearned, carryLearned, learnedBetween } from './learned';
import { LiveAttributed, type LiveChange, type LiveStep } from './liveAttributed';
import { unknownSource } from './namedSource';
import { answerOf, pendingText, placedNicks, resolveRuns } from './pendingText';
import { joinLines, laidOutAs, reorderedLines } from './rearrange';
import { type KnownLines, recallLines } from './recallLines';
import { type ShownText, showsLines } from './shownText';
import type { TextMemory } from './textMemory';

/** Where text that is put in may have come from. */
export interface Origins {
  readonly memory: TextMemory;
  /** The runs of a text that stands in an open document; for pastes only, it may look through all of them. */
  readonly findOpen: (text: string) => Runs | undefined;
  /** What is known of lines of the documents that are parts of the same file, as the cells of a notebook are; nothing where there are none. */
  readonly linesBeside?: KnownLines;
}

/**
 * What is known of the text of one open document, through every edit.
 *
 * What the text was made of when the document was opened is looked up outside and told by `settle`; edits until then
 * are kept apart from it. Per keystroke the cost depends on the lines that are touched, not on the text.
 */
export class DocumentTracker {
  readonly #live: LiveAttributed;
  readonly #history = new EditHistory();
  readonly #origins: Origins;
  /** What was known of the text that the file has on disk, as far as that was the document's. */
  #saved: Attributed;
  #settled = false;
  #revision = 0;

  constructor(text: string, origins: Origins) {
    this.#saved = attributedAsBase(pendingText, text);
    this.#live = new LiveAttributed(this.#saved);
    this.#origins = origins;
  }

  /** Whether `settle` was called: until then nothing is known of what was there before. */
  get isSettled(): boolean {
    return this.#settled;
  }

  /** Counts what changed, the text or what is known of it. */
  get revision(): number {
    return this.#revision;
  }

  get text(): string {
    return this.#live.text;
  }

  /** All that is known at this moment. */
  attributed(): Attributed {
    return this.#live.toAttributed();
  }

  /** The lines of the text, as the document counts them. */
  get lines(): readonly string[] {
    return this.#live.lines;
  }

  /** The text in a range, before the change that names it is applied; nothing if it does not fit. */
  textIn(change: LiveChange): string | undefined {
    return this.#live.fits(change) ? this.#live.textIn(change) : undefined;
  }

  /** The runs of the characters from `start` up to `end`. */
  runsOf(start: number, end: number): Runs {
    return this.#live.runsOf(start, end);
  }

  /** Takes what is known of the text that the document was opened with; what was edited since stays as it was seen. */
  settle(known: Attributed): void {
    if (this.#settled) return;
    this.#settled = true;
    const whole = this.#live.toAttributed();
    this.#live.mapRuns((run) => answerOf(known, run));
    this.#live.scars = {
      nicks: [...placedNicks(known, whole.runs), ...whole.nicks],
      cuts: [...known.cuts, ...whole.cuts],
    };
    const resolve = (attributed: Attributed): Attributed => ({
      ...attributed,
      runs: resolveRuns(known, attributed.runs),
    });
    this.#saved = resolve(this.#saved);
    this.#history.rewrite(resolve);
    this.#origins.memory.rewrite(resolve);
    this.#revision++;
  }

  /**
   * Applies one event. Changes are taken in the order given, each in the text that the one before it left. `false` if
   * they do not lead to the text that is shown: then `resync` is needed.
   */
  apply(changes: readonly LiveChange[], decision: Decision, shown: ShownText): boolean {
    this.#revision++;
    if (decision.kind === 'undo' || decision.kind === 'redo') {
      if (this.#travel(changes, decision.kind, shown)) return true;
    }
    if (decision.kind === 'reload') {
      this.reload(shown.text(), decision.source);
      this.noteSaved();
      return true;
    }
    const scars = this.#live.scars;
    const steps: LiveStep[] = [];
    const rearranges = decision.kind === 'command' || decision.kind === 'layout';
    const removed = rearranges ? this.#removedBy(changes) : [];
    const isUnseen = decision.source.origin.kind === 'unknown';
    const lines = (rearranges || isUnseen) && changes.length > 1 ? this.#linesOf(changes) : [];
    const parts = rearranges && changes.length > 1 ? this.#partsOf(changes) : [];
    if (isUnseen && lines.length > 0) this.#origins.memory.remember(joinLines(lines, decision.source), 'removed', this);
    for (const change of changes) {
      if (!this.#live.fits(change)) return false;
      steps.push(this.#step(change, decision, { removed, lines, parts }));
    }
    const recalled = isUnseen
      ? this.#recallLines(steps, decision.source)
      : this.#reorderLines(lines.length > 0 ? steps : [], lines);
    this.#history.push({ kind: 'steps', steps: [...steps, ...recalled] }, scars, this.#live);
    return this.#live.lines.length === shown.lineCount && this.#showsLine(changes[changes.length - 1], shown);
  }

  /** Gives the lines that steps of nobody known touched back what was known of them, as one more step. */
  #recallLines(steps: readonly LiveStep[], source: Source): readonly LiveStep[] {
    return this.#overLines(steps, (block) => recallLines(block, source, (wanted) => this.#linesKnown(wanted)));
  }

  #linesKnown(wanted: ReadonlySet<string>): ReadonlyMap<string, Runs> {
    return new Map([...(this.#origins.linesBeside?.(wanted) ?? []), ...this.#history.linesKnown(wanted)]);
  }

  /** What is known of some lines that the document has, or had before; those of which nobody knows are left out. */
  knownLines(wanted: ReadonlySet<string>): ReadonlyMap<string, Runs> {
    const found = new Map(this.#history.linesKnown(wanted));
    let at = 0;
    for (const line of this.#live.lines) {
      const runs = wanted.has(line) ? this.#live.runsOf(at, at + line.length) : [];
      if (runs.length > 0 && runs.every(isKnown)) found.set(line, runs);
      at += line.length + 1;
    }
    return found;
  }

  /** What is known of a text that the document is, or that its last change took out; nothing where it is neither. */
  partKnown(text: string): Attributed | undefined {
    const runs = this.text === text ? this.runsOf(0, text.length) : this.#history.takenOut(text);
    return runs && { text, runs, nicks: [], cuts: [] };
  }

  /** Gives lines that steps only put into another order whose they were, as one more step: an editor cuts such edits down to the words that differ. */
  #reorderLines(steps: readonly LiveStep[], before: readonly Attributed[]): readonly LiveStep[] {
    return steps.length < 2 ? [] : this.#overLines(steps, (block) => reorderedLines(block, before));
  }

  #overLines(steps: readonly LiveStep[], make: (block: Attributed) => Attributed): readonly LiveStep[] {
    const [first, ...others] = steps;
    if (first === undefined) return [];
    let span = { firstLine: first.firstLine, offset: first.offset, end: first.firstLine + first.after.lineCount };
    for (const { firstLine, offset, before, after } of others) {
      const grown = firstLine < span.end ? span.end + after.lineCount - before.lineCount : span.end;
      const start = firstLine <= span.firstLine ? { firstLine, offset } : span;
      span = { ...start, end: Math.max(grown, firstLine + after.lineCount) };
    }
    const { lines } = this.#live;
    const endLine = Math.min(span.end, lines.length) - 1;
    const range = {
      startLine: span.firstLine,
      startCharacter: 0,
      endLine,
      endCharacter: lines[endLine]?.length ?? 0,
      offset: span.offset,
    };
    const text = this.#live.textIn(range);
    const step = this.#live.edit({ ...range, text }, make);
    return step.before.runs === step.after.runs ? [] : [step];
  }

  /** The whole lines that changes touch, before they are applied, each once, in their order. */
  #linesOf(changes: readonly LiveChange[]): readonly Attributed[] {
    const touched = new Map<number, Attributed>();
    for (const { startLine, endLine, startCharacter, offset } of changes) {
      let at = offset - startCharacter;
      for (let line = startLine; line <= endLine; line++) {
        const text = this.#live.lines[line] ?? '';
        const runs = this.#live.runsOf(at, at + text.length);
        touched.set(line, { text, runs, nicks: [], cuts: [] });
        at += text.length + 1;
      }
    }
    return [...touched].sort(([a], [b]) => a - b).map(([, line]) => line);
  }

  /** Of each line in which changes stay the part from the first of them to the last, in whole words. */
  #partsOf(changes: readonly LiveChange[]): readonly Attributed[] {
    const parts = new Map<number, { readonly at: number; readonly start: number; readonly end: number }>();
    for (const { startLine, startCharacter, endLine, endCharacter, offset, text } of changes) {
      if (startLine !== endLine || text.includes('\n')) continue;
      const known = parts.get(startLine) ?? { start: startCharacter, end: endCharacter };
      const [start, end] = [Math.min(known.start, startCharacter), Math.max(known.end, endCharacter)];
      parts.set(startLine, { at: offset - startCharacter, start, end });
    }
    return [...parts].map(([line, { at, start: first, end: last }]) => {
      const text = this.#live.lines[line] ?? '';
      let [start, end] = [first, last];
      while (continues(text, start)) start--;
      while (continues(text, end)) end++;
      return { text: text.slice(start, end), runs: this.#live.runsOf(at + start, at + end), nicks: [], cuts: [] };
    });
  }

  #showsLine(change: LiveChange | undefined, shown: ShownText): boolean {
    return change === undefined || this.#live.lines[change.startLine] === shown.lineAt(change.startLine);
  }

  /** Walks the history to the text that is shown; `false` if it is not on the way. */
  #travel(changes: readonly LiveChange[], way: 'undo' | 'redo', shown: ShownText): boolean {
    let length = this.#live.length;
    let firstLine = Number.POSITIVE_INFINITY;
    for (const change of changes) {
      if (!this.#live.fits(change)) return false;
      const removed =
        change.startLine === change.endLine
          ? change.endCharacter - change.startCharacter
          : this.#live.textIn(change).length;
      length += change.text.length - removed;
      firstLine = Math.min(firstLine, change.startLine);
    }
    const isShown = (): boolean => showsLines(shown, this.#live.lines, firstLine);
    return way === 'undo'
      ? this.#history.undo(this.#live, length, isShown)
      : this.#history.redo(this.#live, length, isShown);
  }

  /** What changes take out, those of one event being ranges of one text, the last first. */
  #removedBy(changes: readonly LiveChange[]): readonly Attributed[] {
    return changes.flatMap((change) => {
      const text = this.textIn(change);
      if (text === undefined || text === '') return [];
      return [{ text, runs: this.#live.runsOf(change.offset, change.offset + text.length), nicks: [], cuts: [] }];
    });
  }

  #step(change: LiveChange, decision: Decision, ofAll: Pick<EditOrigins, 'removed' | 'lines' | 'parts'>): LiveStep {
    const removed = this.#live.textIn(change);
    if (removed.length >= leastRemembered) {
      const end = change.offset + removed.length;
      this.#origins.memory.remember(
        { text: removed, runs: this.#live.runsOf(change.offset, end), nicks: [], cuts: [] },
        'removed',
        this,
      );
    }
    return this.#live.edit(change, (block, edit) =>
      applyDecision(block, edit, decision, {
        carried: (text) => this.#copiedBeside(change.offset, text, decision) ?? this.#carried(text, decision),
        copied: () => this.#origins.memory.copied(this),
        ...ofAll,
      }),
    );
  }

  /** Commands that copy take what is selected, or lines right before or behind the copy. */
  #copiedBeside(offset: number, text: string, decision: Decision): Runs | undefined {
    if (decision.kind !== 'command') return undefined;
    const whole = this.#live.text;
    const selected = (decision.selected ?? []).map(({ line, character }) =>
      this.#live.lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, character),
    );
    for (const at of [...selected, offset, offset - text.length])
      if (at >= 0 && whole.startsWith(text, at)) return this.#live.runsOf(at, at + text.length);
    // At the end of a text that has no line end the copy begins with one, or a line end stands between.
    for (const lines of [text.replace(/^\n/, ''), text.replace(/\n$/, '')])
      for (const at of [offset, offset + 1, offset - lines.length, offset - lines.length - 1])
        if (at >= 0 && whole.startsWith(lines, at))
          return laidOutAs(
            { text: lines, runs: this.#live.runsOf(at, at + lines.length), nicks: [], cuts: [] },
            text,
            decision.source,
          );
    return undefined;
  }

  #carried(text: string, decision: Decision): Runs | undefined {
    const known = this.#origins.memory.find(text, decision.source, this);
    if (known !== undefined) return known;
    // The same few characters stand anywhere; only a text that is worth the name is looked for in the documents.
    return isBlank(text) || text.trim().length < leastFound ? undefined : this.#origins.findOpen(text);
  }

  /** Notes that the file has the text of the document: reverting brings it back. */
  noteSaved(): void {
    this.#saved = this.#live.toAttributed();
  }

  /** Takes the text that was read from disk: one that the document had before with all that was known of it, of another what stood there before keeps its origins by content. */
  reload(text: string, source: Source): void {
    const before = this.#live.toAttributed();
    if (before.text === text) return;
    const earlier = this.#history.recall(this.#live, text.length, () => this.#live.text === text);
    const after = earlier ?? (this.#saved.text === text ? this.#saved : this.#madeOver(before, text, source));
    this.#live.reset(after);
    this.#history.push({ kind: 'whole', before, after }, { nicks: before.nicks, cuts: before.cuts }, this.#live);
    this.#revision++;
  }

  #madeOver(before: Attributed, text: string, source: Source): Attributed {
    return recallLines(rewriteText(before, text, source), source, (wanted) => this.#linesKnown(wanted));
  }

  /** Makes the text the one that is shown after an event that could not be followed. */
  resync(shown: ShownText): void {
    this.reload(shown.text(), unknownSource('not-watched', 'editor.resync'));
  }

  /** Where characters are unexplained, takes what somebody else knows of the same text. Says whether that explained anything. */
  adopt(known: Attributed): boolean {
    const own = this.#live.toAttributed();
    if (known.text !== own.text) return false;
    const filled = fillUnexplained(own, known);
    if (unexplainedLength(filled.runs) === unexplainedLength(own.runs)) return false;
    this.#learn(own, filled);
    return true;
  }

  /** Takes in what a person says, as {@link claimRange} or {@link releaseRange} puts it; returns of how many characters another thing is known now. */
  take(say: (before: Attributed) => Spoken): number {
    const before = this.#live.toAttributed();
    const { after, changed } = say(before);
    if (changed > 0) this.#learn(before, after);
    return changed;
  }

  /** Takes in what became known of the text; the same characters are known so too wherever undo, redo or a revert brings them back. */
  #learn(before: Attributed, after: Attributed): void {
    const learned = learnedBetween(before.runs, after.runs);
    const { runs, text } = this.#saved;
    this.#saved = { ...this.#saved, runs: applyLearned(runs, carryLearned(learned, before.text, text)) };
    this.#history.learn(learned);
    this.#live.reset(after);
    this.#revision++;
  }

  /** Forgets the nicks and cuts that a commit with the text `committed` accounts for, as {@link openScars}. Says whether there were some. */
  dropScars(committed: string): boolean {
    const before = this.#live.scars;
    const after = openScars(this.#live.text, before, committed);
    this.#saved = { ...this.#saved, ...openScars(this.#saved.text, this.#saved, committed) };
    this.#history.startEpoch();
    if (after.nicks.length === before.nicks.length && after.cuts.length === before.cuts.length) return false;
    this.#live.scars = after;
    this.#revision++;
    return true;
  }
}

/** Fewest characters of a removed text that may stand elsewhere later. */
const leastRemembered = 8;

/** Fewest characters of a text that is looked for in open documents. */
const leastFound = 12;

function unexplainedLength(runs: Runs): number {
  let length = 0;
  for (const run of runs) if (run.kind === 'made' && run.source.origin.kind === 'unknown') length += run.length;
  return length;
}
