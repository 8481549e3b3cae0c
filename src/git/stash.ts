import { isSha, type Sha } from '../core/brand';
import type { Git } from './git';

/** The commits of the newest stashes, latest first, at most `max`; none where nothing is stashed. */
export async function listStashes(git: Git, max: number): Promise<readonly Sha[]> {
  const args = ['rev-list', '--walk-reflogs', `--max-count=${max}`, 'refs/stash', '--'];
  const { stdout } = await git.run(args, { expect: [0, 128] });
  return stdout.toString('latin1').split('\n').filter(isSha);
}
