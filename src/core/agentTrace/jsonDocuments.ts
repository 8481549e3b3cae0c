/** A value of a stream of JSON, or why there is none; `line` is the 1-based number of its first line. */
export type JsonDocument =
  | { readonly kind: 'value'; readonly line: number; readonly value: unknown }
  | { readonly kind: 'malformed'; readonly line: number; readonly problem: string };

/** A value of more characters than this is passed over. */
export const longestDocument = 16 * 1024 * 1024;

/**
 * Splits text that comes in pieces into JSON values: one a line, one over several lines, or the members of an array. What is
 * malformed is told and passed over: a value that begins at the left margin is read whatever stands before it.
 */
export class JsonDocuments {
  /** The parts of a line whose end has not come. */
  #held: string[] = [];
  #heldLength = 0;
  #line = 0;
  /** Lines of a value that is not complete yet. */
  #open: string[] = [];
  #openLength = 0;
  #openAt = 0;
  #depth = 0;
  #inString = false;
  /** Whether the line at hand is longer than is kept. */
  #tooLong = false;

  /** The values that are complete with this piece. */
  *push(piece: string): Generator<JsonDocument> {
    let from = 0;
    for (let to = piece.indexOf('\n'); to >= 0; to = piece.indexOf('\n', from)) {
      this.#hold(piece.slice(from, to));
      yield* this.#takeHeld();
      from = to + 1;
    }
    this.#hold(piece.slice(from));
  }

  /** What is left at the end. */
  *end(): Generator<JsonDocument> {
    if (this.#heldLength > 0 || this.#tooLong) yield* this.#takeHeld();
    yield* this.#giveUp('it has no end');
  }

  #hold(part: string): void {
    this.#heldLength += part.length;
    this.#held.push(part);
    if (this.#heldLength <= longestDocument) return;
    this.#tooLong = true;
    this.#held = [];
  }

  *#takeHeld(): Generator<JsonDocument> {
    const line = this.#held.join('');
    this.#held = [];
    this.#heldLength = 0;
    yield* this.#take(line);
  }

  *#take(line: string): Generator<JsonDocument> {
    this.#line++;
    if (this.#tooLong) {
      this.#tooLong = false;
      yield { kind: 'malformed', line: this.#line, problem: 'it is longer than is read' };
      return;
    }
    const text = this.#open.length === 0 ? line.trim().replace(/^[[\],]+$/, '') : line;
    if (text === '' && this.#open.length === 0) return;
    // One line, one value: as a rule, and after a value that broke off.
    const whole =
      /^\s*[[{]/.test(text) && (this.#open.length === 0 || line.startsWith('{"')) ? parsed(text) : undefined;
    if (whole !== undefined) {
      yield* this.#giveUp('it has no end');
      yield* valuesOf(whole.value, this.#line);
      return;
    }
    if (this.#open.length === 0) {
      const start = text.replace(/^\[\s*/, '');
      if (!start.startsWith('{')) {
        yield { kind: 'malformed', line: this.#line, problem: 'it is no JSON object' };
        return;
      }
      this.#openAt = this.#line;
      this.#add(start);
    } else this.#add(line);
    if (this.#openLength > longestDocument) yield* this.#giveUp('it is longer than is read');
    else if (this.#depth <= 0) {
      const all = parsed(this.#open.join('\n'));
      if (all === undefined) yield* this.#giveUp('it is no JSON');
      else {
        const at = this.#openAt;
        this.#clear();
        yield* valuesOf(all.value, at);
      }
    }
  }

  #add(line: string): void {
    this.#open.push(line);
    this.#openLength += line.length + 1;
    for (let index = 0; index < line.length; index++) {
      const character = line.charCodeAt(index);
      if (character === 0x22) this.#inString = !this.#inString;
      else if (this.#inString) {
        if (character === 0x5c) index++;
      } else if (character === 0x7b || character === 0x5b) this.#depth++;
      else if (character === 0x7d || character === 0x5d) this.#depth--;
    }
    // No text of JSON goes over a line end.
    this.#inString = false;
  }

  *#giveUp(problem: string): Generator<JsonDocument> {
    if (this.#open.length === 0) return;
    const line = this.#openAt;
    this.#clear();
    yield { kind: 'malformed', line, problem };
  }

  #clear(): void {
    this.#open = [];
    this.#openLength = 0;
    this.#depth = 0;
    this.#inString = false;
  }
}

function parsed(text: string): { readonly value: unknown } | undefined {
  // In an array a comma or a bracket follows the value.
  const candidates = [text, text.replace(/[\s,]+$/, ''), text.replace(/[\s,]*\]\s*$/, ''), text.replace(/^\s*\[/, '')];
  for (const candidate of new Set(candidates)) {
    try {
      return { value: JSON.parse(candidate) };
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

function* valuesOf(value: unknown, line: number): Generator<JsonDocument> {
  for (const each of Array.isArray(value) ? value : [value]) yield { kind: 'value', line, value: each };
}
