import type { Sha } from '../brand';
import { isSha } from '../brand';
import type { DecodeProblem } from './decodeProblem';

/** Takes the members of one foreign object; a wrong one is reported and replaced by a harmless value. */
export class MemberReader {
  readonly path: string;
  readonly #members: ReadonlyMap<string, unknown>;
  readonly #problems: DecodeProblem[];

  constructor(path: string, value: unknown, problems: DecodeProblem[]) {
    this.path = path;
    this.#problems = problems;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) problems.push({ path, problem: 'not an object' });
    this.#members = new Map(isObject ? Object.entries(value) : []);
  }

  report(name: string, problem: string): void {
    this.#problems.push({ path: `${this.path}.${name}`, problem });
  }

  check<T>(holds: boolean, name: string, problem: string, value: T): T {
    if (!holds) this.report(name, problem);
    return value;
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  keys(atMost: number): readonly string[] {
    if (this.#members.size > atMost) this.#problems.push({ path: this.path, problem: `more than ${atMost} members` });
    return [...this.#members.keys()].slice(0, atMost);
  }

  object(name: string): MemberReader {
    return new MemberReader(`${this.path}.${name}`, this.#members.get(name), this.#problems);
  }

  optionalObject(name: string): MemberReader | undefined {
    return this.has(name) ? this.object(name) : undefined;
  }

  list(name: string, atMost: number): readonly unknown[] {
    const value = this.#members.get(name);
    if (!Array.isArray(value)) this.report(name, 'not a list');
    else if (value.length > atMost) this.report(name, `more than ${atMost} entries`);
    return Array.isArray(value) ? value.slice(0, atMost) : [];
  }

  text(name: string, longest: number): string {
    const value = this.#members.get(name);
    const isText =
      typeof value === 'string' && value !== '' && value.length <= longest && !/\p{Surrogate}/u.test(value);
    return isText ? value : this.check(false, name, `not a text of 1 to ${longest} characters`, '');
  }

  matching(name: string, pattern: RegExp, what: string): string {
    const value = this.#members.get(name);
    return typeof value === 'string' && pattern.test(value) ? value : this.check(false, name, `not ${what}`, '');
  }

  literal<T extends string>(name: string, values: readonly [T, ...T[]]): T {
    const value = values.find((each) => each === this.#members.get(name));
    return value ?? this.check(false, name, `not one of ${values.join(', ')}`, values[0]);
  }

  sha(name: string): Sha {
    const value = this.#members.get(name);
    return this.check(isSha(value), name, 'not an object id', value as Sha);
  }

  sha256(name: string): string {
    return this.matching(name, /^[0-9a-f]{64}$/, 'a SHA-256 in hex');
  }

  integer(name: string): number {
    const value = this.#members.get(name);
    const isInteger = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    return isInteger ? value : this.check(false, name, 'not a number from 0', 0);
  }

  boolean(name: string): boolean {
    const value = this.#members.get(name);
    return this.check(typeof value === 'boolean', name, 'not true or false', value === true);
  }

  time(name: string): number {
    const text = this.matching(name, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/, 'a time in UTC');
    const time = Date.parse(text);
    if (text !== '' && Number.isNaN(time)) this.report(name, 'no such time');
    return time;
  }
}
