import type { Sha } from '../core/brand';
import { ensureRecords } from './ensureRecords';
import { LineOrigins } from './lineOrigins';
import type { Records } from './makeRecord';
import { RecordBook } from './recordBook';
import type { Repository } from './repository';

export type { Records } from './makeRecord';

/**
 * The records of this clone, built where they are missed; with `tips` those of other notes, as a server has them that
 * judges a push, where nothing is built.
 */
export function recordsOf(repo: Repository, tips?: () => Promise<readonly Sha[]>): Records {
  const book = new RecordBook(repo, tips);
  const records: Records = {
    book,
    origins: new LineOrigins(repo, book, tips === undefined ? (commits) => ensureRecords(repo, records, commits) : undefined),
  };
  return records;
}
