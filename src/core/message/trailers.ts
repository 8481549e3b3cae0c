import { isSha, type Sha } from '../brand';
import { agentName, trailerWord } from './agentNames';

/*
 * The trailers of a commit with AI work, the last lines of its trailer block:
 *
 *   trailers   := assisted* provenance
 *   assisted   := "Assisted-by: " word [ ":" word ]                 ; in byte order, each once
 *   word       := [A-Za-z0-9._/+-]+
 *   provenance := "AI-Provenance: v1 ai=" N " ai-edited=" N " human=" N " pasted=" N " unknown=" N [ " deleted=" N ] " record=" oid
 *
 * `Assisted-by` follows the Linux kernel's Documentation/process/coding-assistants.rst (`AGENT_NAME:MODEL_VERSION`).
 */

/** Numbers of lines of one commit. `deleted` are the lines that AI sessions removed; lines removed unseen are not in it. */
export interface TrailerCounts {
  readonly ai: number;
  readonly 'ai-edited': number;
  readonly human: number;
  readonly pasted: number;
  readonly unknown: number;
  readonly deleted: number;
}

/** One AI tool, by its agent id, with one of its models; no model when it was not told. */
export interface TrailerPair {
  readonly tool: string;
  readonly model?: string;
}

/** Git config `countersign.trailers`: both kinds of trailer, `Assisted-by` alone, none. */
export type TrailerStyle = 'full' | 'assisted-by' | 'none';

/** What one `AI-Provenance` line and the `Assisted-by` lines directly above it say. */
export interface OurTrailers {
  readonly counts: TrailerCounts;
  /** The id of the record as it was when the message was written. */
  readonly record: Sha;
  /** As written: `agent` is the name in the trailer, not the agent id. */
  readonly pairs: readonly { readonly agent: string; readonly model?: string }[];
}

const assistedBy = /^Assisted-by: ([A-Za-z0-9._/+-]+)(?::([A-Za-z0-9._/+-]+))?$/;
const number = '(0|[1-9][0-9]{0,14})';
const provenance = new RegExp(
  `^AI-Provenance: v1 ai=${number} ai-edited=${number} human=${number} pasted=${number} unknown=${number}` +
    `(?: deleted=${number})? record=([0-9a-f]{64}|[0-9a-f]{40})$`,
);

/** Whether a commit with these lines carries trailers at all: some of its text is an AI's, or an AI deleted some. */
export function needsTrailers(counts: TrailerCounts): boolean {
  return counts.ai > 0 || counts['ai-edited'] > 0 || counts.deleted > 0;
}

/** The trailer lines, without line ends; none where the counts ask for none, or with style `none`. */
export function formatTrailers(input: {
  readonly pairs: readonly TrailerPair[];
  readonly counts: TrailerCounts;
  readonly record: Sha;
  readonly style: TrailerStyle;
}): readonly string[] {
  const { counts, record, style } = input;
  if (style === 'none' || !needsTrailers(counts)) return [];
  const assisted = [...new Set(input.pairs.map(formatPair))].filter((line) => assistedBy.test(line)).sort();
  if (style === 'assisted-by') return assisted;
  const deleted = counts.deleted > 0 ? ` deleted=${counts.deleted}` : '';
  return [
    ...assisted,
    `AI-Provenance: v1 ai=${counts.ai} ai-edited=${counts['ai-edited']} human=${counts.human}` +
      ` pasted=${counts.pasted} unknown=${counts.unknown}${deleted} record=${record}`,
  ];
}

/** Whether `line` (no line end) is one whole `Assisted-by` line in our grammar. */
export function isAssistedByLine(line: string): boolean {
  return assistedBy.test(line);
}

/** Whether `line` (no line end) is one whole `AI-Provenance: v1` line. */
export function isProvenanceLine(line: string): boolean {
  return provenance.test(line);
}

/**
 * Every set of our trailers in a committed message, in order: each whole `AI-Provenance` line with the unbroken run of
 * `Assisted-by` lines directly above it. The last is the one to go by; a squash made by a forge may hold several.
 * Comments are git's to remove before it commits, so no line of a committed message is one.
 */
export function findOurTrailers(message: string): readonly OurTrailers[] {
  const found: OurTrailers[] = [];
  let pairs: { agent: string; model?: string }[] = [];
  for (const raw of message.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const [, agent, model] = assistedBy.exec(line) ?? [];
    if (agent !== undefined) {
      pairs.push(model === undefined ? { agent } : { agent, model });
      continue;
    }
    const ours = parseProvenance(line);
    if (ours !== undefined) found.push({ ...ours, pairs });
    pairs = [];
  }
  return found;
}

function parseProvenance(line: string): Pick<OurTrailers, 'counts' | 'record'> | undefined {
  const [, ai, edited, human, pasted, unknown, deleted, record] = provenance.exec(line) ?? [];
  if (!isSha(record)) return undefined;
  const counts = {
    ai: Number(ai),
    'ai-edited': Number(edited),
    human: Number(human),
    pasted: Number(pasted),
    unknown: Number(unknown),
    deleted: Number(deleted ?? 0),
  };
  return { counts, record };
}

function formatPair(pair: TrailerPair): string {
  const model = pair.model === undefined || pair.model === '' ? '' : `:${trailerWord(pair.model)}`;
  return `Assisted-by: ${agentName(pair.tool)}${model}`;
}
