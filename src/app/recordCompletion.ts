import { type Attributed, attributedBy } from '../core/attribution/attributed';
import { sourceBy } from '../core/attribution/rules';
import type { Source } from '../core/attribution/source';
import { insertCompletion, placeCompletion, type ToldCompletion } from '../core/attribution/toldCompletion';
import type { RepoPath } from '../core/brand';
import { textOfBytes } from '../core/text/textId';
import { readWorkFile } from '../store/workFile';
import { knownText } from './knownText';
import { newState } from './recordEdit';
import type { Repository } from './repository';
import { repoPathOf, workPathOf } from './workPath';

/** Texts of a file that are held in windows and asked for a completion. */
const mostHeld = 4;

/** Completions that an editor with hooks of its own accepted in a file; it may be on disk or not yet. */
export interface AcceptedCompletions {
  readonly tool: string;
  readonly cwd: string;
  readonly file: string;
  readonly completions: readonly ToldCompletion[];
}

/**
 * Takes in completions: a state of the file as it is with them, as far as that can be told. A window that holds the file
 * takes over what it does not know itself; what it knows stays.
 *
 * @throws ToolError `not-writable`, `git-failed`
 */
export async function recordCompletion(repo: Repository, accepted: AcceptedCompletions): Promise<void> {
  const path = repoPathOf(repo, accepted.file, accepted.cwd);
  if (path === undefined) return;
  const source = sourceBy('hook.completion', {
    kind: 'ai',
    session: { tool: accepted.tool, kind: 'inline', evidence: 'measured' },
  });
  const texts = await textsOf(repo, path);
  if (texts === undefined) return;
  let attributed: Attributed | undefined;
  for (const told of accepted.completions) {
    const found = withCompletion(attributed === undefined ? texts : [attributed], told, source);
    attributed = found ?? attributed;
  }
  if (attributed !== undefined) repo.ledger.append([newState(repo, path, attributed, {})]);
}

/** The first text that fits, with the completion; nothing where that is known already. */
function withCompletion(texts: readonly Attributed[], told: ToldCompletion, source: Source): Attributed | undefined {
  for (const text of texts) {
    const placed = placeCompletion(text, told, source);
    if (placed.kind === 'placed') return placed.attributed;
    if (placed.kind === 'known') return undefined;
  }
  const [latest] = texts;
  return latest === undefined ? undefined : insertCompletion(latest, told, source);
}

/** What windows hold of the file, latest first, then what is on disk; nothing for what is not followed. */
async function textsOf(repo: Repository, path: RepoPath): Promise<readonly Attributed[] | undefined> {
  const file = readWorkFile(workPathOf(repo, path));
  if (file.kind === 'not-followed') return undefined;
  const held = repo.ledger
    .lastStates(path)
    .filter(({ role, worktree, existence }) => role === 'state' && worktree === repo.worktree && existence === 'there')
    .sort((a, b) => b.time - a.time)
    .slice(0, mostHeld)
    .map(({ attributed }) => attributed);
  const nothing = attributedBy(sourceBy('unexplained.not-watched', { kind: 'unknown', reason: 'not-watched' }), '');
  const onDisk = file.kind === 'gone' ? nothing : await knownText(repo, path, textOfBytes(file.bytes));
  return [...held, onDisk];
}
