/** One line of a message file: its text, and its own line end (`''` only for a last line that has none). */
export interface MessageLine {
  readonly text: string;
  readonly eol: '' | '\n' | '\r\n';
}

/** The lines of `text`; joining them again gives exactly `text`. */
export function splitMessage(text: string): readonly MessageLine[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    if (line.endsWith('\r\n')) return { text: line.slice(0, -2), eol: '\r\n' };
    return line.endsWith('\n') ? { text: line.slice(0, -1), eol: '\n' } : { text: line, eol: '' };
  });
}

/** The inverse of {@link splitMessage}. */
export function joinMessage(lines: readonly MessageLine[]): string {
  return lines.map((line) => line.text + line.eol).join('');
}

/** Whether git takes the line for blank: nothing but its white space (space, tab, CR). */
export function isBlank(line: MessageLine): boolean {
  return /^[ \t\r]*$/.test(line.text);
}

/** The characters that git tries in turn for `core.commentChar=auto` (builtin/commit.c, `adjust_comment_line_char`). */
const autoCandidates = '#;@!$%^&|:';
const scissors = /^(.+) -{24} >8 -{24}$/;

/**
 * What begins a comment line. For `auto` it is read from the file: the scissors line has it, else the last line that is
 * not blank, where that looks like a comment of git's; else it is `#`.
 */
export function commentPrefix(lines: readonly MessageLine[], configured: string): string {
  if (configured !== 'auto') return configured;
  const cut = lines.map((line) => scissors.exec(line.text)?.[1]).find((c) => c !== undefined && isCandidate(c));
  if (cut !== undefined) return cut;
  const last = lines.findLast((line) => !isBlank(line))?.text ?? '';
  return isCandidate(last.slice(0, 1)) && /^.(?:[ \t]|$)/.test(last) ? last.slice(0, 1) : '#';
}

/** The index of the scissors line, below which git drops everything; the number of lines where there is none. */
export function scissorsIndex(lines: readonly MessageLine[], prefix: string): number {
  const index = lines.findIndex((line) => scissors.exec(line.text)?.[1] === prefix);
  return index < 0 ? lines.length : index;
}

function isCandidate(text: string): boolean {
  return text.length === 1 && autoCandidates.includes(text);
}
