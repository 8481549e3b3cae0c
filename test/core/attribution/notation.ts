import { type Attributed, attributedBy } from '../../../src/core/attribution/attributed';
import { pushRun } from '../../../src/core/attribution/runs';
import type { Run, Source } from '../../../src/core/attribution/source';
import type { Session } from '../../../src/core/origin';

/** Two sessions that differ in everything that tells sessions apart. */
export const claude: Session = {
  tool: 'claude-code',
  model: 'claude-opus-4-6',
  session: 'e211d232dc7bc0',
  kind: 'agent',
  evidence: 'measured',
};
export const copilot: Session = { tool: 'copilot', model: 'gpt-5.2', kind: 'inline', evidence: 'measured' };

/** The sources that the letters under a text stand for: A and B are AIs, H a human, P pasted, U unknown. */
export const sources: Readonly<Record<string, Source>> = {
  A: { origin: { kind: 'ai', session: claude }, rule: 'test', sure: 'certain' },
  B: { origin: { kind: 'ai', session: copilot }, rule: 'test', sure: 'certain' },
  H: { origin: { kind: 'human' }, rule: 'test', sure: 'certain' },
  P: { origin: { kind: 'pasted' }, rule: 'test', sure: 'certain' },
  U: { origin: { kind: 'unknown', reason: 'outside-write' }, rule: 'test', sure: 'certain' },
};

/** The source of a letter. */
export function by(letter: string): Source {
  const source = sources[letter];
  if (source === undefined) throw new Error(`no source ${letter}`);
  return source;
}

/** A text with a letter under each character. */
export function drawn(text: string, letters: string): Attributed {
  if (letters.length !== text.length) throw new Error(`${letters.length} letters under ${text.length} characters`);
  const runs: Run[] = [];
  for (const letter of letters) pushRun(runs, { kind: 'made', length: 1, source: by(letter) });
  return { ...attributedBy(by('H'), ''), text, runs };
}

/** The letters of an attributed text. */
export function letters(attributed: Attributed): string {
  return attributed.runs
    .map((run) => {
      if (run.kind === 'base') return '.'.repeat(run.length);
      const letter = Object.entries(sources).find(
        ([, source]) => JSON.stringify(source) === JSON.stringify(run.source),
      )?.[0];
      return (letter ?? '?').repeat(run.length);
    })
    .join('');
}
