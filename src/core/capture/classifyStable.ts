import type { ChangeFacts, Decision, FactOfChange } from './decision';
import { layoutEdit } from './formatterEdit';
import { aiSource, humanSource, namelessSession, unknownSource } from './namedSource';
import { offeredPaste } from './pasteEdit';
import { isReordering, strangerEdit } from './strangerEdit';

/** Says who made a change where the editor does not tell: only what its form proves is a person's. */
export function classifyStable(facts: ChangeFacts): Decision {
  if (facts.staysClean) return { kind: 'reload', source: unknownSource('outside-write', 'disk.reload-clean') };
  // People go on while a file is saved by itself: only what is surely layout is a formatter's.
  const layout = facts.saving ? layoutEdit(facts.changes) : undefined;
  if (layout !== undefined) return layout;
  if (facts.accepting === true) {
    const by = namelessSession('unnamed', 'inline');
    return { kind: 'rewrite', source: aiSource(by, 'wrapper.inline-completion') };
  }
  const pasted = offeredPaste(facts);
  if (pasted !== undefined) return pasted;
  // A key puts in what it says; what is taken away elsewhere was moved, and what differs in its case alone stood there.
  const moves = facts.changes.length > 1 && isReordering(facts.changes);
  if (facts.changes.every(isOtherCase)) return { kind: 'command', source: humanSource('keys.unclear-order') };
  if (facts.atCursor && !moves && facts.changes.every(isKey)) return { kind: 'edit', source: humanSource('keys.type') };
  if (facts.atCursor && facts.changes.every(isComposed)) return { kind: 'edit', source: humanSource('keys.compose') };
  return strangerEdit(facts, 'keys.unclear');
}

function isKey(change: FactOfChange): boolean {
  return isTyped(change.text) && (change.text === '' || change.removedLength <= 1 || isOneCharacter(change.text));
}

function isOtherCase({ removed, text }: FactOfChange): boolean {
  return removed !== undefined && removed !== text && removed.toLowerCase() === text.toLowerCase();
}

const pairs = /^(?:\(\)|\[\]|\{\}|<>|""|''|``|\$\{\}|\/\*\* ?\*\/)$/;

/** What surely comes from a key: one character, a line break with its indentation, a pair that closes itself, a deletion. */
function isTyped(text: string): boolean {
  return (
    text.length <= 1 ||
    isOneCharacter(text) ||
    /^\n\s*$/.test(text) ||
    /^\n\s*(?:\*|\/\/|#) ?$/.test(text) ||
    pairs.test(text)
  );
}

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const longestCharacter = 32;

/** Whether a person would call a text one character, such as a flag or a letter with marks, of however many code points. */
function isOneCharacter(text: string): boolean {
  return text.length <= longestCharacter && Array.from(characters.segment(text)).length === 1;
}

const composed = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー、。！？「」]{1,12}$/u;
const longestTyped = 24;

/** What an input method puts in place of what was typed so far: other characters, or marks on the same ones. */
function isComposed({ text, removed, removedLength }: FactOfChange): boolean {
  if (removedLength === 0 || removedLength > longestTyped) return false;
  return composed.test(text) || (removed !== undefined && withoutMarks(removed) === withoutMarks(text));
}

function withoutMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}+/gu, '');
}
