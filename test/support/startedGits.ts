import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProvenanceRepo, RunOptions } from './provenanceRepo';

/** How many git processes a command of ours starts, those that git itself starts for it included. */
export function startedGits(repo: ProvenanceRepo, args: readonly string[], options: RunOptions = {}): number {
  const folder = join(repo.root, 'trace');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const { status, stderr } = repo.cli(args, { ...options, env: { ...options.env, GIT_TRACE2_EVENT: folder } });
  if (status !== 0) throw new Error(`countersign ${args.join(' ')} ended with ${status}: ${stderr}`);
  const events = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
  return events.filter((line) => line.startsWith('{"event":"start"')).length;
}
