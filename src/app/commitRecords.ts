import type { RepoPath, Sha } from '../core/brand';
import type { TextId } from '../core/text/textId';
import { ensureRecords } from './ensureRecords';
import { leftBehind } from './hooks/leftBehind';
import { LineOrigins } from './lineOrigins';
import type { Records } from './makeRecord';
import { type NotesToUse, RecordBook } from './recordBook';
import type { Repository } from './repository';

export type { Records } from './makeRecord';

/**
 * The records of this clone, built where they are missed; with `use` those of other notes, as a server has them that
 * judges a push, where nothing is built.
 */
export function recordsOf(repo: Repository, use?: NotesToUse): Records {
  const book = new RecordBook(repo, use);
  if (use !== undefined) return { book, origins: new LineOrigins(repo, book) };
  const derive = (commits: readonly Sha[]): Promise<void> => ensureRecords(repo, records, commits);
  const pathsOf = (text: TextId): readonly RepoPath[] =>
    repo.ledger.statesOf(text).map((state) => state.path as RepoPath);
  const sources = { derive, left: leftBehind(repo, book), elsewhere: true, pathsOf };
  const records: Records = { book, origins: new LineOrigins(repo, book, sources) };
  return records;
}
