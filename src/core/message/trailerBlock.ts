import { isBlank, type MessageLine } from './messageLines';

/** What git's parser goes by beside the text. */
export interface TrailerRules {
  /** What begins a line that git's parser skips. */
  readonly commentPrefix: string;
  /** Names and keys configured as `trailer.<name>.key`, which git counts as known trailers. */
  readonly knownKeys: readonly string[];
  /** Whether the first paragraph is the subject, which is never a trailer block. */
  readonly hasTitle: boolean;
}

/**
 * The index just after the last line of the message's trailer block, or `undefined` where git sees none.
 *
 * The rules are those of git's trailer.c (`find_trailer_start`, `ignore_non_trailer`), without the `---` divider, which
 * a commit message does not have: the last paragraph, trailing comments and a `Conflicts:` list apart, is a block if all
 * of its lines are trailers, or if it has a known one and at least a quarter of its lines are trailers.
 */
export function trailerBlockEnd(lines: readonly MessageLine[], rules: TrailerRules): number | undefined {
  const end = endOfText(lines, rules.commentPrefix);
  const titleEnd = rules.hasTitle ? endOfTitle(lines, rules.commentPrefix) : 0;
  let trailers = 0;
  let others = 0;
  let continuations = 0;
  let known = false;
  let last: number | undefined;
  const isBlock = () => {
    others += continuations;
    return (known && trailers * 3 >= others) || (trailers > 0 && others === 0);
  };
  for (let i = end - 1; i >= titleEnd; i--) {
    const line = lines[i];
    if (line === undefined) break;
    if (line.text.startsWith(rules.commentPrefix)) {
      others += continuations;
      continuations = 0;
      continue;
    }
    if (isBlank(line)) {
      if (last === undefined) continue;
      return isBlock() ? last : undefined;
    }
    last ??= i + 1;
    if (/^(?:Signed-off-by: |\(cherry picked from commit )/.test(line.text)) {
      trailers++;
      continuations = 0;
      known = true;
    } else if (/^[ \t\r]/.test(line.text)) {
      continuations++;
    } else if (trailerKey(line.text) !== undefined) {
      trailers++;
      continuations = 0;
      known ||= rules.knownKeys.some((name) => isPrefix(trailerKey(line.text) ?? '', name));
    } else {
      others += 1 + continuations;
      continuations = 0;
    }
  }
  return !rules.hasTitle && last !== undefined && isBlock() ? last : undefined;
}

/** The key of a trailer line: letters, digits and dashes, white space allowed before the colon. */
function trailerKey(text: string): string | undefined {
  return /^([A-Za-z0-9-]+)[ \t]*:/.exec(text)?.[1];
}

/** Git takes a key for a configured one when it is a beginning of its name, whatever the case. */
function isPrefix(key: string, name: string): boolean {
  return name.toLowerCase().startsWith(key.toLowerCase());
}

function endOfTitle(lines: readonly MessageLine[], prefix: string): number {
  const index = lines.findIndex((line) => !line.text.startsWith(prefix) && isBlank(line));
  return index < 0 ? lines.length : index;
}

/** Where trailing comments, blank lines and an old `Conflicts:` list begin; white space at line ends is as good as gone. */
function endOfText(lines: readonly MessageLine[], prefix: string): number {
  let start: number | undefined;
  let inConflicts = false;
  lines.forEach((line, i) => {
    if (line.text.startsWith(prefix) || isBlank(line)) {
      start ??= i;
    } else if (/^Conflicts:[ \t\r]*$/.test(line.text)) {
      inConflicts = true;
      start ??= i;
    } else if (!(inConflicts && line.text.startsWith('\t'))) {
      start = undefined;
      inConflicts = false;
    }
  });
  return start ?? lines.length;
}
