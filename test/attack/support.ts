import type { Sha } from '../../src/core/brand';
import { pushBlockedMarker } from '../../src/core/gate/explain';
import type { Clone, Ran, Server } from '../gate/server';

/** What a push came to, by the words of the hook. */
export function outcome({ status, stderr }: Ran): 'passed' | 'blocked' | 'undecided' | 'failed' {
  if (status === 0) return 'passed';
  if (stderr.includes(pushBlockedMarker)) return 'blocked';
  return stderr.includes('countersign: undecided') ? 'undecided' : 'failed';
}

/** A text of so many different lines. */
export function lines(count: number, word: string): string {
  return Array.from({ length: count }, (_, index) => `${word} line number ${index} of the text\n`).join('');
}

/** Pushes to `origin` with all notes and signed heads that are here. */
export function pushAll(clone: Clone, ...refs: readonly string[]): Ran {
  const own = clone.git('for-each-ref', '--format=%(refname)', 'refs/notes', 'refs/countersign/signed');
  return clone.push(
    ...refs,
    ...own
      .split('\n')
      .filter((ref) => ref !== '')
      .map((ref) => `${ref}:${ref}`),
  );
}

/** Puts work on the server past the gate, as what was there before. */
export function place(at: Server, clone: Clone, ...refs: readonly string[]): void {
  at.noHook();
  const { status, stderr } = clone.push(...refs);
  at.hook();
  if (status !== 0) throw new Error(stderr);
}

/** Signs `HEAD` and keeps it, as publishing does, whatever becomes of the branch. */
export async function signAndKeep(clone: Clone, ...rest: Parameters<Clone['sign']>): Promise<Sha> {
  await clone.sign(...rest);
  const head = clone.git('rev-parse', 'HEAD') as Sha;
  clone.git('update-ref', `refs/countersign/signed/${head}`, head);
  return head;
}
