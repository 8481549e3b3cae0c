import { type RuleGiving, sourceBy } from '../attribution/rules';
import type { Source } from '../attribution/source';
import type { Session, SessionKind, UnknownReason } from '../origin';

/** An AI, by a rule. */
export function aiSource(by: Session, rule: RuleGiving<'ai'>): Source {
  return sourceBy(rule, { kind: 'ai', session: by });
}

/** A person, by a rule. */
export function humanSource(rule: RuleGiving<'human'>): Source {
  return sourceBy(rule, { kind: 'human' });
}

/** Somebody outside of the workspace, by a rule. */
export function pastedSource(rule: RuleGiving<'pasted'>): Source {
  return sourceBy(rule, { kind: 'pasted' });
}

/** Nobody that is known, by a rule. */
export function unknownSource(reason: UnknownReason, rule: RuleGiving<'unknown'>): Source {
  return sourceBy(rule, { kind: 'unknown', reason });
}

/** A stream of edits of a tool that names no conversation. */
export function namelessSession(tool: string, kind: SessionKind): Session {
  return { tool, kind, evidence: 'measured' };
}
