import { type Attributed, type Cut, lineKey, type Nick } from './attributed';
import { pushRun, type Runs } from './runs';
import type { Run, Source } from './source';

/** Puts an attributed text together piece by piece. */
export class AttributedBuilder {
  readonly #runs: Run[] = [];
  readonly #nicks: Nick[] = [];
  readonly #cuts: Cut[];
  #length = 0;

  constructor(cuts: readonly Cut[]) {
    this.#cuts = [...cuts];
  }

  add(piece: Attributed): void {
    for (const run of piece.runs) pushRun(this.#runs, run);
    for (const nick of piece.nicks) this.#nicks.push({ ...nick, offset: nick.offset + this.#length });
    this.#cuts.push(...piece.cuts);
    this.#length += piece.text.length;
  }

  addRuns(runs: Runs): void {
    for (const run of runs) {
      pushRun(this.#runs, run);
      this.#length += run.length;
    }
  }

  cut(line: string, source: Source): void {
    this.#cuts.push({ line: lineKey(line), source });
  }

  done(text: string): Attributed {
    return { text, runs: this.#runs, nicks: this.#nicks, cuts: this.#cuts };
  }
}
