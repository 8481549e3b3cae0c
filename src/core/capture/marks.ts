import type { Attributed } from '../attribution/attributed';
import { type BaseLookup, classifyLines, type LineOrigin } from '../attribution/lineClass';
import { type Runs, sliceRuns } from '../attribution/runs';
import { type Claimed, type Confidence, type Source, sameSession } from '../attribution/source';
import type { LineClass, Origin } from '../origin';
import { diffLines } from '../text/lineDiff';
import { isBlank, lineAt, lineStarts, splitLines } from '../text/lines';

/** The rule that decided, and who spoke where that was a person. */
export interface KnownBy {
  readonly id: string;
  readonly sure: Confidence;
  readonly claimed?: Omit<Claimed, 'was'>;
}

/** Neighbouring lines that are marked as one. Lines are 0-based, the last one included. */
export interface MarkedRegion {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly line: LineOrigin;
  /** Id and confidence of the rule behind most of its characters; nothing for what was looked up in commits. */
  readonly rule: KnownBy | undefined;
}

/** What an open file shows. */
export interface FileMarks {
  readonly regions: readonly MarkedRegion[];
  /** How many of the lines that are looked at are of each class, blank ones left out. */
  readonly counts: Readonly<Record<LineClass, number>>;
  /** How many of them are an AI's and not committed. */
  readonly uncommittedAi: number;
  /** Lines whose text stands as in a commit and whose origin the look-up did not know. */
  readonly unanswered: ReadonlySet<number>;
}

/** What the marks of a file follow from. */
export interface MarksInput {
  readonly attributed: Attributed;
  readonly path: string;
  /** The committed text whose lines are not marked: only what is added to it is looked at. Nothing for a file that is wholly outgoing. */
  readonly baseline: string | undefined;
  /** The text in the commit that is checked out; nothing for a file that it does not have. */
  readonly committed: string | undefined;
  readonly lookup: BaseLookup;
}

/** The lines (0-based) that `text` adds to `baseline`. */
export function addedLines(baseline: string | undefined, text: string): ReadonlySet<number> {
  const lines = splitLines(text);
  const added = new Set<number>();
  for (const hunk of diffLines(baseline === undefined ? [] : splitLines(baseline), lines)) {
    for (let line = hunk.bStart; line < hunk.bEnd; line++) added.add(line);
  }
  return added;
}

/**
 * What is marked in a file: its lines beyond the baseline that nobody saw a person write, also where a person says so;
 * neighbours merged.
 */
export function marksOf({ attributed, path, baseline, committed, lookup }: MarksInput): FileMarks {
  const added = addedLines(baseline, attributed.text);
  const unanswered = new Set<number>();
  const counts: Record<LineClass, number> = { ai: 0, 'ai-edited': 0, human: 0, pasted: 0, unknown: 0 };
  const regions: MarkedRegion[] = [];
  let uncommittedAi = 0;
  if (added.size === 0) return { regions, counts, uncommittedAi, unanswered };
  const uncommitted = committed === baseline ? added : addedLines(committed, attributed.text);
  const starts = lineStarts(attributed.text);
  const misses = new Set<string>();
  const origins = classifyLines(attributed, path, (text, offset) => {
    const answer = lookup(text, offset);
    if (answer === undefined) misses.add(`${text}:${offset}`);
    return answer;
  });
  if (misses.size > 0) {
    let at = 0;
    for (const run of attributed.runs) {
      if (run.kind === 'base') {
        const last = lineAt(starts, at + run.length - 1);
        for (let line = lineAt(starts, at); line <= last; line++) {
          if (added.has(line) && lookup(run.text, run.offset + Math.max(0, (starts[line] ?? 0) - at)) === undefined)
            unanswered.add(line);
        }
      }
      at += run.length;
    }
  }
  let lastClaimed: Claimed | undefined;
  for (const line of [...added].sort((a, b) => a - b)) {
    const origin = origins[line];
    const from = starts[line] ?? 0;
    const to = starts[line + 1] ?? attributed.text.length;
    if (origin === undefined || unanswered.has(line)) continue;
    if (isBlank(attributed.text.slice(from, to))) {
      if (origin.class === 'human') continue;
    } else {
      counts[origin.class]++;
      if (uncommitted.has(line) && (origin.class === 'ai' || origin.class === 'ai-edited')) uncommittedAi++;
    }
    if (!isMarked(origin)) continue;
    const last = regions[regions.length - 1];
    const claimed = claimedIn(attributed.runs, from, to, origin);
    if (
      last !== undefined &&
      last.lastLine === line - 1 &&
      sameLine(last.line, origin) &&
      claimed?.at === lastClaimed?.at &&
      claimed?.by === lastClaimed?.by
    )
      regions[regions.length - 1] = { ...last, lastLine: line };
    else regions.push({ firstLine: line, lastLine: line, line: origin, rule: undefined });
    lastClaimed = claimed;
  }
  return { regions: withRules(regions, attributed, starts), counts, uncommittedAi, unanswered };
}

