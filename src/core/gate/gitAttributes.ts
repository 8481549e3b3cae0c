/*
 * As much of gitattributes(5) as tells whether git shows the text of a file in diffs:
 *
 *   line  = pattern 1*( space attr )  |  "[attr]" name 1*( space attr )  |  "#" ...
 *   attr  = name | "-" name | "!" name | name "=" value
 *
 * Of the lines whose pattern matches the last one counts, a file in a deeper folder over one above it. A pattern that ends
 * in "/" matches no file, and one that matches a folder says nothing of what is in it.
 */
import { compileGlob, type Glob, matchesWhole } from '../policy/glob';
import { unquoteBytes } from '../quotedPath';

/** What a line says of the attribute `diff`. */
type Shown = 'shown' | 'hidden';

/** The lines of one file that say something of it. */
export interface DiffAttributes {
  readonly rules: readonly { readonly glob: Glob; readonly says: Shown }[];
  /** Names that stand for several attributes; only those of the topmost file count. */
  readonly macros: ReadonlyMap<string, Shown>;
}

const builtIn: ReadonlyMap<string, Shown> = new Map([['binary', 'hidden']]);

/** Reads a `.gitattributes` file; `macros` are those that are known already. Never throws. */
export function parseDiffAttributes(text: string, known: ReadonlyMap<string, Shown> = builtIn): DiffAttributes {
  const rules: { readonly glob: Glob; readonly says: Shown }[] = [];
  const macros = new Map(known);
  for (const line of text.split('\n')) {
    const [, quoted, plain, rest = ''] =
      /^[ \t\r]*(?:("(?:[^"\\]|\\.)*")|([^ \t\r"#][^ \t\r]*))[ \t\r]+(.*)$/.exec(line) ?? [];
    const pattern = quoted === undefined ? plain : unquoteBytes(quoted)?.toString('utf8');
    if (pattern === undefined) continue;
    const says = saidOf(rest.split(/[ \t\r]+/), macros);
    const macro = /^\[attr\](.+)$/.exec(pattern)?.[1];
    if (says === undefined) continue;
    if (macro !== undefined) macros.set(macro, says);
    else if (!pattern.startsWith('!') && !pattern.endsWith('/')) {
      const glob = compileGlob(pattern);
      if (glob !== undefined) rules.push({ glob, says });
    }
  }
  return { rules, macros };
}

function saidOf(attributes: readonly string[], macros: ReadonlyMap<string, Shown>): Shown | undefined {
  let said: Shown | undefined;
  for (const attribute of attributes) {
    if (attribute === '-diff') said = 'hidden';
    else if (/^!?diff(?:=|$)/.test(attribute)) said = 'shown';
    else said = macros.get(attribute) ?? said;
  }
  return said;
}

/** What a file says of a path below its own folder; `undefined` when nothing. */
export function saysOfDiff({ rules }: DiffAttributes, path: string): Shown | undefined {
  return rules.findLast(({ glob }) => matchesWhole(glob, path))?.says;
}
