import type { Source } from '../attribution/source';
import type { ChangeFacts, Decision } from './decision';
import { isBlock, solidText } from './madeSize';
import { humanSource, pastedSource } from './namedSource';

/** What is done with a paste: text from outside is `pasted` from the size of a block on, below it a person's own work. */
export function pasteEdit(
  { changes }: ChangeFacts,
  rule: 'editor.paste' | 'editor.drop',
): { readonly kind: 'paste'; readonly source: Source } {
  const longest = changes.reduce((best, change) => (change.text.length > best.length ? change.text : best), '');
  return {
    kind: 'paste',
    source: isBlock(longest) ? pastedSource(rule) : humanSource(`${rule}-short`),
  };
}

/**
 * A paste or drop that a provider of ours was asked about, where a change is just its text, or all are its lines; where a change
 * holds more, a template was filled in with it. Nothing for other changes.
 */
export function offeredPaste(facts: ChangeFacts): Decision | undefined {
  // Changes of several cursors come with the last one first.
  const each = facts.changes.map(({ text }) => solidText(text));
  const texts = [...each, [...each].reverse().join('')];
  for (const [text, rule] of [
    [facts.pasting, 'editor.paste'],
    [facts.dropping, 'editor.drop'],
  ] as const) {
    const solid = text === undefined ? '' : solidText(text);
    if (solid === '' || !texts.some((change) => change.includes(solid))) continue;
    const { kind, source } = pasteEdit(facts, rule);
    return { kind: texts.includes(solid) ? kind : 'snippet', source };
  }
  return undefined;
}
