import { applyEdit } from '../attribution/applyEdit';
import { type Attributed, attributedAsBase, fillUnexplained, sliceAttributed } from '../attribution/attributed';
import { rewriteText } from '../attribution/rewrite';
import { madeBy, pushRun, type Runs, sliceRuns } from '../attribution/runs';
import type { Run, Source } from '../attribution/source';
import { isBlank } from '../text/lines';
import type { TextId } from '../text/textId';
import type { Decision } from './classifyChange';
import { EditHistory } from './editHistory';
import { LiveAttributed, type LiveChange, type LiveStep } from './liveAttributed';
import type { TextMemory } from './textMemory';

/** Stands for the id of a text that is still being looked up; no object has it, for ids of texts are hashes. */
const pendingText = '0'.repeat(40) as TextId;

/** What a document shows after an event, as far as a tracker asks. */
export interface ShownText {
  readonly lineCount: number;
  lineAt(line: number): string;
  /** The whole of it, with LF as line ends. */
  text(): string;
}

/** Where text that is put in may have come from. */
export interface Origins {
  readonly memory: TextMemory;
  /** The runs of a text that stands in an open document; for pastes only, it may look through all of them. */
  readonly findOpen: (text: string) => Runs | undefined;
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
  #settled = false;
  #revision = 0;

