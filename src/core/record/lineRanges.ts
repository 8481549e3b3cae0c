/** Lines `from` to `to`, 1-based, inclusive. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** Line numbers written as records write them: ascending, neighbours merged, `1-4,9`. */
export function formatLineRanges(lines: Iterable<number>): string {
  const sorted = [...new Set(lines)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let index = 0; index < sorted.length; ) {
    const from = sorted[index] ?? 0;
    let to = from;
    while (sorted[index + 1] === to + 1) {
      index++;
      to++;
    }
    parts.push(from === to ? `${from}` : `${from}-${to}`);
    index++;
  }
  return parts.join(',');
}

const rangesPattern = /^[1-9]\d{0,9}(?:-[1-9]\d{0,9})?(?:,[1-9]\d{0,9}(?:-[1-9]\d{0,9})?)*$/;

/** The ranges that {@link formatLineRanges} wrote, or nothing if `text` has not its form. */
export function parseLineRanges(text: string): readonly LineRange[] | undefined {
  if (text.length > 4_000_000 || !rangesPattern.test(text)) return undefined;
  const ranges: LineRange[] = [];
  let last = 0;
  for (const part of text.split(',')) {
    const [first, second] = part.split('-').map(Number);
    const from = first ?? 0;
    const to = second ?? from;
    if (from <= last || to < from) return undefined;
    ranges.push({ from, to });
    last = to;
  }
  return ranges;
}
