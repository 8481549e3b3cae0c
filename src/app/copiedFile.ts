import { type Attributed, attributedAsBase, hasUnexplained } from '../core/attribution/attributed';
import { resolveExact } from '../core/attribution/resolve';
import type { RepoPath, Sha } from '../core/brand';
import { attributedByRecord } from '../core/record/recordReader';
import { gitLineMap } from '../core/text/gitLines';
import { splitLines } from '../core/text/lines';
import { textIdOf } from '../core/text/textId';
import { blobIdAt, commitId, readFileText } from './blobs';
import { recordsOf } from './commitRecords';
import { onNormalisedLines } from './gitLineOrigins';
import { knownText, type TextHints } from './knownText';
import type { LineOrigins } from './lineOrigins';
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
    const copy = twin && (await copyOfStored(repo, recordsOf(repo).origins, { commit, path: twin }, text));
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
  return (await repo.blobPaths(commit)).get(blob)?.find(isMeant);
}

/**
 * {@link knownText} for the text that lies on disk at `path`. Where git does not follow the file yet, and a filter makes other
 * bytes of it, it is known line for line as the file of `HEAD` that git would store the same bytes of.
 */
export async function knownOnDisk(
  repo: Repository,
  origins: LineOrigins,
  { path, text }: FileThatCame,
  hints: TextHints = {},
): Promise<Attributed> {
  const known = await knownText(repo, path, text, hints);
  const head = hasUnexplained(known) ? await commitId(repo, 'HEAD') : undefined;
  if (head === undefined || (await blobIdAt(repo, head, path)) !== undefined) return known;
  const stored = await repo.filtered.of(path);
  const twin = stored === undefined ? undefined : await twinIn(repo, head, stored, () => true);
  const copy = twin && (await copyOfStored(repo, origins, { commit: head, path: twin }, text));
  return copy === undefined ? known : knownText(repo, path, text, { ...hints, left: [copy] });
}

async function copyOfStored(
  repo: Repository,
  origins: LineOrigins,
  twin: { readonly commit: Sha; readonly path: RepoPath },
  text: string,
): Promise<Attributed | undefined> {
  const stored = await readFileText(repo, twin.commit, twin.path);
  if (stored === undefined || splitLines(stored.text).length !== splitLines(text).length) return undefined;
  const known = onNormalisedLines(await origins.linesAt(twin.commit, twin.path), gitLineMap(stored.bytes));
  return attributedByRecord(text, textIdOf(text, repo.git.objectFormat), known);
}
