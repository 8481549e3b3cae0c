/** What was worked out, and the state that it was made from; none where that never stood still. */
export interface Settled<T> {
  readonly value: T;
  readonly madeFrom: string | undefined;
}

/** Something that keeps moving is looked at again another time. */
const mostTries = 4;

/**
 * Works something out until the state that it is made from is the same before and after: what arrives meanwhile (a
 * commit, or a record that the work itself made) would be taken for known otherwise. @throws what `stateOf` and `work` throw
 */
export async function untilSettled<T>(stateOf: () => Promise<string>, work: () => Promise<T>): Promise<Settled<T>> {
  let before = await stateOf();
  for (let tries = 1; ; tries++) {
    const value = await work();
    const after = await stateOf();
    if (after === before) return { value, madeFrom: after };
    if (tries === mostTries) return { value, madeFrom: undefined };
    before = after;
  }
}
