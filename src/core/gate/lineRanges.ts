/** 1-based and half-open. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** `1-4,9`, inclusive as in every output: sorted, touching ranges joined. Empty for no ranges. */
export function formatRanges(ranges: readonly LineRange[]): string {
  return joinRanges(ranges)
    .map(({ start, end }) => (end - start === 1 ? `${start}` : `${start}-${end - 1}`))
    .join(',');
}

/** The ranges of a text as `formatRanges` writes it; what is no range is left out. */
export function parseRanges(text: string): readonly LineRange[] {
  return text.split(',').flatMap((part) => {
    const match = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(part);
    if (match === null) return [];
    const start = Number(match[1]);
    return [{ start, end: Number(match[2] ?? match[1]) + 1 }];
  });
}

/** Whether some line is in both. */
export function rangesMeet(a: readonly LineRange[], b: readonly LineRange[]): boolean {
  return a.some((one) => b.some((other) => one.start < other.end && other.start < one.end));
}

function joinRanges(ranges: readonly LineRange[]): readonly LineRange[] {
  const joined: { start: number; end: number }[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else joined.push({ ...range });
  }
  return joined;
}
