import { type DecodedTrace, decodeAgentTrace } from '../core/agentTrace/decodeAgentTrace';
import { JsonDocuments } from '../core/agentTrace/jsonDocuments';
import { isSha, type RepoPath, type Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { type ForeignChange, foreignRecord, originsOf, type SaidLines } from '../core/foreign/foreignRecord';
import { parseGitAiNote } from '../core/gitAi/parseGitAiNote';
import { fillUnknown } from '../core/record/fillUnknown';
import type { CommitRecord } from '../core/record/record';
import { attachRecords, type RecordToAttach } from './attachRecords';
import { blobIdAt } from './blobs';
import { changesIn, gitAiTips, mostNote } from './foreignRecords';
import { noteIndex } from './noteIndex';
import { RecordBook } from './recordBook';
import type { Repository } from './repository';

/** What came of an import. What could not be used is told; nothing that was there is changed. */
export interface Import {
  readonly imported: readonly Sha[];
  /** Commits that have a record of ours, which stays. */
  readonly kept: readonly Sha[];
  /** With their place; untrusted text. The first ones, where there are many. */
  readonly problems: readonly string[];
  readonly problemCount: number;
}

/** How many commits are looked at together. */
const batch = 500;
const mostTold = 100;

/** More ranges than this are not held at once. */
const mostRanges = 2_000_000;

/** Collects what becomes of an import. */
class Tally {
  readonly imported: Sha[] = [];
  readonly kept = new Set<Sha>();
  readonly problems: string[] = [];
  problemCount = 0;

  tell(problem: string): void {
    this.problemCount++;
    if (this.problems.length < mostTold) this.problems.push(problem);
  }

  result(): Import {
    const { imported, kept, problems, problemCount } = this;
    return { imported, kept: [...kept], problems, problemCount };
  }
}

/** Makes records of git-ai's notes, for commits that are here and have none. @throws ToolError `git-failed`, `lost-race` */
export async function importGitAi(repo: Repository): Promise<Import> {
  const tally = new Tally();
  const index = await noteIndex(repo, await gitAiTips(repo));
  const commits = [...index.keys()];
  const book = new RecordBook(repo);
  for (let from = 0; from < commits.length; from += batch) {
    const some = commits.slice(from, from + batch);
    const open = new Set(await book.without(some));
    await book.prepare(open);
    const built = await Promise.all(
      some.map(async (commit): Promise<readonly RecordToAttach[]> => {
        if (!open.has(commit)) tally.kept.add(commit);
        else if ((await repo.objects.info(`${commit}^{commit}`)).kind !== 'found')
          tally.tell(`${commit}: the commit is not here`);
        else {
          await problemsOf(repo, commit, index.get(commit) ?? [], tally);
          const record = await book.foreignOf(commit);
          if (record !== undefined && knowsAny(record)) return [{ commit, record }];
        }
        return [];
      }),
    );
    await finish(repo, built.flat(), tally);
    book.forget(some);
  }
  return tally.result();
}

async function problemsOf(repo: Repository, commit: Sha, blobs: readonly Sha[], tally: Tally): Promise<void> {
  for (const blob of blobs) {
    const info = await repo.objects.info(blob);
    if (info.kind === 'found' && info.size > mostNote) {
      tally.tell(`the note of ${commit}: it is too large to be read`);
      continue;
    }
    const read = await repo.objects.read(blob);
    const note = read.kind === 'found' ? parseGitAiNote(read.data.toString('utf8')) : undefined;
    for (const problem of note?.problems ?? []) tally.tell(`the note of ${commit}: ${problem}`);
  }
}

type SaidByPath = Map<string, SaidLines[]>;

/**
 * Makes records of Agent Traces, for commits that are here and have none. Lines that a trace names at a revision belong to
 * the commit that added them. @throws ToolError `bad-input` for more than is held at once, `git-failed`, `lost-race`
 */
export async function importAgentTraces(repo: Repository, pieces: AsyncIterable<string>): Promise<Import> {
  const tally = new Tally();
  const said = await readTraces(pieces, tally);
  const byCommit = new Map<Sha, SaidByPath>();
  const revisions = [...said.keys()];
  for (let from = 0; from < revisions.length; from += batch) {
    const some = revisions.slice(from, from + batch);
    const changes = await changesIn(repo, some);
    for (const revision of some) {
      const at = { revision, changes: changes.get(revision) };
      await locate(repo, at, said.get(revision) ?? new Map(), byCommit, tally);
    }
  }
  const commits = [...byCommit.keys()];
  const book = new RecordBook(repo);
  for (let from = 0; from < commits.length; from += batch) {
    const some = commits.slice(from, from + batch);
    const open = new Set(await book.without(some));
    await book.prepare(open);
    const changes = await changesIn(repo, [...open]);
    const built: RecordToAttach[] = [];
    for (const commit of some) {
      if (!open.has(commit)) {
        tally.kept.add(commit);
        continue;
      }
      const paths = byCommit.get(commit);
      const own = foreignRecord(changes.get(commit) ?? [], (path) => paths?.get(path) ?? [], undefined);
      const others = await book.foreignOf(commit);
      if (knowsAny(own)) built.push({ commit, record: others === undefined ? own : fillUnknown(own, others) });
    }
    await finish(repo, built, tally);
    book.forget(some);
  }
  return tally.result();
}

function knowsAny({ counts }: CommitRecord): boolean {
  return counts.ai + counts['ai-edited'] + counts.human > 0;
}

async function finish(repo: Repository, built: readonly RecordToAttach[], tally: Tally): Promise<void> {
  await attachRecords(repo, built);
  tally.imported.push(...built.map(({ commit }) => commit));
  // Commits that build on them are to be looked at.
  if (built.length > 0) repo.ledger.markActive();
}

/** By revision and path what the traces say, in their order. */
async function readTraces(pieces: AsyncIterable<string>, tally: Tally): Promise<ReadonlyMap<Sha, SaidByPath>> {
  const said = new Map<Sha, SaidByPath>();
  let ranges = 0;
  const take = ({ revision, files }: DecodedTrace): void => {
    if (!isSha(revision)) return;
    const paths = said.get(revision) ?? new Map<string, SaidLines[]>();
    said.set(revision, paths);
    for (const file of files) {
      ranges += file.said.length;
      const known = paths.get(file.path);
      if (known === undefined) paths.set(file.path, [...file.said]);
      else for (const lines of file.said) known.push(lines);
    }
    if (ranges > mostRanges) {
      throw new ToolError('bad-input', `There are more than ${mostRanges} ranges, which is too much at once.`, {
        next: 'Nothing was imported; split the file.',
      });
    }
  };
  const documents = new JsonDocuments();
  const consider = (document: ReturnType<JsonDocuments['push']> extends Generator<infer D> ? D : never): void => {
    if (document.kind === 'malformed') {
      tally.tell(`line ${document.line}: ${document.problem}`);
      return;
    }
    const decoded = decodeAgentTrace(document.value);
    if (decoded.kind === 'trace') take(decoded.trace);
    else for (const problem of decoded.problems) tally.tell(`line ${document.line}: ${problem}`);
  };
  for await (const piece of pieces) for (const document of documents.push(piece)) consider(document);
  for (const document of documents.end()) consider(document);
  return said;
}

interface Revision {
  readonly revision: Sha;
  /** Nothing where the commit, or its parent, is not here. */
  readonly changes: readonly ForeignChange[] | undefined;
}

/** Gives what is said of a revision's lines to the commits that added them. */
async function locate(
  repo: Repository,
  { revision, changes: found }: Revision,
  paths: SaidByPath,
  byCommit: Map<Sha, SaidByPath>,
  tally: Tally,
): Promise<void> {
  if (found === undefined) {
    tally.tell(`${revision}: the commit is not here`);
    return;
  }
  const changes = new Map(found.map((change) => [change.path, change]));
  const add = (commit: Sha, path: string, lines: SaidLines): void => {
    const known = byCommit.get(commit) ?? new Map<string, SaidLines[]>();
    byCommit.set(commit, known);
    const list = known.get(path);
    if (list === undefined) known.set(path, [lines]);
    else list.push(lines);
  };
  for (const [path, said] of paths) {
    if (said.length === 0) continue;
    if (!isInside(path)) {
      tally.tell(`${revision}: ${path} is no path of a repository`);
      continue;
    }
    const added = new Set(changes.get(path as RepoPath)?.added);
    if (added.size > 0) for (const lines of said) add(revision, path, lines);
    if (said.every(({ ranges }) => ranges.every((range) => isWithin(range, added)))) continue;
    // Some lines are older than the revision.
    const blob = await blobIdAt(repo, revision, path as RepoPath);
    const blame = blob === undefined ? undefined : await repo.lineHistory.linesAt(revision, path as RepoPath);
    if (blame?.kind !== 'found') {
      if (added.size === 0) tally.tell(`${revision}: it has no file ${path}`);
      continue;
    }
    const older = blame.lines.filter(({ finalLine }) => !added.has(finalLine));
    const origins = originsOf(
      older.map(({ finalLine }) => finalLine),
      said,
    );
    let isAny = added.size > 0;
    older.forEach(({ commit, origPath, origLine }, index) => {
      const origin = origins[index];
      if (commit === undefined || origin === undefined) return;
      isAny = true;
      add(commit, origPath, { ranges: [{ from: origLine, to: origLine }], origin });
    });
    if (!isAny) tally.tell(`${revision}: ${path} has none of the lines`);
  }
}

/** Whether a path can be one of a repository: relative, without steps out of it. */
function isInside(path: string): boolean {
  return !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function isWithin({ from, to }: { readonly from: number; readonly to: number }, added: ReadonlySet<number>): boolean {
  if (to - from >= added.size) return false;
  for (let line = from; line <= to; line++) if (!added.has(line)) return false;
  return true;
}
