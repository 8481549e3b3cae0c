import { isSha, type Sha } from '../core/brand';
import type { Git } from './git';

/** A move of `HEAD` in this work tree. */
export interface HeadMove {
  readonly to: Sha;
  /** Seconds since 1970. */
  readonly time: number;
  /** As git words it: `commit: Subject`, `checkout: moving from a to b`. */
  readonly message: string;
}

/** The latest moves of `HEAD`, newest first, at most `max`; none where git keeps no reflog. */
export async function headMoves(git: Git, max: number): Promise<readonly HeadMove[]> {
  if (max === 0) return [];
  const args = ['log', '--walk-reflogs', '--no-show-signature', '--date=unix', '--format=%H %gd %gs', '-n', `${max}`];
  const { stdout } = await git.run([...args, 'HEAD', '--'], { expect: [0, 128] });
  return stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [, to, time, message = ''] = /^(\S+) HEAD@\{(\d+)\} (.*)$/s.exec(line) ?? [];
      return isSha(to) ? { to, time: Number(time), message } : [];
    });
}
