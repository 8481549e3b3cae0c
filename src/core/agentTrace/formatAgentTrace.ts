import { createHash } from 'node:crypto';
import type { Sha } from '../brand';
import type { Session } from '../origin';
import { parseLineRanges } from '../record/lineRanges';
import type { CommitRecord } from '../record/record';
import { type AgentTrace, agentTraceVersion, conversationUrl, modelIdOf, type TraceContributor } from './agentTrace';

/** The commit that a trace is of. */
export interface TracedCommit {
  readonly sha: Sha;
  /** Seconds since 1970 at which it was committed. */
  readonly time: number;
  /** Blob of the record; nothing where others say it. */
  readonly recordId: Sha | undefined;
}

/**
 * The facts of a record as one trace (grammar: `agentTrace.ts`), a function of its arguments: a conversation for each
 * tuple, edited AI lines as `mixed`, pasted and unknown ones as `unknown`. Nothing where no file can be named, since a path
 * that is not UTF-8 has no place in JSON.
 */
export function formatAgentTrace(record: CommitRecord, commit: TracedCommit): AgentTrace | undefined {
  const files = Object.entries(record.files ?? {}).flatMap(([path, file]) => {
    if (file.pathEncoding !== undefined || (file.lines ?? []).length === 0) return [];
    const conversations = (file.lines ?? []).map(([text, who, edited]) => {
      const session = record.sessions?.[who];
      return {
        ...(session === undefined ? {} : { url: conversationUrl(session) }),
        contributor: contributorOf(session, edited !== undefined, record.claims?.[who]?.as ?? who),
        ranges: (parseLineRanges(text) ?? []).map(({ from, to }) => ({ start_line: from, end_line: to })),
      };
    });
    return [{ path, conversations }];
  });
  if (files.length === 0) return undefined;
  return {
    version: agentTraceVersion,
    id: traceId(commit),
    timestamp: new Date(commit.time * 1000).toISOString(),
    vcs: { type: 'git', revision: commit.sha },
    tool: { name: 'countersign', version: '0.1.0' },
    files,
    metadata: { countersign: { record: commit.recordId ?? null, counts: record.counts } },
  };
}

function contributorOf(session: Session | undefined, edited: boolean, who: string): TraceContributor {
  if (session !== undefined) {
    const model = session.model === undefined ? {} : { model_id: modelIdOf(session.model) };
    return { type: edited ? 'mixed' : 'ai', ...model };
  }
  return { type: who === 'human' || who === 'ai' ? who : 'unknown' };
}

/** A UUID of version 8 (RFC 9562) made of commit and record, so that the same facts have the same id. */
function traceId({ sha, recordId }: TracedCommit): string {
  const hex = createHash('sha256')
    .update(`agent-trace:${sha}:${recordId ?? ''}`)
    .digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}
