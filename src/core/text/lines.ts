/** The lines of a text without their LF; a text that ends in LF has no empty last line, an empty text has none. */
export function splitLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

/** Offset of the first character of each line of {@link splitLines}, and last the length of the text. */
export function lineStarts(text: string): number[] {
  const starts: number[] = [];
  let at = 0;
  while (at < text.length) {
    starts.push(at);
    const end = text.indexOf('\n', at);
    if (end < 0) break;
    at = end + 1;
  }
  starts.push(text.length);
  return starts;
}

/** Index of the line that holds `offset`, given {@link lineStarts}; an offset at the end belongs to the last line. */
export function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = Math.max(0, starts.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

const blankPattern = /^\s*$/u;

/** Whether a text has no character but white space. */
export function isBlank(text: string): boolean {
  return blankPattern.test(text);
}

/** `text` without its white space. */
export function withoutSpace(text: string): string {
  return text.replace(/\s+/gu, '');
}
