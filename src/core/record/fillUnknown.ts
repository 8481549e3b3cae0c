import type { RepoPath } from '../brand';
import { buildRecord, type ExplainedFile } from './buildRecord';
import type { CommitRecord } from './record';
import { recordDeletions, recordLines } from './recordReader';

/**
 * A record whose unknown lines and removals are answered by another one of the same commit, as far as that knows them;
 * the record itself where it has none. What it knows stays: `other` is the weaker word.
 */
export function fillUnknown(record: CommitRecord, other: CommitRecord): CommitRecord {
  if (record.counts.unknown === 0 && !hasUnknownLoss(record)) return record;
  const files = Object.entries(record.files ?? {}).map(([name, file]): ExplainedFile => {
    const path = name as RepoPath;
    const said = recordLines(other, path);
    const [removedBy] = recordDeletions(other, path);
    return {
      path,
      blob: file.blob,
      isGitQuoted: file.pathEncoding === 'git',
      lines: [...recordLines(record, path)]
        .sort(([a], [b]) => a - b)
        .map(([line, origin]) => ({ line, origin: origin.class === 'unknown' ? (said.get(line) ?? origin) : origin })),
      deleted: recordDeletions(record, path).map(({ by, count }) => ({
        by: by === 'unknown' && removedBy !== undefined ? removedBy.by : by,
        count,
      })),
    };
  });
  return buildRecord(files, record.derivedFrom);
}

function hasUnknownLoss(record: CommitRecord): boolean {
  return Object.values(record.files ?? {}).some(({ deleted }) => Object.hasOwn(deleted ?? {}, 'unknown'));
}
