import { classifyLines, type LineOrigin } from '../core/attribution/lineClass';
import type { RepoPath, Sha } from '../core/brand';
import { ToolError } from '../core/errors';
import { gitLineMap, gitLineTexts } from '../core/text/gitLines';
import { textOfBytes } from '../core/text/textId';
import { blameFile } from '../git/blame';
import { resolve } from '../git/refs';
import { readWorkFile } from '../store/workFile';
import { readFileText } from './blobs';
import type { Records } from './commitRecords';
import { knownOnDisk } from './copiedFile';
import { evidenceOf } from './evidenceOf';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** One line with its origin, as `blame --json` writes it. */
export interface BlamedLine {
  readonly line: number;
  readonly class: LineOrigin['class'];
  readonly tool: string | null;
  readonly model: string | null;
  readonly session: string | null;
  /** The commit that added the line; `null` where none has it. */
  readonly commit: Sha | null;
  readonly evidence: 'measured' | 'declared' | 'inferred' | null;
  readonly reason: string | null;
}

/** A file, line by line. */
export interface BlamedFile {
  readonly path: RepoPath;
  readonly rev: Sha | null;
  readonly lines: readonly BlamedLine[];
  /** The lines' texts, for people. */
  readonly texts: readonly string[];
}

function blamed(line: number, origin: LineOrigin, commit: Sha | undefined): BlamedLine {
  return {
    line,
    class: origin.class,
    tool: origin.session?.tool ?? null,
    model: origin.session?.model ?? null,
    session: origin.session?.session ?? null,
    commit: commit ?? null,
    evidence: evidenceOf(origin) ?? null,
    reason: origin.reason ?? null,
  };
}

/**
 * Who wrote each line of a file: in revision `rev`, or on disk (tracked or not) without one.
 *
 * @throws ToolError `bad-input` for a revision or a file that is not there
 */
export async function blame(
  repo: Repository,
  records: Records,
  path: RepoPath,
  rev: string | undefined,
): Promise<BlamedFile> {
  return rev === undefined ? blameDisk(repo, records, path) : blameRevision(repo, records, path, rev);
}

async function blameRevision(repo: Repository, records: Records, path: RepoPath, rev: string): Promise<BlamedFile> {
  const commit = await resolve(repo.git, rev, 'commit');
  if (commit === undefined) throw new ToolError('bad-input', `There is no commit ${rev}.`);
  const file = await readFileText(repo, commit, path);
  if (file === undefined) throw new ToolError('bad-input', `${path} is no file in ${rev}.`);
  const origins = await records.origins.linesAt(commit, path);
  const texts = gitLineTexts(file.bytes);
  const lines = texts.map((_, index) => {
    const known = origins.get(index + 1);
    return blamed(index + 1, known ?? { class: 'unknown', reason: 'no-record' }, known?.commit);
  });
  return { path, rev: commit, lines, texts };
}

async function blameDisk(repo: Repository, records: Records, path: RepoPath): Promise<BlamedFile> {
  const file = readWorkFile(workPathOf(repo, path));
  if (file.kind !== 'found')
    throw new ToolError(
      'bad-input',
      `${path} is no file on disk that can be read, or is larger than 50 MB, which is not followed.`,
    );
  const text = textOfBytes(file.bytes);
  const texts = gitLineTexts(file.bytes);
  const head = await resolve(repo.git, 'HEAD', 'commit');
  const found = await blameFile(repo.git, undefined, path);
  const commits = new Map(found.kind === 'found' ? found.lines.map((line) => [line.finalLine, line]) : []);
  const map = gitLineMap(file.bytes);
  const uncommitted = new Set<number>();
  for (let line = 1; line <= texts.length; line++) {
    if (commits.get(line)?.commit !== undefined) continue;
    for (let index = map?.[line - 1] ?? line - 1; index < (map?.[line] ?? line); index++) uncommitted.add(index);
  }
  const attributed = await knownOnDisk(repo, records.origins, { path, text });
  const lookup = await records.origins.baseLookup(attributed, path, head === undefined ? [] : [head], uncommitted);
  const classes = classifyLines(attributed, path, lookup);
  const origins = await records.origins.originsOf([...commits.values()].filter(({ commit }) => commit !== undefined));
  const lines: BlamedLine[] = [];
  for (let line = 1; line <= texts.length; line++) {
    const committed = origins.get(line);
    const own = classes[map?.[line - 1] ?? line - 1] ?? { class: 'unknown', reason: 'not-watched' };
    lines.push(
      committed?.commit === undefined ? blamed(line, own, undefined) : blamed(line, committed, committed.commit),
    );
  }
  return { path, rev: null, lines, texts };
}