/** Other editors tell of what people write there by claims too; those are marked no more than what is typed here. */
function isMarked(origin: LineOrigin): boolean {
  if (origin.class === 'human') return origin.claim === 'claim';
  return !(origin.class === 'unknown' && origin.reason === 'before-adoption');
}

function sameLine(a: LineOrigin, b: LineOrigin): boolean {
  return a.class === b.class && a.reason === b.reason && a.claim === b.claim && sameSession(a.session, b.session);
}

/** Who spoke of a line, where its class may follow from that. */
function claimedIn(runs: Runs, start: number, end: number, { claim, session }: LineOrigin): Claimed | undefined {
  if (claim === undefined && session?.evidence !== 'declared') return undefined;
  for (const run of sliceRuns(runs, start, end))
    if (run.kind === 'made' && run.source.claimed !== undefined) return run.source.claimed;
  return undefined;
}

/** Says for each region which rule decided about most of what it is marked for; regions and runs are walked once. */
function withRules(
  regions: readonly MarkedRegion[],
  { runs }: Attributed,
  starts: readonly number[],
): readonly MarkedRegion[] {
  let index = 0;
  let at = 0;
  return regions.map((region) => {
    const from = starts[region.firstLine] ?? 0;
    const to = starts[region.lastLine + 1] ?? from;
    while (index < runs.length && at + (runs[index]?.length ?? 0) <= from) at += runs[index++]?.length ?? 0;
    let best: { source: Source; length: number } | undefined;
    for (let i = index, start = at; i < runs.length && start < to; i++) {
      const run = runs[i];
      if (run === undefined) break;
      const length = Math.min(to, start + run.length) - Math.max(from, start);
      if (run.kind === 'made' && belongs(run.source.origin, region.line) && length > (best?.length ?? 0)) {
        best = { source: run.source, length };
      }
      start += run.length;
    }
    return best === undefined ? region : { ...region, rule: knownBy(best.source) };
  });
}

function knownBy({ rule, sure, claimed }: Source): KnownBy {
  return claimed === undefined ? { id: rule, sure } : { id: rule, sure, claimed: { by: claimed.by, at: claimed.at } };
}

function belongs(origin: Origin, line: LineOrigin): boolean {
  if (origin.kind === 'human') return line.class === 'human' && origin.claim === line.claim;
  return origin.kind === line.class || (line.class === 'ai-edited' && origin.kind === 'ai');
}

/** Whether two states of the marks say the same, so that nothing has to be drawn again. */
export function sameMarks(a: FileMarks | undefined, b: FileMarks): boolean {
  if (a === undefined || a.regions.length !== b.regions.length) return false;
  return a.regions.every((region, index) => {
    const other = b.regions[index];
    return (
      other !== undefined &&
      region.firstLine === other.firstLine &&
      region.lastLine === other.lastLine &&
      sameLine(region.line, other.line) &&
      region.rule?.id === other.rule?.id &&
      region.rule?.claimed?.at === other.rule?.claimed?.at &&
      region.rule?.claimed?.by === other.rule?.claimed?.by
    );
  });
}
