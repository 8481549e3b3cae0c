import type { RepoPath, Sha } from '../core/brand';
import { gitLineTexts } from '../core/text/gitLines';
import { isBlank } from '../core/text/lines';
import { diffNames } from '../git/diff';
import { listCommits } from '../git/revList';
import { readFileText } from './blobs';
import type { Records } from './commitRecords';
import type { Repository } from './repository';

/** Which commits are asked about. */
export interface OutgoingRange {
  /** The newest commit that has gone where the work goes; nothing where none has. */
  readonly base: Sha | undefined;
  readonly head: Sha;
  /** Of no interest, since they are signed off. */
  readonly signed: ReadonlySet<Sha>;
}

/** So many outgoing commits are looked at, the newest first. */
const mostCommits = 1000;

/** How many AI lines each file of `head` has from commits that are outgoing and not signed off, blank ones not counted; files without are left out. */
export async function outgoingAi(
  repo: Repository,
  { book, origins }: Records,
  { base, head, signed }: OutgoingRange,
): Promise<ReadonlyMap<RepoPath, number>> {
  const exclude = base === undefined ? [] : [base];
  const range = await listCommits(repo.git, { include: [head], exclude, max: mostCommits });
  const open = new Set<Sha>();
  const named = new Set<string>();
  for (const { sha } of range.filter((commit) => !signed.has(commit.sha))) {
    for (const { sessions, files } of await book.statementsOf(sha)) {
      if (Object.keys(sessions ?? {}).length === 0) continue;
      open.add(sha);
      for (const path of Object.keys(files ?? {})) named.add(path);
    }
  }
  const counts = new Map<RepoPath, number>();
  if (open.size === 0) return counts;
  const changes = (await diffNames(repo.git, base, head)).filter(({ newOid }) => newOid !== undefined);
  // A file that was renamed since has another name than in the record.
  const renamed = [...named].some((path) => !changes.some((change) => change.path === path));
  for (const { path, status } of changes) {
    if (!named.has(path) && !(renamed && status === 'A')) continue;
    const texts = gitLineTexts((await readFileText(repo, head, path))?.bytes ?? Buffer.alloc(0));
    const lines = [...(await origins.linesAt(head, path))].filter(
      ([number, { commit, class: lineClass }]) =>
        commit !== undefined &&
        open.has(commit) &&
        (lineClass === 'ai' || lineClass === 'ai-edited') &&
        !isBlank(texts[number - 1] ?? ''),
    );
    if (lines.length > 0) counts.set(path, lines.length);
  }
  return counts;
}
