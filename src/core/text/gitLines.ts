import { decodeBytes, normaliseText } from './textId';

/**
 * Git's lines of a file, which end in LF alone, as decoded text without their ends (a CR before the LF stays).
 * The last one counts whether it ends in LF or not.
 */
export function gitLineTexts(bytes: Uint8Array): readonly string[] {
  const lines = decodeBytes(bytes).split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}

/**
 * Where git's lines lie among the lines of the normalised text, which also end in a lone CR: for each of git's lines the
 * index (0-based) of its first normalised line; one more entry at the end. `undefined` where both are the same.
 */
export function gitLineMap(bytes: Uint8Array): readonly number[] | undefined {
  if (!bytes.includes(13)) return undefined;
  const map = [0];
  let at = 0;
  for (const line of gitLineTexts(bytes)) {
    const content = line.endsWith('\r') ? line.slice(0, -1) : line;
    at += normaliseText(content).split('\n').length;
    map.push(at);
  }
  return map;
}
