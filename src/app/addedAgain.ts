import type { LineOrigin } from '../core/attribution/lineClass';
import type { RepoPath, Sha } from '../core/brand';
import type { CommitRecord } from '../core/record/record';
import { recordLines } from '../core/record/recordReader';
import { gitLineTexts } from '../core/text/gitLines';
import { isBlank } from '../core/text/lines';
import { type FileText, readFileText } from './blobs';
import type { Repository } from './repository';

/** What a replayed commit added of one content: how often, and whose it is, where all of it is of the same class and known. */
interface Added {
  readonly count: number;
  readonly origin: LineOrigin | undefined;
}

/**
 * Of the lines that a commit adds to a file (by number) those that nobody knows otherwise, and that a commit which it makes again
 * added too, no less often: both sides of a conflict may hold the same line, and a comparison then takes it for the other side's.
 */
export async function addedAgain(
  repo: Repository,
  replays: readonly { readonly commit: Sha; readonly record: CommitRecord }[],
  path: RepoPath,
  file: FileText,
  lines: ReadonlyMap<number, LineOrigin>,
): Promise<ReadonlyMap<number, LineOrigin>> {
  const again = new Map<number, LineOrigin>();
  if (replays.length === 0 || [...lines.values()].every(({ class: kind }) => kind !== 'unknown')) return again;
  const texts = gitLineTexts(file.bytes);
  const counts = new Map<string, number>();
  for (const line of lines.keys()) counts.set(texts[line - 1] ?? '', (counts.get(texts[line - 1] ?? '') ?? 0) + 1);
  for (const { commit, record } of replays) {
    const theirs = recordLines(record, path);
    const had = theirs.size === 0 ? undefined : await readFileText(repo, commit, path);
    const added = had === undefined ? new Map<string, Added>() : addedOf(gitLineTexts(had.bytes), theirs);
    for (const [line, { class: kind }] of lines) {
      const text = texts[line - 1] ?? '';
      const known = added.get(text);
      if (kind !== 'unknown' || isBlank(text) || known?.origin === undefined) continue;
      if ((counts.get(text) ?? 0) <= known.count) again.set(line, known.origin);
    }
  }
  return again;
}

function addedOf(texts: readonly string[], lines: ReadonlyMap<number, LineOrigin>): Map<string, Added> {
  const added = new Map<string, Added>();
  for (const [line, origin] of lines) {
    const text = texts[line - 1] ?? '';
    const known = added.get(text);
    const isSame = known === undefined || JSON.stringify(known.origin) === JSON.stringify(origin);
    added.set(text, {
      count: (known?.count ?? 0) + 1,
      origin: isSame && origin.class !== 'unknown' ? origin : undefined,
    });
  }
  return added;
}
