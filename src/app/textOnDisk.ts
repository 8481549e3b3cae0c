import type { Attributed } from '../core/attribution/attributed';
import { classifyLines, type LineOrigin } from '../core/attribution/lineClass';
import type { RepoPath } from '../core/brand';
import { attributedByRecord } from '../core/record/recordReader';
import { splitLines } from '../core/text/lines';
import { textOfBytes } from '../core/text/textId';
import { oidOf, storeFiltered } from '../git/objects';
import { isQuotedRepoPath } from '../git/repoPath';
import { readWorkFile } from '../store/workFile';
import { type FileText, readBlobText } from './blobs';
import { knownText, type TextHints } from './knownText';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/**
 * The file of a commit as it lies on disk, which may be further than what was staged of it: who moved a block there moved
 * it here. Nothing where it is the same, or is not there.
 *
 * Where a filter or an encoding makes git's bytes other than those on disk, it is what git has of them, known line for line.
 */
export async function textOnDisk(
  repo: Repository,
  path: RepoPath,
  file: FileText,
  hints: TextHints,
): Promise<Attributed | undefined> {
  const disk = isQuotedRepoPath(path) ? undefined : readWorkFile(workPathOf(repo, path));
  if (disk?.kind !== 'found') return undefined;
  const text = textOfBytes(disk.bytes);
  if (text === file.text) return undefined;
  const known = await knownText(repo, path, text, hints);
  const stored = await storedText(repo, path, disk.bytes, file);
  if (stored === undefined || splitLines(text).length !== splitLines(stored.text).length) return known;
  const lines = new Map<number, LineOrigin>();
  classifyLines(known, path, () => undefined).forEach((origin, index) => {
    if (origin.reason !== 'no-record') lines.set(index + 1, origin);
  });
  return attributedByRecord(stored.text, stored.textId, lines);
}

/** What git has of bytes on disk; nothing where they are the same, line ends apart. */
async function storedText(
  repo: Repository,
  path: RepoPath,
  bytes: Buffer,
  file: FileText,
): Promise<FileText | undefined> {
  const blob = await repo.filtered.of(path);
  if (blob === undefined) return undefined;
  if (blob === file.blob) return file;
  if (blob === oidOf(repo.git.objectFormat, 'blob', bytes)) return undefined;
  const stored = await readBlobText(repo, await storeFiltered(repo.git, path, bytes));
  return stored?.text === textOfBytes(bytes) ? undefined : stored;
}
