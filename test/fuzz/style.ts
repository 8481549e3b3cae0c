import type { Expected, Letter } from './people';
import type { Random } from './random';

/** How lines look, and how their writers are read off them. */
export interface Style {
  readonly name: string;
  /** A line that this writer makes; `serial` is another number each time. */
  line(who: Letter, serial: number, random: Random): string;
  /** What a line has to count as; nothing where it does not tell. */
  expected(line: string): Expected | undefined;
  /** A line with something of another writer's in it; nothing where this style has no such lines. */
  change(line: string, who: Letter, serial: number, random: Random): string | undefined;
  /**
   * Whether lines of one writer are like those of another, so that a line that is put in the place of another one counts as
   * made of it: then an edit only puts lines in or only takes some out.
   */
  readonly alike: boolean;
  /** Whether lines of everybody's stand between the others, and blocks of a writer's are there more than once. */
  readonly repeats: boolean;
}

function expectedOf(letters: Iterable<string>): Expected {
  const who = new Set(letters);
  const sessions = (['A', 'B', 'C'] as const).filter((letter) => who.has(letter));
  if (sessions.length > 0) return { class: who.size === sessions.length ? 'ai' : 'ai-edited', sessions };
  return { class: who.has('U') ? 'unknown' : 'human', sessions: [] };
}

/** Four words that no other line has: a line may be changed word by word. */
const words: Style = {
  name: 'words',
  alike: false,
  repeats: false,
  line: (who, serial) => Array.from('wxyz', (end) => `${who}${serial}${end}`).join(' '),
  expected: (line) =>
    /^\s*(?:[A-CHU]\d+[vw-z] ?)+$/.test(line)
      ? expectedOf(
          line
            .trim()
            .split(' ')
            .map((word) => word[0] ?? ''),
        )
      : undefined,
  change(line, who, serial, random) {
    if (this.expected(line) === undefined) return undefined;
    const parts = line.split(' ');
    parts[random.below(parts.length)] = `${who}${serial}v`;
    return new Set(parts.map((word) => word[0])).size <= 2 ? parts.join(' ') : undefined;
  },
};

/** The same, some of them more than once, and lines of everybody's between them. */
const twice: Style = {
  ...words,
  name: 'twice',
  repeats: true,
  line: (who, serial, random) => words.line(who, random.once(3) ? random.below(serial + 1) : serial, random),
};

function marked(name: string, codes: readonly string[], comment: (who: Letter, serial: number) => string): Style {
  return {
    name,
    alike: true,
    repeats: true,
    line: (who, serial, random) => `${random.pick(codes) ?? ''} ${comment(who, serial)}`,
    expected(line) {
      const [, who] = /(?:\/\/|#) ([A-CHU])\d*$/.exec(line) ?? [];
      return who === undefined ? undefined : expectedOf(who);
    },
    change: () => undefined,
  };
}

const codes = ['foo();', '}', 'x = 1', 'return x;', 'if (a) {', '  y += 1;', 'foo(bar, baz);', '*/', 'else', 'i'];

/** Few and short lines of code; a comment tells who wrote them, and lines of one writer repeat. */
const repeated = marked('repeated', codes, (who) => `// ${who}`);

/** The same, each line with a number of its own. */
const numbered = marked('numbered', codes, (who, serial) => `// ${who}${serial}`);

/** The line is hardly more than its mark. */
const short = marked('short', ['a', 'b', ''], (who, serial) => `# ${who}${serial % 4}`);

/** All styles; lines that tell nothing stand between the others in those that are alike. */
export const styles: readonly Style[] = [words, repeated, numbered, short, twice, words, twice];

/** Lines that everybody writes. */
export const plainLines: readonly string[] = ['', '}', 'x = 1', 'end', '  ', '{'];
