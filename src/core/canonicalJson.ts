import { BugError } from './errors';

/**
 * The one spelling of a plain value in canonical JSON (RFC 8785): keys in UTF-16 order, no white space, no line end;
 * members that are `undefined` are left out. ECMAScript already spells numbers and texts as the RFC wants.
 * A {@link BugError} on what has no spelling (NaN, infinities, half a surrogate pair, functions, `undefined` in a list, class
 * instances with a life of their own): whoever writes makes sure that there is none.
 */
export function encodeCanonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (loneSurrogate.test(value)) throw new BugError('half a surrogate pair', { value });
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new BugError('a number that JSON cannot hold', { value: String(value) });
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(encodeCanonicalJson).join(',')}]`;
      return encodeMembers(value);
    default:
      throw new BugError('a value that JSON cannot hold', { type: typeof value });
  }
}

/** In a pattern with `u` a surrogate matches only where it has no partner. */
const loneSurrogate = /\p{Surrogate}/u;

function encodeMembers(value: object): string {
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) {
    throw new BugError('not a plain object', { name: value.constructor.name });
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  // Without a comparator sort() goes by UTF-16 code units.
  const sorted = new Map(members);
  return `{${[...sorted.keys()]
    .sort()
    .map((key) => `${encodeCanonicalJson(key)}:${encodeCanonicalJson(sorted.get(key))}`)
    .join(',')}}`;
}
