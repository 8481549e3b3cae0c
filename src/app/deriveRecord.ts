import { type Attributed, attributedAsBase } from '../core/attribution/attributed';
import { explainText } from '../core/attribution/explainText';
import { classifyLines, type LineOrigin } from '../core/attribution/lineClass';
import type { Sha } from '../core/brand';
import type { Session } from '../core/origin';
import { buildRecord, type ExplainedFile } from '../core/record/buildRecord';
import type { CommitRecord } from '../core/record/record';
import { attributedByRecord } from '../core/record/recordReader';
import { gitLineMap } from '../core/text/gitLines';
import type { Commit } from '../git/commit';
import type { FileChange } from '../git/diff';
import { isQuotedRepoPath } from '../git/repoPath';
import { commitId, readBlobText, readFileText } from './blobs';
import { formerFiles } from './formerFiles';
import { leastFavourableOf, normalisedLines, onNormalisedLines } from './gitLineOrigins';
import type { LineOrigins } from './lineOrigins';
import { derivedFromOf } from './makeRecord';
import type { RecordBook } from './recordBook';
import { lossesOf, type Replayed } from './replayed';
import type { Repository } from './repository';

/** A commit that a forge made. */
export interface ForgedCommit {
  readonly sha: Sha;
  readonly commit: Commit;
  /** The commit whose texts it has: the head that was squashed, or the one that was picked. */
  readonly source: Sha;
  /** The commits that it was made from, oldest first. */
  readonly from: readonly Sha[];
}

/**
 * The record of a commit that was made from others, from objects and their records alone: no ledger, no reflog, no clock,
 * so that two clones with the same records derive the same bytes. `origins` must know no more than that.
 *
 * A line is whoever's it is at `source`; one that is not there is known by the parent's text, else unknown (`forge`).
 */
export async function deriveRecord(
  repo: Repository,
  book: RecordBook,
  origins: LineOrigins,
  made: ForgedCommit,
): Promise<CommitRecord> {
  const { tree, parents } = made.commit;
  const [changes = [], ...others] = await diffsAgainst(repo, tree, parents);
  const losses = await lossesOf(repo, await stated(repo, book, made.from));
  const records = await Promise.all(made.from.map((commit) => book.statementsOf(commit)));
  const known = records.flat().map((record) => ({ commit: made.source, record }));
  const former = formerFiles(repo, known, made.sha);
  const files: ExplainedFile[] = [];
  const byPath = others.map((other) => new Map(other.map((change) => [change.path, change])));
  for (const change of changes) {
    // A merge lists only what no parent has.
    const own = byPath.reduce<readonly number[]>((lines, other) => {
      const elsewhere = new Set(addedLines(other.get(change.path)));
      return lines.filter((line) => elsewhere.has(line));
    }, addedLines(change));
    const file = await explainFile(repo, origins, made, change, own, former);
    if (file === undefined || (parents.length > 1 && own.length === 0)) continue;
    files.push({ ...file, deleted: parents.length > 1 ? [] : deletionsOf(change, losses) });
  }
  return buildRecord(files, await derivedFromOf(book, made.from));
}

async function diffsAgainst(
  repo: Repository,
  tree: Sha,
  parents: readonly Sha[],
): Promise<readonly (readonly FileChange[])[]> {
  const froms = parents.length === 0 ? [undefined] : await Promise.all(parents.map((parent) => commitId(repo, parent)));
  return Promise.all(froms.map((from) => repo.diffs.diff(from, tree)));
}

function addedLines(change: FileChange | undefined): readonly number[] {
  return (change?.hunks ?? []).flatMap(({ newStart, newCount }) =>
    Array.from({ length: newCount }, (_, index) => newStart + index),
  );
}

const submodule = '160000';

async function explainFile(
  repo: Repository,
  origins: LineOrigins,
  made: ForgedCommit,
  change: FileChange,
  added: readonly number[],
  former: ReturnType<typeof formerFiles>,
): Promise<Omit<ExplainedFile, 'deleted'> | undefined> {
  if (change.newMode === submodule || change.oldMode === submodule || change.hunks.length === 0) return undefined;
  const common = { path: change.path, blob: change.newOid, isGitQuoted: isQuotedRepoPath(change.path) };
  const file = change.newOid === undefined ? undefined : await readBlobText(repo, change.newOid);
  if (file === undefined || added.length === 0) return { ...common, lines: [] };
  const old = change.oldOid === undefined ? undefined : await readBlobText(repo, change.oldOid);
  const replayed: Attributed[] = [];
  const same = await readFileText(repo, made.source, change.path);
  for (const source of same === undefined ? await former(file.text) : [{ path: change.path, file: same }]) {
    const known = onNormalisedLines(await origins.linesAt(made.source, source.path), gitLineMap(source.file.bytes));
    replayed.push(attributedByRecord(source.file.text, source.file.textId, known));
  }
  const near = old === undefined ? [] : [attributedAsBase(old.textId, old.text)];
  const attributed = explainText(file.text, { replayed, exact: undefined, near, left: [], moved: undefined }, 'forge');
  const map = gitLineMap(file.bytes);
  const wanted = new Set(added.flatMap((line) => normalisedLines(map, line)));
  const homes = made.commit.parents.slice(0, 1);
  const lookup = await origins.baseLookup(attributed, change.oldPath ?? change.path, homes, wanted);
  const classes = classifyLines(attributed, change.path, lookup);
  const originOf = (line: number): LineOrigin =>
    leastFavourableOf(normalisedLines(map, line).map((index) => classes[index]));
  return { ...common, lines: added.map((line) => ({ line, origin: originOf(line) })) };
}

/** The commits with what their records state. */
async function stated(repo: Repository, book: RecordBook, commits: readonly Sha[]): Promise<readonly Replayed[]> {
  const found: Replayed[] = [];
  for (const sha of commits) {
    const [commit, parent] = await Promise.all([commitId(repo, sha), commitId(repo, `${sha}^`)]);
    const [record] = await book.statementsOf(sha);
    if (commit !== undefined && record !== undefined) found.push({ commit, parent, record });
  }
  return found;
}

/**
 * Who removed a file's lines: those who are recorded to have, oldest first, together no more lines than went. The
 * records do not say which lines, so an AI's come first; the rest a person removed.
 */
function deletionsOf(change: FileChange, losses: Awaited<ReturnType<typeof lossesOf>>): ExplainedFile['deleted'] {
  const own = [...(losses.get(change.path) ?? []), ...(losses.get(change.oldPath ?? change.path) ?? [])];
  const deletions = [...new Set(own)].flatMap((gone) => gone.deletions);
  let left = change.hunks.reduce((sum, { oldCount }) => sum + oldCount, 0);
  const result: { readonly by: Session | 'unknown'; readonly count: number }[] = [];
  for (const { by, count } of [...deletions].sort((a, b) => Number(a.by === 'unknown') - Number(b.by === 'unknown'))) {
    const taken = Math.min(left, count);
    left -= taken;
    if (taken > 0) result.push({ by, count: taken });
  }
  return result;
}
