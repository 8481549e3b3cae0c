import { type Attributed, attributedAsBase } from '../attribution/attributed';
import { type LineOrigin, originOfLine } from '../attribution/lineClass';
import { sourceBy } from '../attribution/rules';
import { madeBy, pushRun, sliceRuns } from '../attribution/runs';
import type { Run } from '../attribution/source';
import type { RepoPath } from '../brand';
import { isUnknownReason, leastFavourableFirst, type Session } from '../origin';
import { lineStarts } from '../text/lines';
import type { TextId } from '../text/textId';
import { parseLineRanges } from './lineRanges';
import type { CommitRecord, RecordFile } from './record';

function originOf(record: CommitRecord, who: string, edited: boolean): LineOrigin {
  const session = record.sessions?.[who];
  if (session !== undefined) return { class: edited ? 'ai-edited' : 'ai', session: asSession(session) };
  const claim = record.claims?.[who];
  if (claim !== undefined) return claim.as === 'human' ? { class: 'human', claim: claim.via } : { class: 'ai' };
  if (who === 'human') return { class: 'human' };
  if (who === 'pasted') return { class: 'pasted' };
  const reason = who.startsWith('unknown:') ? who.slice('unknown:'.length) : 'no-record';
  return { class: 'unknown', reason: isUnknownReason(reason) ? reason : 'no-record' };
}

/** The known fields of a decoded session; others stay in the record they came in. */
function asSession(session: Session): Session {
  return {
    tool: session.tool,
    ...(session.model === undefined ? {} : { model: session.model }),
    ...(session.session === undefined ? {} : { session: session.session }),
    kind: session.kind,
    evidence: session.evidence,
  };
}

/** A record that lists more lines of one file than this was not made from a file: no blob that we follow has as many. */
const mostLines = 1_000_000;

/**
 * The lines a record lists for a file, by number (1-based, git's lines); none where it lists no such file, or lists what
 * no file can have. Where tuples contradict each other the least favourable counts.
 */
export function recordLines(record: CommitRecord, path: RepoPath): ReadonlyMap<number, LineOrigin> {
  const file: RecordFile | undefined = Object.hasOwn(record.files ?? {}, path) ? record.files?.[path] : undefined;
  const tuples = (file?.lines ?? []).map(([ranges, who, edited]) => ({
    ranges: parseLineRanges(ranges) ?? [],
    origin: originOf(record, who, edited !== undefined),
  }));
  const lines = new Map<number, LineOrigin>();
  const listed = tuples.flatMap(({ ranges }) => ranges).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (listed > mostLines) return lines;
  for (const { ranges, origin } of tuples) {
    for (const { from, to } of ranges) {
      for (let line = from; line <= to; line++) {
        const known = lines.get(line);
        if (known === undefined || rank(origin) < rank(known)) lines.set(line, origin);
      }
    }
  }
  return lines;
}

function rank(origin: LineOrigin): number {
  return leastFavourableFirst.indexOf(origin.class);
}

/** Who removed lines of a file, by the record. */
export function recordDeletions(
  record: CommitRecord,
  path: RepoPath,
): readonly { readonly by: Session | 'unknown'; readonly count: number }[] {
  const deleted = Object.hasOwn(record.files ?? {}, path) ? record.files?.[path]?.deleted : undefined;
  return Object.entries(deleted ?? {}).map(([key, count]) => {
    const session = record.sessions?.[key];
    return { by: session === undefined ? ('unknown' as const) : asSession(session), count };
  });
}

/**
 * A committed text as its record knows it: listed lines are made by whom the record says, the others stand as before.
 * `text` is the normalised text of id `textId`; `lines` speaks of its lines, 1-based.
 */
export function attributedByRecord(text: string, textId: TextId, lines: ReadonlyMap<number, LineOrigin>): Attributed {
  const starts = lineStarts(text);
  const base = attributedAsBase(textId, text);
  const runs: Run[] = [];
  for (let line = 0; line + 1 < starts.length; line++) {
    const from = starts[line] ?? 0;
    const to = starts[line + 1] ?? text.length;
    const known = lines.get(line + 1);
    const piece =
      known === undefined ? sliceRuns(base.runs, from, to) : madeBy(sourceBy('record', originOfLine(known)), to - from);
    for (const run of piece) pushRun(runs, run);
  }
  return { text, runs, nicks: [], cuts: [] };
}
