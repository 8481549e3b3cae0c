/**
 * The oracle of random editing sessions: each actor writes letters of its own, so that the text itself says who wrote
 * each character. Space, digits and punctuation say nothing: editors add them by themselves.
 */
import type { Attributed } from '../../src/core/attribution/attributed';

/** Who writes in a session. */
export type Actor = 'human' | 'ai' | 'pasted' | 'unknown';

const letters: Readonly<Record<Actor, string>> = {
  human: 'abcdefg',
  ai: 'mnopqrs',
  pasted: 'hijkl',
  unknown: 'uvwxyz',
};

/** Numbers that follow from a seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to 1 (mulberry32, by Tommy Ettinger, public domain). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to `end`, which is not reached. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** One of several. */
  pick<T>(things: readonly [T, ...T[]]): T {
    return things[this.below(things.length)] ?? things[0];
  }

  /** A word of an actor's letters. */
  word(actor: Actor, most = 6): string {
    const own = letters[actor];
    // One character alone, as a part of a completion may be, cannot be told from a key where no reasons are given.
    const least = actor === 'ai' ? 2 : 1;
    return Array.from({ length: least + this.below(most) }, () => own[this.below(own.length)] ?? '').join('');
  }

  /** A line of an actor's words, with some punctuation. */
  line(actor: Actor, words = 1 + this.below(4)): string {
    const text = Array.from({ length: words }, () => this.word(actor)).join(this.pick([' ', '.', ', ']));
    return this.pick([text, `${text};`, `(${text})`, `  ${text}`]);
  }

  /** Several lines of an actor. */
  lines(actor: Actor, count: number): string {
    return Array.from({ length: count }, () => this.line(actor)).join('\n');
  }
}

/** What an actor's characters may count as: exactly that, or also `unknown` where the editor gives no reasons. */
export type Strictness = 'exact' | 'or unknown';

/** The first character that counts as somebody else's, in words; nothing when all is right. */
export function wrongOrigin({ text, runs }: Attributed, strictness: Strictness): string | undefined {
  let at = 0;
  for (const run of runs) {
    const told = run.kind === 'base' ? 'base' : run.source.origin.kind;
    for (let index = at; index < at + run.length; index++) {
      const actor = actorOf(text[index] ?? '');
      if (actor === undefined || told === actor || (strictness === 'or unknown' && told === 'unknown')) continue;
      const rule = run.kind === 'base' ? run.text : run.source.rule;
      const around = `${text.slice(Math.max(0, index - 20), index)}»${text[index]}«${text.slice(index + 1, index + 20)}`;
      return `${actor} is told as ${told} (${rule}) at ${index}: ${JSON.stringify(around)}`;
    }
    at += run.length;
  }
  return undefined;
}

function actorOf(character: string): Actor | undefined {
  const letter = character.toLowerCase();
  for (const actor of ['human', 'ai', 'pasted', 'unknown'] as const) if (letters[actor].includes(letter)) return actor;
  return undefined;
}
