/** `text` as one word of a POSIX shell, whatever it holds. A NUL cannot be in a path, hence not in the result. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
