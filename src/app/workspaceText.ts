import { setImmediate } from 'node:timers/promises';
import { type Attributed, sliceAttributed } from '../core/attribution/attributed';
import type { Runs } from '../core/attribution/runs';
import type { RepoPath, Sha } from '../core/brand';
import { answerBase } from '../core/capture/answerBase';
import { withoutBase } from '../core/capture/textMemory';
import { isBlank, lineAt, lineStarts, splitLines } from '../core/text/lines';
import { textOfBytes } from '../core/text/textId';
import { filesHolding } from '../git/grepFiles';
import { readWorkFile } from '../store/workFile';
import { knownText } from './knownText';
import type { LineOrigins } from './lineOrigins';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** Where a text is looked for. */
export interface TextSearch {
  readonly head: Sha | undefined;
  /** States of the ledger from before this moment (milliseconds since 1970) are not asked. */
  readonly since: number;
  /** The file that the text was put into, which holds it by now. */
  readonly except: RepoPath | undefined;
}

/** So much is looked through before the search gives up. */
const mostStates = 400;
const mostCharacters = 20_000_000;
const mostFiles = 20;
const mostFileBytes = 5_000_000;
const mostPart = 200;
const longestSearch = 10_000;

/**
 * The runs of a text that stands in a file of the work tree, or stood in one lately in whatever editor records into this
 * repository, its committed lines answered by their records; nothing for a text that is nowhere, or was pasted there too.
 */
export async function workspaceText(
  repo: Repository,
  origins: LineOrigins,
  text: string,
  search: TextSearch,
): Promise<Runs | undefined> {
  const answer = async (whole: Attributed, path: RepoPath): Promise<Runs | undefined> => {
    const start = whole.text.indexOf(text);
    if (start < 0) return undefined;
    const piece = sliceAttributed(whole, start, start + text.length);
    const starts = lineStarts(whole.text);
    const [first, last] = [lineAt(starts, start), lineAt(starts, start + text.length - 1)];
    const lines = new Set(Array.from({ length: last - first + 1 }, (_, index) => first + index));
    const revs = search.head === undefined ? [] : [search.head];
    const runs = withoutBase(answerBase(piece, await origins.baseLookup(whole, path, revs, lines)));
    return runs.every((run) => run.kind === 'made' && run.source.origin.kind === 'pasted') ? undefined : runs;
  };
  return (await inLedger(repo, search.since, answer)) ?? (await onDisk(repo, text, search.except, answer));
}

type Answer = (whole: Attributed, path: RepoPath) => Promise<Runs | undefined>;

async function inLedger(repo: Repository, since: number, answer: Answer): Promise<Runs | undefined> {
  repo.ledger.refresh();
  let [states, characters] = [0, 0];
  for (const { attributed, path } of repo.ledger.statesSince(since)) {
    characters += attributed.text.length;
    if (++states > mostStates || characters > mostCharacters) break;
    const runs = await answer(attributed, path as RepoPath);
    if (runs !== undefined) return runs;
    // Whoever types meanwhile goes first.
    if (states % 20 === 0) await setImmediate();
  }
  return undefined;
}

async function onDisk(
  repo: Repository,
  text: string,
  except: RepoPath | undefined,
  answer: Answer,
): Promise<Runs | undefined> {
  const part = splitLines(text)
    .map((line) => line.trim().slice(0, mostPart))
    .reduce((longest, line) => (line.length > longest.length ? line : longest), '');
  if (repo.git.workTree === undefined || isBlank(part)) return undefined;
  const paths = await filesHolding(repo.git, part, { timeoutMs: longestSearch });
  for (const path of paths.filter((other) => other !== except).slice(0, mostFiles)) {
    const file = readWorkFile(workPathOf(repo, path));
    if (file.kind !== 'found' || file.bytes.length > mostFileBytes) continue;
    const whole = textOfBytes(file.bytes);
    const runs = whole.includes(text) ? await answer(await knownText(repo, path, whole), path) : undefined;
    if (runs !== undefined) return runs;
  }
  return undefined;
}