  constructor(text: string, origins: Origins) {
    this.#live = new LiveAttributed(attributedAsBase(pendingText, text));
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
    const answer = (run: Run): Runs =>
      run.kind === 'base' && run.text === pendingText
        ? sliceRuns(known.runs, run.offset, run.offset + run.length)
        : [run];
    const whole = this.#live.toAttributed();
    const nicks = known.nicks.flatMap((nick) => {
      const offset = placeOf(whole.runs, nick.offset);
      return offset === undefined ? [] : [{ ...nick, offset }];
    });
    this.#live.mapRuns(answer);
    this.#live.scars = { nicks: [...nicks, ...whole.nicks], cuts: [...known.cuts, ...whole.cuts] };
    const resolve = (attributed: Attributed): Attributed => ({
      ...attributed,
      runs: resolved(attributed.runs, answer),
    });
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
      return true;
    }
    const scars = this.#live.scars;
    const steps: LiveStep[] = [];
    for (const change of changes) {
      if (!this.#live.fits(change)) return false;
      steps.push(this.#step(change, decision));
    }
    this.#history.push({ kind: 'steps', steps }, scars, this.#live);
    return this.#live.lines.length === shown.lineCount && this.#showsLine(changes[changes.length - 1], shown);
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
    const isShown = (): boolean => {
      const { lines } = this.#live;
      if (lines.length !== shown.lineCount) return false;
      // What changed is near; looking there first tells most wrong texts at once.
      for (let line = firstLine; line < lines.length; line++) if (lines[line] !== shown.lineAt(line)) return false;
      for (let line = Math.min(firstLine, lines.length) - 1; line >= 0; line--)
        if (lines[line] !== shown.lineAt(line)) return false;
      return true;
    };
    return way === 'undo'
      ? this.#history.undo(this.#live, length, isShown)
      : this.#history.redo(this.#live, length, isShown);
  }

  #step(change: LiveChange, decision: Decision): LiveStep {
    const removed = this.#live.textIn(change);
    if (removed.length >= leastRemembered) {
      const end = change.offset + removed.length;
      this.#origins.memory.remember(
        { text: removed, runs: this.#live.runsOf(change.offset, end), nicks: [], cuts: [] },
        'removed',
        this,
      );
    }
    return this.#live.edit(change, (block, edit) => {
      const piece = sliceAttributed(block, edit.start, edit.end);
      switch (decision.kind) {
        case 'layout':
          return applyEdit(
            block,
            edit,
            decision.source,
            layoutRuns(block, edit.start, piece, edit.text, decision.source),
          );
        case 'paste':
        case 'undo':
        case 'redo': {
          const carried = edit.text === '' ? undefined : this.#carried(edit.text, decision);
          return applyEdit(block, edit, decision.source, carried);
        }
        case 'rewrite': {
          if (!piece.text.includes('\n')) return applyEdit(block, edit, decision.source);
          const made = rewriteText(piece, edit.text, decision.source);
          const result = applyEdit(block, edit, decision.source, made.runs);
          const nicks = made.nicks.map((nick) => ({ ...nick, offset: nick.offset + edit.start }));
          return { ...result, nicks: [...result.nicks, ...nicks], cuts: [...result.cuts, ...made.cuts] };
        }
        default:
          return applyEdit(block, edit, decision.source);
      }
    });
  }

  #carried(text: string, decision: Decision): Runs | undefined {
    const known = this.#origins.memory.find(text, decision.source, this);
    if (known !== undefined) return known;
    // The same few characters stand anywhere; only a text that is worth the name is looked for in the documents.
    return isBlank(text) || text.trim().length < leastFound ? undefined : this.#origins.findOpen(text);
  }

  /** Takes the text that was read from disk; what stood there before keeps its origins by content. */
  reload(text: string, source: Source): void {
    const before = this.#live.toAttributed();
    if (before.text === text) return;
    const after = rewriteText(before, text, source);
    this.#live.reset(after);
    this.#history.push({ kind: 'whole', before, after }, { nicks: before.nicks, cuts: before.cuts }, this.#live);
    this.#revision++;
  }

  /** Makes the text the one that is shown after an event that could not be followed. */
  resync(shown: ShownText): void {
    this.reload(shown.text(), {
      origin: { kind: 'unknown', reason: 'not-watched' },
      rule: 'editor.resync',
      sure: 'certain',
    });
  }

  /** Where characters are unexplained, takes what somebody else knows of the same text. Says whether that explained anything. */
  adopt(known: Attributed): boolean {
    const own = this.#live.toAttributed();
    if (known.text !== own.text) return false;
    const filled = fillUnexplained(own, known);
    if (unexplainedLength(filled.runs) === unexplainedLength(own.runs)) return false;
    this.#live.reset(filled);
    this.#revision++;
    return true;
  }

  /**
   * Records what a person says of a range, and returns how many characters now say so. Committed text is left alone, and
   * what is known to be an AI's never becomes human, unless that was only inferred.
   */
  claim(start: number, end: number, source: Source): number {
    const before = this.#live.toAttributed();
    const runs: Run[] = [];
    let claimed = 0;
    for (const run of sliceRuns(before.runs, 0, start)) pushRun(runs, run);
    for (const run of sliceRuns(before.runs, start, end)) {
      if (isClaimable(run, source)) claimed += run.length;
      pushRun(runs, isClaimable(run, source) ? { kind: 'made', length: run.length, source } : run);
    }
    for (const run of sliceRuns(before.runs, end, before.text.length)) pushRun(runs, run);
    if (claimed === 0) return 0;
    const after = { ...before, runs };
    this.#live.reset(after);
    this.#history.push({ kind: 'whole', before, after }, { nicks: before.nicks, cuts: before.cuts }, this.#live);
    this.#revision++;
    return claimed;
  }

  /** Forgets nicks and cuts: the text is the committed one, and they speak of what happened since the last commit. */
  dropScars(): boolean {
    this.#history.startEpoch();
    const { nicks, cuts } = this.#live.scars;
    if (nicks.length === 0 && cuts.length === 0) return false;
    this.#live.scars = { nicks: [], cuts: [] };
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

function isClaimable(run: Run, source: Source): boolean {
  if (run.kind === 'base') return false;
  const { origin } = run.source;
  if (source.origin.kind !== 'human') return true;
  return (origin.kind !== 'ai' && origin.kind !== 'ai-edited') || origin.session?.evidence === 'inferred';
}

/** Where the character that was at `offset` of the text looked up stands now; nothing if it is gone. */
function placeOf(runs: Runs, offset: number): number | undefined {
  let at = 0;
  for (const run of runs) {
    if (run.kind === 'base' && run.text === pendingText && offset >= run.offset && offset <= run.offset + run.length) {
      return at + offset - run.offset;
    }
    at += run.length;
  }
  return undefined;
}

function resolved(runs: Runs, answer: (run: Run) => Runs): Runs {
  const result: Run[] = [];
  for (const run of runs) for (const other of answer(run)) pushRun(result, other);
  return result;
}

/** Marks what a change of layout adds, until it takes the source of what stands beside it. */
const addedByLayout: Source = {
  origin: { kind: 'unknown', reason: 'not-watched' },
  rule: 'layout.added',
  sure: 'guess',
};

/** Runs of `length` characters that are of whoever made one character of `run`. */
function likeOne(run: Run | undefined, which: 'first' | 'last', length: number, otherwise: Source): Runs {
  if (run === undefined) return madeBy(otherwise, length);
  if (run.kind === 'made') return madeBy(run.source, length);
  const offset = which === 'first' ? run.offset : run.offset + run.length - 1;
  return Array.from({ length }, () => ({ kind: 'base', length: 1, text: run.text, offset }));
}

/** Runs of a block whose layout was changed: what it adds takes the source of the character before it, else behind it. */
function layoutRuns(block: Attributed, start: number, piece: Attributed, text: string, source: Source): Runs {
  const made = rewriteText(piece, text, addedByLayout).runs;
  const result: Run[] = [];
  let beside: Run | undefined = start === 0 ? undefined : sliceRuns(block.runs, start - 1, start)[0];
  let at = 0;
  for (const [index, run] of made.entries()) {
    if (run.kind === 'made' && run.source === addedByLayout) {
      const next =
        made[index + 1] ?? sliceRuns(block.runs, start + piece.text.length, start + piece.text.length + 1)[0];
      const own = isBlank(text.slice(at, at + run.length)) ? undefined : (beside ?? next);
      for (const added of likeOne(own, own === beside ? 'last' : 'first', run.length, source)) pushRun(result, added);
    } else {
      pushRun(result, run);
      beside = run;
    }
    at += run.length;
  }
  return result;
}
