/** What a document shows after an event, as far as a tracker asks. */
export interface ShownText {
  readonly lineCount: number;
  lineAt(line: number): string;
  /** The whole of it, with LF as line ends. */
  text(): string;
}

/** Whether `lines` are the lines that are shown. What changed is near `firstLine`: looking there first tells most wrong texts at once. */
export function showsLines(shown: ShownText, lines: readonly string[], firstLine: number): boolean {
  if (lines.length !== shown.lineCount) return false;
  for (let line = firstLine; line < lines.length; line++) if (lines[line] !== shown.lineAt(line)) return false;
  for (let line = Math.min(firstLine, lines.length) - 1; line >= 0; line--)
    if (lines[line] !== shown.lineAt(line)) return false;
  return true;
}
