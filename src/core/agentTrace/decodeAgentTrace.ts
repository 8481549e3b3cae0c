import * as v from 'valibot';
import type { SaidLines } from '../foreign/foreignRecord';
import { gitAiHash } from '../gitAi/gitAiNote';
import { agentIdOfName } from '../message/agentNames';
import type { Session } from '../origin';
import { agentTraceVersion, modelOfId, sessionOfUrl } from './agentTrace';

/** What a trace says of one revision, as far as it is understood. */
export interface DecodedTrace {
  /** As written: a commit's id, in lower case. */
  readonly revision: string;
  /** By path as written. */
  readonly files: readonly { readonly path: string; readonly said: readonly SaidLines[] }[];
}

/** A trace, or every problem with its path. */
export type TraceResult =
  | { readonly kind: 'trace'; readonly trace: DecodedTrace }
  | { readonly kind: 'malformed'; readonly problems: readonly string[] };

const line = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff));
const contributor = v.looseObject({
  type: v.picklist(['human', 'ai', 'mixed', 'unknown']),
  model_id: v.exactOptional(v.pipe(v.string(), v.maxLength(250))),
});
const range = v.pipe(
  v.looseObject({ start_line: line, end_line: line, contributor: v.exactOptional(contributor) }),
  v.check(({ start_line, end_line }) => start_line <= end_line, 'a range that ends before it starts'),
);
const schema = v.looseObject({
  version: v.literal(agentTraceVersion),
  vcs: v.looseObject({
    type: v.literal('git'),
    revision: v.pipe(v.string(), v.regex(/^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/, 'a commit id in full')),
  }),
  tool: v.exactOptional(v.looseObject({ name: v.exactOptional(v.string()) })),
  files: v.array(
    v.looseObject({
      path: v.pipe(v.string(), v.minLength(1)),
      conversations: v.array(
        v.looseObject({
          url: v.exactOptional(v.string()),
          contributor: v.exactOptional(contributor),
          ranges: v.array(range),
        }),
      ),
    }),
  ),
});

const mostProblems = 5;

/** Decodes one trace (grammar: `agentTrace.ts`); never throws. Unknown fields are passed over. */
export function decodeAgentTrace(value: unknown): TraceResult {
  const result = v.safeParse(schema, value);
  if (!result.success) {
    const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'the trace'}: ${issue.message}`);
    return { kind: 'malformed', problems: problems.slice(0, mostProblems) };
  }
  const { vcs, tool, files } = result.output;
  return {
    kind: 'trace',
    trace: {
      revision: vcs.revision.toLowerCase(),
      files: files.map(({ path, conversations }) => ({
        path: path.replace(/^(?:\.\/)+/, ''),
        said: conversations.flatMap(({ url, contributor: usual, ranges }) =>
          ranges.flatMap(({ start_line, end_line, contributor: own }) => {
            const who = own ?? usual;
            const origin = who === undefined ? undefined : originOf(who, tool?.name, url);
            return origin === undefined ? [] : [{ ranges: [{ from: start_line, to: end_line }], origin }];
          }),
        ),
      })),
    },
  };
}

function originOf(
  { type, model_id }: v.InferOutput<typeof contributor>,
  toolName: string | undefined,
  url: string | undefined,
): SaidLines['origin'] | undefined {
  if (type === 'unknown') return undefined;
  if (type === 'human') return { class: 'human', claim: 'import' };
  const named = url === undefined ? undefined : sessionOfUrl(url);
  const tool = named?.tool ?? agentIdOfName(toolName ?? '');
  const session: Session = {
    tool,
    ...(model_id === undefined || model_id === '' ? {} : { model: modelOfId(model_id) }),
    ...(named?.session !== undefined
      ? { session: named.session }
      : named === undefined && url !== undefined
        ? { session: gitAiHash(`${tool}:${url}`) }
        : {}),
    kind: 'agent',
    evidence: 'declared',
  };
  return { class: type === 'ai' ? 'ai' : 'ai-edited', session };
}
