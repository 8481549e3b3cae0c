/** One thing wrong with foreign data: where (`$.predicate.commits[3]`, or `$` for the whole) and what. */
export interface DecodeProblem {
  readonly path: string;
  readonly problem: string;
}

/** A decoder's answer: the value, or every problem found, at least one. */
export type Decoded<T> =
  | { readonly kind: 'decoded'; readonly value: T }
  | { readonly kind: 'malformed'; readonly problems: readonly DecodeProblem[] };
