import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentEvent } from '../../src/agents/adapter';
import { adapterOf } from '../../src/agents/adapters';

/** One call of a hook as a real product made it: repository in `/repo`, long texts cut. */
export interface Recorded {
  /** Which scripted session it is of. */
  readonly run: string;
  /** Name under which the hook was installed. */
  readonly event: string;
  readonly cwd: string;
  /** The variables that mark a product or its model. */
  readonly env: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Recorded calls of a product, in order. */
export function recorded(product: string): readonly Recorded[] {
  const file = join(import.meta.dirname, '..', 'fixtures', 'agents', `${product}.jsonl`);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded);
}

/** What the adapter makes of a recorded call; the event is told only where our own hook tells it. */
export function decoded(id: string, call: Recorded): AgentEvent {
  const told = /^(?:opencode|kilo|amp)$/.test(id) ? { event: call.event } : {};
  return adapterOf(id)?.decode(call.payload, { env: call.env, ...told }) ?? { kind: 'nothing' };
}

/** An event in a few letters: `<` before, `>` after; files without `/repo/`, `$` a command (`&` one that goes on), `~` completions, `.` stop, `!` end, `^` start. */
export function short(event: AgentEvent): string {
  switch (event.kind) {
    case 'edit':
      return `${event.when === 'before' ? '<' : '>'}${event.files.map((file) => file.replace(/^\/repo\//, '')).join('+')}`;
    case 'shell':
      return `${event.when === 'before' ? '<' : '>'}$${event.goesOn ? '&' : ''}`;
    case 'completion':
      return `~${event.file.replace(/^\/repo\//, '')}:${event.completions.map(({ line, character, text }) => `${line}:${character}=${text}`).join('+')}`;
    case 'session':
      return { start: '^', stop: '.', end: '!' }[event.moment];
    case 'nothing':
      return '';
    case 'malformed':
      return `?${event.problems.join()}`;
  }
}
