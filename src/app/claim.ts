import { classifyLines, type LineOrigin, originOfLine } from '../core/attribution/lineClass';
import { sourceBy } from '../core/attribution/rules';
import { sliceRuns, spliceRuns } from '../core/attribution/runs';
import type { Run, Source } from '../core/attribution/source';
import type { RepoPath } from '../core/brand';
import { ToolError } from '../core/errors';
import { agentId } from '../core/message/agentNames';
import { lineStarts } from '../core/text/lines';
import { textIdOf, textOfBytes } from '../core/text/textId';
import { committerIdentity } from '../git/identity';
import { resolve } from '../git/refs';
import { readWorkFile } from '../store/workFile';
import type { Records } from './commitRecords';
import { knownOnDisk } from './copiedFile';
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

const noRecord: LineOrigin = { class: 'unknown', reason: 'no-record' };

function sourceOfClaim(request: ClaimRequest): Source {
  if (request.as === 'human') return sourceBy('claim', { kind: 'human', claim: 'claim' });
  const session = {
    tool: request.tool === undefined ? 'unknown' : agentId(request.tool),
    kind: 'agent',
    evidence: 'declared',
  } as const;
  return sourceBy('claim', { kind: 'ai', session, claim: 'claim' });
}

/**
 * A person says who wrote lines that nobody saw: the characters of the lines on disk take the claim, with who says so,
 * when, and what was known before.
 *
 * Text that is known to be an AI's (unless that was only inferred) never becomes human.
 *
 * @throws ToolError `bad-input` for a file or lines that are not there, `not-writable`
 */
export async function claim(repo: Repository, records: Records, request: ClaimRequest): Promise<ClaimResult> {
  const file = readWorkFile(workPathOf(repo, request.path));
  if (file.kind !== 'found')
    throw new ToolError(
      'bad-input',
      `${request.path} is no file on disk that can be read, or is larger than 50 MB, which is not followed.`,
    );
  const { path } = request;
  const known = await knownOnDisk(repo, records.origins, { path, text: textOfBytes(file.bytes) });
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
  const { name, email } = await committerIdentity(repo.git);
  const said = { by: `${name} <${email}>`, at: repo.now() };
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
    const claims = sliceRuns(known.runs, from, to).map((run): Run => {
      const before = run.kind === 'made' ? run.source : sourceBy('record', originOfLine(origin ?? noRecord));
      const was = before.claimed?.was ?? before;
      return { kind: 'made', length: run.length, source: { ...source, claimed: { ...said, was } } };
    });
    runs = spliceRuns(runs, from, to, claims);
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
