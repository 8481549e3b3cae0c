import { plainPath } from '../quotedPath';

/**
 * Globs as in gitignore (https://git-scm.com/docs/gitignore), case-sensitive, without negation and braces:
 *
 *     pattern = ["/"] part *("/" part) ["/"]
 *     part    = "**" | 1*( "*" | "?" | "[" ["!" | "^"] set "]" | "\" char | char )
 *
 * A pattern with a `/` before its end is anchored at the top, another matches at any depth. What matches a folder
 * matches everything in it; with a `/` at the end it matches folders only. Characters are code points (git's are bytes).
 *
 * Each pair of pattern part and path part is compared once, each comparison takes at most (length of one) x (length of
 * the other) steps: no pattern takes more than |pattern| x |path| steps, up to a small constant.
 */
export interface Glob {
  readonly parts: readonly GlobPart[];
  readonly isFolderOnly: boolean;
}

type GlobPart = 'any-folders' | readonly Token[];

type Token = 'star' | 'any' | string | CharSet;

interface CharSet {
  readonly isNegated: boolean;
  readonly ranges: readonly (readonly [number, number])[];
}

/** Counts the steps that matching takes, for tests of the bound. */
export interface StepCount {
  steps: number;
}

/** A path glob; `undefined` when the pattern can match nothing (`/`, an unclosed `[`, a trailing `\`, an empty part). */
export function compileGlob(pattern: string): Glob | undefined {
  const isFolderOnly = pattern.endsWith('/');
  const body = isFolderOnly ? pattern.slice(0, -1) : pattern;
  const parts = splitParts(body.startsWith('/') ? body.slice(1) : body);
  if (parts === undefined) return undefined;
  return { parts: body.includes('/') ? parts : ['any-folders', ...parts], isFolderOnly };
}

/** Like `compileGlob`, for a name that must match as a whole and from its start: `*` is not `a/b`. */
export function compileWholeGlob(pattern: string): Glob | undefined {
  const parts = splitParts(pattern);
  return parts === undefined ? undefined : { parts, isFolderOnly: false };
}

/** Whether the glob matches the path of a file, or a folder that it is in. */
export function matchesPath(glob: Glob, path: string, count?: StepCount): boolean {
  const names = path.split('/').map((name) => [...name]);
  const reached = reachedPrefixes(glob.parts, names, count);
  const end = glob.isFolderOnly ? names.length - 1 : names.length;
  for (let length = 1; length <= end; length++) if (reached[length] === true) return true;
  return false;
}

/** Whether the glob matches all of the name. */
export function matchesWhole(glob: Glob, name: string, count?: StepCount): boolean {
  const names = name.split('/').map((part) => [...part]);
  return reachedPrefixes(glob.parts, names, count)[names.length] === true;
}

/**
 * Matches a path, which may stand in git's quoting, against any of the patterns. A pattern that can match nothing matches
 * nothing.
 */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.map(compileGlob).filter((glob) => glob !== undefined);
  return (path) => {
    const plain = plainPath(path);
    return globs.some((glob) => matchesPath(glob, plain));
  };
}

/** Entry n says whether all parts together match the first n names. */
function reachedPrefixes(parts: readonly GlobPart[], names: readonly string[][], count?: StepCount): boolean[] {
  let reached = [true, ...names.map(() => false)];
  parts.forEach((part, index) => {
    const before = reached;
    if (part === 'any-folders') {
      // Last, it takes one name or more; elsewhere any number.
      const isLast = index === parts.length - 1;
      let open = false;
      reached = before.map((isReached) => {
        tick(count);
        const result = open || (isReached && !isLast);
        open ||= isReached;
        return result;
      });
    } else {
      reached = before.map((_, n) => {
        const name = names[n - 1];
        return name !== undefined && before[n - 1] === true && matchesName(part, name, count);
      });
    }
  });
  return reached;
}

/** Two pointers: only the last star is ever tried again, so each of its positions costs at most the rest of the pattern. */
function matchesName(tokens: readonly Token[], name: readonly string[], count?: StepCount): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let resume = 0;
  while (at < name.length) {
    tick(count);
    const current = tokens[token];
    if (current === 'star') {
      star = token++;
      resume = at;
    } else if (current !== undefined && matchesChar(current, name[at] ?? '')) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (tokens[token] === 'star') token++;
  return token === tokens.length;
}

