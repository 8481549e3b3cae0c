import { isBlank } from '../text/lines';
import type { FactOfChange } from './decision';

/** From so many lines or characters on a text is a block: below it is a person's own work whatever way it came. */
const leastLines = 2;
const leastCharacters = 40;

/** Whether a text has the size of a block, blank lines not counted. */
export function isBlock(text: string): boolean {
  return text.length >= leastCharacters || text.split('\n').filter((line) => !isBlank(line)).length >= leastLines;
}

/** Whether changes make a block beyond what they replace: of each the start and end that it shares with what stood there is left out. */
export function makesBlock(changes: readonly FactOfChange[]): boolean {
  return isBlock(changes.map(madeText).join(''));
}

function madeText({ removed = '', text }: FactOfChange): string {
  const most = Math.min(removed.length, text.length);
  let start = 0;
  while (start < most && removed.charCodeAt(start) === text.charCodeAt(start)) start++;
  let end = 0;
  while (end < most - start && removed.charCodeAt(removed.length - 1 - end) === text.charCodeAt(text.length - 1 - end))
    end++;
  return text.slice(start, text.length - end);
}

/** A text without its white space. */
export function solidText(text: string): string {
  return text.replace(/\s+/gu, '');
}
