/** A text kept as its lines (without LF; one more than it has LFs), so that an edit costs what it touches. */
export class LiveText {
  #lines: string[] | undefined;
  #whole: string | undefined;

  constructor(text: string) {
    this.#whole = text;
  }

  /** The lines; split when first asked for. */
  get lines(): readonly string[] {
    this.#lines ??= (this.#whole ?? '').split('\n');
    return this.#lines;
  }

  /** The whole text; put together when asked for after an edit. */
  get text(): string {
    this.#whole ??= (this.#lines ?? []).join('\n');
    return this.#whole;
  }

  /** Puts the lines of `text` in place of `count` lines from `first` on; `text` has no LF at its end but as a line of its own. */
  replaceLines(first: number, count: number, text: string): void {
    const lines = this.#lines ?? (this.#whole ?? '').split('\n');
    this.#lines = lines;
    this.#whole = undefined;
    if (count === 1 && !text.includes('\n')) lines[first] = text;
    else {
      const added = text.split('\n');
      // Arguments lie on the stack, which has no room for very many.
      if (added.length < 10_000) lines.splice(first, count, ...added);
      else this.#lines = [...lines.slice(0, first), ...added, ...lines.slice(first + count)];
    }
  }

  /** Takes another text. */
  reset(text: string): void {
    this.#whole = text;
    this.#lines = undefined;
  }
}
