import { type Attributed, attributedAsBase, hasUnexplained } from '../core/attribution/attributed';
import { resolveExact } from '../core/attribution/resolve';
import type { RepoPath, Sha } from '../core/brand';
import { textIdOf } from '../core/text/textId';
import { commitId, type FileText, readFileText } from './blobs';
import { recordsOf } from './commitRecords';
import { committedOnDisk, filteredBlob, storedAsText } from './committedOnDisk';
import { knownText, type TextHints } from './knownText';
import type { LineOrigins } from './lineOrigins';
import { movedOnDisk } from './movedText';
import type { Repository } from './repository';

/** A file that came, as it lies on disk. */
export interface FileThatCame {
  readonly path: RepoPath;
  /** Normalised. */
  readonly text: string;
}

/** A file of a step, before and after. */
interface StepFile extends Pick<FileThatCame, 'path'> {
  readonly before: Attributed;
  readonly after: string;
}

/**
 * The files of a step, of which those that came as a copy of another one were that before: nobody wrote them. A copy of a file
 * that the step changes has changed with it.
 */
export async function withCopies<T extends StepFile>(
  repo: Repository,
  step: readonly T[],
  commits: readonly Sha[],
): Promise<readonly T[]> {
  const came = step.filter(({ before, after }) => before.text === '' && after !== '');
  const apart = new Set(came.map(({ path }) => path));
  // What went and came under another name was moved.
  const went = new Set(step.flatMap(({ before, after }) => (after === '' ? [before.text] : [])));
  const copies = new Map<StepFile, T>();
  for (const file of came) {
    if (went.has(file.after)) continue;
    const changed = step.find(({ before, after }) => before.text !== '' && after === file.after);
    const before = changed ? undefined : await copiedFile(repo, { path: file.path, text: file.after }, commits, apart);
    if (changed !== undefined) copies.set(file, { ...changed, path: file.path });
    else if (before !== undefined) copies.set(file, { ...file, before });
  }
  return step.map((file) => copies.get(file) ?? file);
}

/**
 * What is known of a file that came and holds what another file holds, in this work tree or in one of `commits`: whoever put
 * it there copied that. Files of `apart` are no such others. Nothing where there is none, or no text.
 */
async function copiedFile(
  repo: Repository,
  { path, text }: FileThatCame,
  commits: readonly Sha[],
  apart: ReadonlySet<RepoPath>,
): Promise<Attributed | undefined> {
  if (text.trim() === '') return undefined;
  const textId = textIdOf(text, repo.git.objectFormat);
  const isOther = (other: string): boolean => other !== path && !apart.has(other as RepoPath);
  const states = repo.ledger.statesOf(textId).filter((state) => isOther(state.path));
  const known = resolveExact(states, { worktree: repo.worktree, path });
  if (known !== undefined) return known;
  const stored = await repo.filtered.of(path);
  for (const commit of commits) {
    if ((await twinIn(repo, commit, textId, isOther)) !== undefined) return attributedAsBase(textId, text);
    const twin = stored === undefined ? undefined : await twinIn(repo, commit, stored, isOther);
    const copy = twin && (await storedAsText(repo, recordsOf(repo).origins, { commit, path: twin }, text));
    if (copy !== undefined) return copy;
  }
  return undefined;
}

/** A file of `commit` that holds a blob. */
async function twinIn(
  repo: Repository,
  commit: Sha,
  blob: Sha,
  isMeant: (path: string) => boolean,
): Promise<RepoPath | undefined> {
  if ((await repo.objects.info(blob)).kind === 'missing') return undefined;
  return (await repo.treeBlobs.find([commit], blob, isMeant))?.path;
}

/**
 * {@link knownText} for the text that lies on disk at `path`. Where a filter makes other bytes of it, the file of `HEAD` is known
 * line for line; of one that git does not follow yet that is the file which git would store the same bytes of. What nobody saw
 * is looked for in what left other files.
 */
export async function knownOnDisk(
  repo: Repository,
  origins: LineOrigins,
  file: FileThatCame,
  hints: TextHints = {},
  moved = movedOnDisk(repo),
): Promise<Attributed> {
  const { path, text } = file;
  const head = await commitId(repo, 'HEAD');
  const committed = head === undefined ? undefined : await readFileText(repo, head, path);
  const known = await knownFiltered(repo, origins, file, hints, head, committed);
  const came = await moved({ path, old: committed }, known);
  if (came === undefined) return known;
  return knownText(repo, path, text, { ...hints, parent: 'none', left: [known], moved: came });
}

async function knownFiltered(
  repo: Repository,
  origins: LineOrigins,
  { path, text }: FileThatCame,
  hints: TextHints,
  head: Sha | undefined,
  committed: FileText | undefined,
): Promise<Attributed> {
  const known = await knownText(repo, path, text, hints);
  if (head === undefined) return known;
  if (committed === undefined ? !hasUnexplained(known) : committed.text === text) return known;
  const stored = await filteredBlob(repo, path, text);
  if (stored === undefined) return known;
  const twin = committed === undefined ? await twinIn(repo, head, stored, () => true) : path;
  const copy = twin && (await committedOnDisk(repo, origins, { commit: head, path: twin }, 'filtered'));
  return copy === undefined ? known : knownText(repo, path, text, { ...hints, parent: 'none', left: [copy] });
}
