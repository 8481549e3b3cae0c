import { type Attributed, attributedAsBase, attributedAsCommitted } from '../core/attribution/attributed';
import { resolveExact } from '../core/attribution/resolve';
import type { RepoPath, Sha } from '../core/brand';
import { attributedByRecord } from '../core/record/recordReader';
import { gitLineMap } from '../core/text/gitLines';
import { splitLines } from '../core/text/lines';
import { textIdOf, textOfBytes } from '../core/text/textId';
import { readSmudged } from '../git/objects';
import { isQuotedRepoPath } from '../git/repoPath';
import { type FileText, readFileText } from './blobs';
import { onNormalisedLines } from './gitLineOrigins';
import type { LineOrigins } from './lineOrigins';
import type { Repository } from './repository';

/**
 * The id of what git stores of the file that lies at `path` and holds `text`, where that is other text, by a filter or an
 * encoding; nothing where it is the same.
 */
export async function filteredBlob(repo: Repository, path: RepoPath, text: string): Promise<Sha | undefined> {
  const stored = await repo.filtered.of(path);
  return stored === textIdOf(text, repo.git.objectFormat) ? undefined : stored;
}

/** The text of a file of git's as git would put it on disk at `path`. @throws ToolError `git-failed` */
export async function textAsOnDisk(repo: Repository, path: RepoPath, file: FileText): Promise<string> {
  return isQuotedRepoPath(path) ? file.text : textOfBytes(await readSmudged(repo.git, path, file.blob));
}

/**
 * The file of a commit as git would put it on disk; nothing where there is none. It is what the ledger knows of that text; else it
 * stands as in the commit, or, where it is `filtered`, as its records know it line for line.
 */
export async function committedOnDisk(
  repo: Repository,
  origins: LineOrigins,
  { commit, path }: { readonly commit: Sha; readonly path: RepoPath },
  how: 'plain' | 'filtered',
): Promise<Attributed | undefined> {
  const file = await readFileText(repo, commit, path);
  if (file === undefined) return undefined;
  const text = how === 'plain' ? file.text : await textAsOnDisk(repo, path, file);
  const exact = resolveExact(repo.ledger.statesOf(textIdOf(text, repo.git.objectFormat)), {
    worktree: repo.worktree,
    path,
  });
  if (how === 'plain')
    return exact === undefined ? attributedAsBase(file.textId, text) : attributedAsCommitted(exact, file.textId);
  return (
    exact ?? (await storedAsText(repo, origins, { commit, path }, text)) ?? attributedAsBase(file.textId, file.text)
  );
}

/** A text known line for line as a file that git stores for it; nothing where it has other lines. */
export async function storedAsText(
  repo: Repository,
  origins: LineOrigins,
  { commit, path }: { readonly commit: Sha; readonly path: RepoPath },
  text: string,
): Promise<Attributed | undefined> {
  const stored = await readFileText(repo, commit, path);
  if (stored === undefined || splitLines(stored.text).length !== splitLines(text).length) return undefined;
  const known = onNormalisedLines(await origins.linesAt(commit, path), gitLineMap(stored.bytes));
  return attributedByRecord(text, textIdOf(text, repo.git.objectFormat), known);
}
