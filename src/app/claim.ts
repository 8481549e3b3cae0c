import { classifyLines } from '../core/attribution/lineClass';
import { spliceRuns } from '../core/attribution/runs';
import type { Run, Source } from '../core/attribution/source';
import type { RepoPath } from '../core/brand';
import { ToolError } from '../core/errors';
import { agentId } from '../core/message/agentNames';
import { lineStarts } from '../core/text/lines';
import { textIdOf, textOfBytes } from '../core/text/textId';
import { resolve } from '../git/refs';
import { readWorkFile } from '../store/workFile';
import type { Records } from './commitRecords';
import { knownText } from './knownText';
import type { Repository } from './repository';
import { workPathOf } from './workPath';

/** What somebody says of lines. */
export interface ClaimRequest {
  readonly path: RepoPath;
  /** 1-based, inclusive; the whole file when absent. */
  readonly lines: readonly [number, number] | undefined;
  readonly as: 'human' | 'ai';
  /** Agent id, for `ai`. */
  readonly tool: string | undefined;
}

/** How many lines now say so, and how many were left because they are known to be an AI's. */
export interface ClaimResult {
  readonly claimed: number;
  readonly kept: number;
}

function sourceOfClaim(request: ClaimRequest): Source {
  const rule = 'claim';
  if (request.as === 'human') return { origin: { kind: 'human', claim: 'claim' }, rule, sure: 'certain' };
  const session = {
    tool: request.tool === undefined ? 'unknown' : agentId(request.tool),
    kind: 'agent',
    evidence: 'declared',
  } as const;
  return { origin: { kind: 'ai', session, claim: 'claim' }, rule, sure: 'certain' };
}

/**
 * A person says who wrote lines that nobody saw: the characters of the lines on disk take the claim.
 *
 * Text that is known to be an AI's (unless that was only inferred) never becomes human.
 *
 * @throws ToolError `bad-input` for a file or lines that are not there, `not-writable`
 */
export async function claim(repo: Repository, records: Records, request: ClaimRequest): Promise<ClaimResult> {
  const file = readWorkFile(workPathOf(repo, request.path));
  if (file.kind !== 'found') throw new ToolError('bad-input', `${request.path} is no file on disk that can be read.`);
  const known = await knownText(repo, request.path, textOfBytes(file.bytes));
  const head = await resolve(repo.git, 'HEAD', 'commit');
  const lookup = await records.origins.baseLookup(known, request.path, head === undefined ? [] : [head]);
  const classes = classifyLines(known, request.path, lookup);
  const starts = lineStarts(known.text);
  const [first, last] = request.lines ?? [1, classes.length];
  if (first < 1 || last < first || last > classes.length) {
    throw new ToolError(
      'bad-input',
      `${request.path} has ${classes.length} lines; lines ${first} to ${last} are not all there.`,
    );
  }
  const source = sourceOfClaim(request);
  let runs = known.runs;
  let claimed = 0;
  let kept = 0;
  for (let line = first - 1; line < last; line++) {
    const origin = classes[line];
    const isAi = origin?.class === 'ai' || origin?.class === 'ai-edited';
    if (request.as === 'human' && isAi && origin.session?.evidence !== 'inferred') {
      kept++;
      continue;
    }
    const from = starts[line] ?? 0;
    const to = starts[line + 1] ?? known.text.length;
    const run: Run = { kind: 'made', length: to - from, source };
    if (run.length > 0) runs = spliceRuns(runs, from, to, [run]);
    claimed++;
  }
  if (claimed > 0) {
    const textId = textIdOf(known.text, repo.git.objectFormat);
    repo.ledger.append([
      {
        chain: request.path,
        worktree: repo.worktree,
        path: request.path,
        textId,
        existence: 'there',
        role: 'state',
        adopted: [{ textId, time: repo.now() }],
        attributed: { ...known, runs },
      },
    ]);
  }
  return { claimed, kept };
}
