import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSha, type Sha } from '../../core/brand';
import type { Repository } from '../repository';

/** What `prepare-commit-msg` worked out for the commit that is about to be made. */
export interface Prepared {
  readonly tree: Sha;
  readonly parents: readonly Sha[];
  /** The line that makes its record. */
  readonly record: string;
  /** Whether trailers of ours were in the message when the hook left it. */
  readonly wrote: boolean;
}

function fileOf(repo: Repository): string {
  return join(repo.git.gitDir, 'countersign-prepared');
}

/** Keeps what was prepared until the commit is there; in the work tree's own git directory. */
export function writePrepared(repo: Repository, prepared: Prepared): void {
  writeFileSync(fileOf(repo), `${JSON.stringify(prepared)}\n`, { mode: 0o600 });
}

/** What was prepared last, or nothing. */
export function readPrepared(repo: Repository): Prepared | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(fileOf(repo), 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { tree, parents, record, wrote } = value as Readonly<Record<string, unknown>>;
  if (!isSha(tree) || typeof record !== 'string' || !Array.isArray(parents) || !parents.every(isSha)) return undefined;
  return { tree, parents, record, wrote: wrote === true };
}

/** Forgets it. */
export function clearPrepared(repo: Repository): void {
  rmSync(fileOf(repo), { force: true });
}

const markName = 'countersign-no-trailers';

/** Whether the author deleted the trailers of the commit that follows `head`. */
export function hasDeletionMark(repo: Repository, head: Sha | undefined): boolean {
  try {
    return readFileSync(join(repo.git.gitDir, markName), 'utf8').trim() === (head ?? 'unborn');
  } catch {
    return false;
  }
}

/** Sets or removes the mark. */
export function setDeletionMark(repo: Repository, head: Sha | undefined, mark: 'set' | 'clear' | 'keep'): void {
  const path = join(repo.git.gitDir, markName);
  if (mark === 'set') writeFileSync(path, `${head ?? 'unborn'}\n`, { mode: 0o600 });
  else if (mark === 'clear') rmSync(path, { force: true });
}
