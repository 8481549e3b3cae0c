import type { Confidence, Source } from '../attribution/source';
import type { Session, SessionKind, UnknownReason } from '../origin';

/** An AI, by a rule. */
export function aiSource(by: Session, rule: string, sure: Confidence): Source {
  return { origin: { kind: 'ai', session: by }, rule, sure };
}

/** A person, by a rule. */
export function humanSource(rule: string, sure: Confidence): Source {
  return { origin: { kind: 'human' }, rule, sure };
}

/** Nobody that is known, by a rule. */
export function unknownSource(reason: UnknownReason, rule: string, sure: Confidence): Source {
  return { origin: { kind: 'unknown', reason }, rule, sure };
}

/** A stream of edits of a tool that names no conversation. */
export function namelessSession(tool: string, kind: SessionKind): Session {
  return { tool, kind, evidence: 'measured' };
}
