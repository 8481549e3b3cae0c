import type { Decision, FactOfChange } from './decision';
import { makesBlock } from './madeSize';
import { humanSource, unknownSource } from './namedSource';

/** What formatters put in and take out without changing what a program says. */
const layoutCharacters = /[\s;,'"`()[\]{}]+/gu;

/**
 * What is done with edits that came as a formatter's do. A formatter changes layout, quotes and separators, and may put
 * lines into another order or drop some; one that makes other words is none, and nobody knows who made a block of them.
 */
export function formatterEdit(changes: readonly FactOfChange[]): Decision {
  const layout = layoutEdit(changes);
  if (layout !== undefined) return layout;
  return makesBlock(changes)
    ? { kind: 'rewrite', source: unknownSource('not-watched', 'editor.format-block') }
    : { kind: 'command', source: humanSource('editor.format-words') };
}

/** As {@link formatterEdit}, for edits that make no word; nothing for others. */
export function layoutEdit(changes: readonly FactOfChange[]): Decision | undefined {
  return keepsWords(changes) ? { kind: 'layout', source: humanSource('editor.format') } : undefined;
}

/** Whether the changes together put in no word that they do not take out. */
function keepsWords(changes: readonly FactOfChange[]): boolean {
  const removed = changes.map((change) => change.removed ?? '');
  const inserted = changes.map((change) => change.text);
  // Edits are cut down to what differs, which may be a part of a word: then only the characters in order can be compared.
  if (solid(removed) === solid(inserted)) return true;
  const left = new Map<string, number>();
  for (const word of words(removed)) left.set(word, (left.get(word) ?? 0) + 1);
  for (const word of words(inserted)) {
    const count = left.get(word) ?? 0;
    if (count === 0) return false;
    left.set(word, count - 1);
  }
  return true;
}

/** What a formatter leaves of texts, whatever it does to their layout. */
export function solid(texts: readonly string[]): string {
  return texts.join('').replace(layoutCharacters, '');
}

function words(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(layoutCharacters)).filter((word) => word !== '');
}
