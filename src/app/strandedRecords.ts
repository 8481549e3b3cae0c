import type { RepoPath, Sha } from '../core/brand';
import { buildRecord, type ExplainedFile } from '../core/record/buildRecord';
import { decodeRecord } from '../core/record/decodeRecord';
import type { CommitRecord } from '../core/record/record';
import { recordDeletions, recordLines } from '../core/record/recordReader';
import type { NamedRecord } from '../core/record/selectRecord';
import { readCommit } from '../git/commit';
import type { FileChange } from '../git/diff';
import { isQuotedRepoPath } from '../git/repoPath';
import { recordId } from './attachRecords';
import type { RecordBook } from './recordBook';
import type { Repository } from './repository';

/** How many records of commits that are gone are looked through, the first that the notes list. */
const mostStranded = 5000;

/** Of a record the file that a change made, and its name there. */
interface StrandedFile {
  readonly name: RepoPath;
  readonly named: NamedRecord;
}

/**
 * Finds, for commits without a record, the record of a commit that is here no more and that made the very same of their
 * files: as tools leave them that write all of history anew and throw the old one away (`git filter-repo`), which no author,
 * date or patch can be compared with. Every file has to be the same blob with the same lines added, under whatever name; what
 * the other commit changed besides is left out. Only notes are believed: a message may name any blob, also one that it brings.
 */
export async function strandedRecords(
  repo: Repository,
  book: RecordBook,
  commits: readonly Sha[],
): Promise<ReadonlyMap<Sha, CommitRecord>> {
  const found = new Map<Sha, CommitRecord>();
  if (commits.length === 0) return found;
  const gone = await filesOf(repo, await blobsOfGone(repo, book));
  if (gone.size === 0) return found;
  for (const commit of commits) {
    const read = await readCommit(repo.objects, commit);
    if (read.kind !== 'found' || read.commit.parents.length > 1) continue;
    const record = fittingRecord(repo, await repo.diffs.diff(read.commit.parents[0], commit), gone);
    if (record !== undefined) found.set(commit, record);
  }
  return found;
}

/** The notes of commits that are not here. */
async function blobsOfGone(repo: Repository, book: RecordBook): Promise<readonly Sha[]> {
  const index = [...(await book.index())];
  const isHere = await Promise.all(index.map(async ([commit]) => (await repo.objects.info(commit)).kind !== 'missing'));
  return index
    .filter((_, at) => !isHere[at])
    .slice(0, mostStranded)
    .flatMap(([, blobs]) => blobs);
}

/** By blob the files that records list; of what is no record nothing. */
async function filesOf(repo: Repository, notes: readonly Sha[]): Promise<ReadonlyMap<Sha, readonly StrandedFile[]>> {
  const files = new Map<Sha, StrandedFile[]>();
  for (const read of await Promise.all(notes.map((note) => repo.objects.read(note)))) {
    if (read.kind !== 'found' || read.type !== 'blob') continue;
    for (const line of read.data.toString('utf8').split('\n')) {
      const decoded = decodeRecord(line);
      if (decoded.kind !== 'record') continue;
      const named = { record: decoded.record, id: recordId(repo, decoded.record) };
      for (const [name, { blob }] of Object.entries(named.record.files ?? {})) {
        if (blob === undefined) continue;
        const known = files.get(blob);
        const file = { name: name as RepoPath, named };
        if (known === undefined) files.set(blob, [file]);
        else known.push(file);
      }
    }
  }
  return files;
}

/** The record that lists all lines that the changes add, as one of these changes' commit. */
function fittingRecord(
  repo: Repository,
  changes: readonly FileChange[],
  files: ReadonlyMap<Sha, readonly StrandedFile[]>,
): CommitRecord | undefined {
  const added = changes.filter(({ hunks }) => hunks.some(({ newCount }) => newCount > 0));
  const [first] = added;
  if (first?.newOid === undefined) return undefined;
  for (const { named } of files.get(first.newOid) ?? []) {
    const explained: ExplainedFile[] = [];
    for (const change of changes) {
      const same = change.newOid === undefined ? [] : (files.get(change.newOid) ?? []);
      const file = same.find((one) => one.named === named && listsAll(one, change));
      if (file !== undefined) explained.push(explainedBy(file, change));
      else if (added.includes(change)) break;
    }
    if (added.some(({ path }) => !explained.some((file) => file.path === path))) continue;
    const { record, id } = named;
    const again = buildRecord(explained, record.derivedFrom);
    return recordId(repo, again) === id ? record : buildRecord(explained, [...(record.derivedFrom ?? []), id]);
  }
  return undefined;
}

/** Whether the record lists for the file just the lines that the change adds. */
function listsAll({ name, named }: StrandedFile, { hunks }: FileChange): boolean {
  const lines = recordLines(named.record, name);
  const count = hunks.reduce((sum, { newCount }) => sum + newCount, 0);
  return (
    lines.size === count &&
    hunks.every(({ newStart, newCount }) =>
      Array.from({ length: newCount }, (_, at) => newStart + at).every((line) => lines.has(line)),
    )
  );
}

function explainedBy({ name, named: { record } }: StrandedFile, { path, newOid }: FileChange): ExplainedFile {
  return {
    path,
    blob: newOid,
    isGitQuoted: isQuotedRepoPath(path),
    lines: [...recordLines(record, name)].sort(([a], [b]) => a - b).map(([line, origin]) => ({ line, origin })),
    deleted: recordDeletions(record, name),
  };
}
