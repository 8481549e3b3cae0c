import { isBlank } from '../text/lines';
import type { ChangeFacts, Decision, FactOfChange } from './decision';
import { solidText } from './madeSize';
import { aiSource, humanSource, namelessSession, unknownSource } from './namedSource';

/** What is done with a change that nobody vouches for: of layout or order alone it is harmless, else nobody knows who made it. */
export function strangerEdit({ changes, diffOf }: ChangeFacts, rule: 'editor.extension' | 'keys.unclear'): Decision {
  const isLayout = changes.every(
    (change) =>
      (change.removedLength === 0 && isBlank(change.text)) ||
      (change.removed !== undefined && solidText(change.removed) === solidText(change.text)),
  );
  if (isLayout) return { kind: 'layout', source: humanSource(`${rule}-layout`) };
  if (isReordering(changes)) return { kind: 'command', source: humanSource(`${rule}-order`) };
  return {
    kind: 'rewrite',
    source:
      diffOf === undefined
        ? unknownSource('not-watched', rule)
        : aiSource(namelessSession(diffOf, 'agent'), 'editor.diff-ai'),
  };
}

/** Whether the changes take out and put in the same lines. */
export function isReordering(changes: readonly FactOfChange[]): boolean {
  if (changes.some((change) => change.removed === undefined && change.removedLength > 0)) return false;
  const removed = solidLines(changes.map((change) => change.removed ?? ''));
  const inserted = solidLines(changes.map((change) => change.text));
  return removed.length > 0 && removed.length === inserted.length && removed.every((line, at) => line === inserted[at]);
}

function solidLines(texts: readonly string[]): readonly string[] {
  return texts
    .flatMap((text) => text.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort();
}
