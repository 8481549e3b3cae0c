import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is neither `undefined` nor `false`, and returns it; the wait between grows from 20 to 250 ms.
 * Throws with the words of `what` after `limit` milliseconds, or at once what `ask` throws.
 */
export async function until<T>(
  what: string,
  limit: number,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = Date.now() + limit;
  for (let wait = 20; ; wait = Math.min(250, wait * 1.5)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`Waited ${limit} ms in vain: ${what}`);
    await sleep(wait);
  }
}