function matchesChar(token: Token, char: string): boolean {
  if (token === 'any') return true;
  if (typeof token === 'string') return token === `=${char}`;
  const code = char.codePointAt(0) ?? 0;
  return token.ranges.some(([low, high]) => low <= code && code <= high) !== token.isNegated;
}

function tick(count: StepCount | undefined): void {
  if (count !== undefined) count.steps++;
}

/** Literal characters are kept as `=c`, so that they are not taken for a word token. */
function splitParts(body: string): GlobPart[] | undefined {
  const chars = [...body];
  const parts: GlobPart[] = [];
  let tokens: Token[] = [];
  let stars = 0;
  const endPart = () => {
    if (tokens.length === 0) return false;
    parts.push(stars >= 2 && stars === tokens.length ? 'any-folders' : withoutRepeatedStars(tokens));
    tokens = [];
    stars = 0;
    return true;
  };
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '/') {
      if (!endPart()) return undefined;
    } else if (char === '*') {
      tokens.push('star');
      stars++;
    } else if (char === '?') {
      tokens.push('any');
    } else if (char === '[') {
      const set = readSet(chars, at + 1);
      if (set === undefined) return undefined;
      tokens.push(set.set);
      at = set.end;
    } else if (char === '\\') {
      const next = chars[++at];
      if (next === undefined) return undefined;
      tokens.push(`=${next}`);
    } else {
      tokens.push(`=${char}`);
    }
  }
  return endPart() ? parts : undefined;
}

function withoutRepeatedStars(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter((token, index) => token !== 'star' || tokens[index - 1] !== 'star');
}

const posixSets: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  alnum: spans('09', 'AZ', 'az'),
  alpha: spans('AZ', 'az'),
  blank: spans('  ', '\t\t'),
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: spans('09'),
  graph: spans('!~'),
  lower: spans('az'),
  print: spans(' ~'),
  punct: spans('!/', ':@', '[`', '{~'),
  space: spans('  ', '\t\r'),
  upper: spans('AZ'),
  xdigit: spans('09', 'AF', 'af'),
};

function spans(...pairs: readonly string[]): readonly (readonly [number, number])[] {
  return pairs.map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)] as const);
}

/** The set that begins after `[` at `at`, and where its `]` is; `undefined` when it does not close. A `]` that comes first is literal. */
function readSet(chars: readonly string[], start: number): { readonly set: CharSet; readonly end: number } | undefined {
  let at = start;
  const isNegated = chars[at] === '!' || chars[at] === '^';
  if (isNegated) at++;
  const ranges: (readonly [number, number])[] = [];
  for (let isFirst = true; ; isFirst = false) {
    const char = chars[at];
    if (char === undefined) return undefined;
    if (char === ']' && !isFirst) return { set: { isNegated, ranges }, end: at };
    if (char === '[' && chars[at + 1] === ':') {
      const close = chars.indexOf(']', at + 2);
      if (close < 0) return undefined;
      if (chars[close - 1] === ':' && close - 1 > at + 1) {
        const named = posixSets[chars.slice(at + 2, close - 1).join('')];
        if (named === undefined) return undefined;
        ranges.push(...named);
        at = close + 1;
        continue;
      }
    }
    const low = readSetChar(chars, at);
    if (low === undefined) return undefined;
    at = low.end;
    const afterDash = chars[at + 1];
    if (chars[at] === '-' && afterDash !== undefined && afterDash !== ']') {
      const high = readSetChar(chars, at + 1);
      if (high === undefined) return undefined;
      ranges.push([low.code, high.code]);
      at = high.end;
    } else {
      ranges.push([low.code, low.code]);
    }
  }
}

function readSetChar(
  chars: readonly string[],
  at: number,
): { readonly code: number; readonly end: number } | undefined {
  const position = chars[at] === '\\' ? at + 1 : at;
  const code = chars[position]?.codePointAt(0);
  return code === undefined ? undefined : { code, end: position + 1 };
}
