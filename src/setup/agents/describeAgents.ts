import { relative } from 'node:path';
import { adapterOf } from '../../agents/adapters';
import { assertNever } from '../../core/errors';
import type { AgentNote, AgentPlan } from './agentPlan';

/** The plan for people, one sentence a line: first what will be done, then what will not. */
export function describeAgentPlan(plan: AgentPlan, base: string): readonly string[] {
  const steps = plan.steps.map(({ agent, path, before, after }) => {
    const file = show(path, base);
    if (after === undefined) return `Remove ${file}, which holds nothing but the hooks for ${nameOf(agent)}.`;
    if (before === undefined) return `Write ${file}: hooks for ${nameOf(agent)}.`;
    return after.length > before.length
      ? `Add hooks for ${nameOf(agent)} to ${file}; what is there stays.`
      : `Take the hooks for ${nameOf(agent)} out of ${file}.`;
  });
  return [...steps, ...plan.notes.map((note) => describeAgentNote(note, base))];
}

function describeAgentNote(note: AgentNote, base: string): string {
  switch (note.kind) {
    case 'cannot':
      return `Nothing to install for ${nameOf(note.agent)}: ${note.why}`;
    case 'left-alone':
      return `Leave ${show(note.path, base)} alone: hooks for ${nameOf(note.agent)} cannot be added to what is there.`;
    case 'left-changed':
      return `Leave ${show(note.path, base)}: it was changed since.`;
    case 'afterwards':
      return `${nameOf(note.agent)}: ${note.what}`;
    case 'none-found':
      return 'No agent that has hooks was found.';
    default:
      return assertNever(note);
  }
}

function nameOf(id: string): string {
  return adapterOf(id)?.name ?? id;
}

function show(path: string, base: string): string {
  const way = relative(base, path);
  return way.startsWith('..') ? path : way;
}
