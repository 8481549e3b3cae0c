import type { TextEdit } from '../attribution/applyEdit';
import type { Attributed, Cut, Nick } from '../attribution/attributed';
import type { Runs } from '../attribution/runs';
import type { Run } from '../attribution/source';
import { BugError } from '../errors';
import { LiveRuns } from './liveRuns';
import { LiveText } from './liveText';

/** A replaced range of a document, in the text before: 0-based lines, UTF-16 characters in them, LF as line ends. */
export interface LiveChange {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
  /** Of the start, with each line end counted as one character. */
  readonly offset: number;
  readonly text: string;
}

/** The whole lines around a change, before it and after. */
export interface LiveStep {
  readonly firstLine: number;
  /** Of the first character of the first line. */
  readonly offset: number;
  readonly before: Block;
  readonly after: Block;
}

/** Some whole lines with their runs; `text` ends in LF unless the block reaches the end of the document. */
export interface Block {
  readonly text: string;
  readonly runs: Runs;
  readonly lineCount: number;
}

/** What happened in a document since its last commit, apart from its characters. */
export interface Scars {
  readonly nicks: readonly Nick[];
  readonly cuts: readonly Cut[];
}

/**
 * A text that is being edited, with what is known about each character.
 *
 * Law: whatever `make` is, after `edit` the whole equals what `make` gives for the whole text at once, for every `make`
 * that looks no further than the lines it changes (as `applyEdit`).
 */
export class LiveAttributed {
  readonly #text: LiveText;
  readonly #runs: LiveRuns;
  #nicks: readonly Nick[];
  #cuts: readonly Cut[];

  constructor(attributed: Attributed) {
    this.#text = new LiveText(attributed.text);
    this.#runs = new LiveRuns(attributed.runs);
    this.#nicks = attributed.nicks;
    this.#cuts = attributed.cuts;
  }

  get text(): string {
    return this.#text.text;
  }

  get lines(): readonly string[] {
    return this.#text.lines;
  }

  get length(): number {
    return this.#runs.length;
  }

  get scars(): Scars {
    return { nicks: this.#nicks, cuts: this.#cuts };
  }

  set scars({ nicks, cuts }: Scars) {
    this.#nicks = nicks;
    this.#cuts = cuts;
  }

  /** The whole of it at this moment. */
  toAttributed(): Attributed {
    return { text: this.#text.text, runs: this.#runs.toRuns(), nicks: this.#nicks, cuts: this.#cuts };
  }

  /** The runs of the characters from `start` up to `end`. */
  runsOf(start: number, end: number): Runs {
    return this.#runs.slice(start, end);
  }

  /** Takes another text with all that is known of it. */
  reset(attributed: Attributed): void {
    this.#text.reset(attributed.text);
    this.#runs.reset(attributed.runs);
    this.#nicks = attributed.nicks;
    this.#cuts = attributed.cuts;
  }

  /** Replaces each run by what `change` makes of it; lengths must stay. */
  mapRuns(change: (run: Run) => Runs): void {
    this.#runs.map(change);
  }

  /** The text that stands in a range. */
  textIn(change: Pick<LiveChange, 'startLine' | 'startCharacter' | 'endLine' | 'endCharacter'>): string {
    const lines = this.#text.lines;
    const first = lines[change.startLine] ?? '';
    if (change.startLine === change.endLine) return first.slice(change.startCharacter, change.endCharacter);
    return [
      first.slice(change.startCharacter),
      ...lines.slice(change.startLine + 1, change.endLine),
      (lines[change.endLine] ?? '').slice(0, change.endCharacter),
    ].join('\n');
  }

  /** Whether a change fits the text: what does not comes from a document that is not ours any more. */
  fits(change: LiveChange): boolean {
    const lines = this.#text.lines;
    const first = lines[change.startLine];
    const last = lines[change.endLine];
    return (
      first !== undefined &&
      last !== undefined &&
      change.startCharacter <= first.length &&
      change.endCharacter <= last.length &&
      change.offset <= this.#runs.length
    );
  }

  /** Lets `make` say what becomes of the whole lines that a change touches, with its edit in their offsets, and of the cuts of all. */
  edit(change: LiveChange, make: (block: Attributed, edit: TextEdit) => Attributed): LiveStep {
    const lines = this.#text.lines;
    const { startLine, endLine } = change;
    const lineCount = endLine - startLine + 1;
    const reachesEnd = endLine === lines.length - 1;
    const body = lineCount === 1 ? (lines[startLine] ?? '') : lines.slice(startLine, endLine + 1).join('\n');
    const text = reachesEnd ? body : `${body}\n`;
    const offset = change.offset - change.startCharacter;
    const end = offset + text.length;
    const before: Block = { text, runs: this.#runs.slice(offset, end), lineCount };
    const removedLength =
      lineCount === 1
        ? change.endCharacter - change.startCharacter
        : body.length - change.startCharacter - ((lines[endLine] ?? '').length - change.endCharacter);
    const edit: TextEdit = {
      start: change.startCharacter,
      end: change.startCharacter + removedLength,
      text: change.text,
    };
    const inside =
      this.#nicks.length === 0 ? [] : this.#nicks.filter((nick) => nick.offset >= offset && nick.offset <= end);
    const made = make(
      {
        text,
        runs: before.runs,
        nicks: inside.map((nick) => ({ ...nick, offset: nick.offset - offset })),
        cuts: this.#cuts,
      },
      edit,
    );
    const after: Block = { text: made.text, runs: made.runs, lineCount: 0 };
    const written = this.#write(change.startLine, offset, before, after);
    const shift = made.text.length - text.length;
    if (this.#nicks.length > 0 || made.nicks.length > 0) {
      this.#nicks = [
        ...this.#nicks.filter((nick) => nick.offset < offset),
        ...made.nicks.map((nick) => ({ ...nick, offset: nick.offset + offset })),
        ...this.#nicks.filter((nick) => nick.offset > end).map((nick) => ({ ...nick, offset: nick.offset + shift })),
      ];
    }
    this.#cuts = made.cuts;
    return { firstLine: change.startLine, offset, before, after: written };
  }

  /** Takes a step back; the text must be as the step left it. Nicks and cuts are for the caller to restore. */
  unstep(step: LiveStep): void {
    this.#write(step.firstLine, step.offset, step.after, step.before);
  }

  /** Takes a step again. */
  restep(step: LiveStep): void {
    this.#write(step.firstLine, step.offset, step.before, step.after);
  }

  #write(firstLine: number, offset: number, from: Block, to: Block): Block {
    // A block that reached the end of the document may be followed by nothing, hence by no LF either.
    const reachesEnd = firstLine + from.lineCount >= this.#text.lines.length;
    if (!reachesEnd && !to.text.endsWith('\n')) throw new BugError('a block of lines lost its end', { firstLine });
    const body = reachesEnd ? to.text : to.text.slice(0, -1);
    this.#runs.splice(offset, offset + from.text.length, to.runs);
    this.#text.replaceLines(firstLine, from.lineCount, body);
    let lineCount = 1;
    for (let at = body.indexOf('\n'); at >= 0; at = body.indexOf('\n', at + 1)) lineCount++;
    return { ...to, lineCount };
  }
}
