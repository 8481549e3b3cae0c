import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, Parser } from 'yaml';
import type { PolicyProblem } from './policy';

/**
 * A strict part of YAML 1.2: one document of maps with plain text keys, lists and scalars of the core schema. Anchors,
 * aliases, tags, merge keys, directives, repeated keys and deep nesting are problems.
 */
export type YamlTree =
  | { readonly kind: 'map'; readonly line: number; readonly entries: readonly YamlEntry[] }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly YamlTree[] }
  /** `text` is what the file says (without quotes), `value` what the core schema makes of it. */
  | {
      readonly kind: 'scalar';
      readonly line: number;
      readonly text: string;
      readonly value: string | number | boolean | null;
    };

/** One key of a map, with the 1-based line of the key. */
export interface YamlEntry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlTree;
}

/** Deeper than any policy; the parser's recursion must never come near the end of the stack. */
const maxDepth = 40;

/** The tree, or every problem that was found. Bounded in time and depth whatever the text is. */
export function readYamlTree(
  text: string,
): { readonly tree: YamlTree } | { readonly problems: readonly PolicyProblem[] } {
  const lines = new LineCounter();
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const parser = new Parser(lines.addNewLine);
  // What `Parser.parse` would do first; it offers no look at its depth.
  lines.addNewLine(0);
  const tokens = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > maxDepth) {
      return { problems: [{ line: lineAt(parser.offset), path: '', message: 'The file is nested too deeply.' }] };
    }
  }
  tokens.push(...parser.end());
  // Repeated keys are looked for below: the library compares every key with every other.
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    strict: true,
    uniqueKeys: false,
    merge: false,
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const problems: PolicyProblem[] = [];
  const say = (offset: number, path: string, message: string) => problems.push({ line: lineAt(offset), path, message });
  for (const token of tokens) {
    if (token.type === 'directive') say(token.offset, '', 'A directive is not allowed.');
  }
  for (const document of documents) {
    for (const fault of [...document.errors, ...document.warnings])
      say(fault.pos[0], '', fault.message.split('\n', 1)[0] ?? '');
  }
  const [document, second] = documents;
  if (second !== undefined) say(offsetOf(second), '', 'A second document is not allowed.');
  if (problems.length > 0 || document === undefined) return { problems };
  const tree = convert(document.contents ?? null, 0, '', { say, lineAt });
  return problems.length > 0 ? { problems } : { tree };
}

interface Walk {
  readonly say: (offset: number, path: string, message: string) => void;
  readonly lineAt: (offset: number) => number;
}

function convert(node: Node | null, near: number, path: string, walk: Walk): YamlTree {
  const offset = node?.range?.[0] ?? near;
  const line = walk.lineAt(offset);
  if (node === null) return { kind: 'scalar', line, text: '', value: null };
  if (isAlias(node)) {
    walk.say(offset, path, 'An alias is not allowed.');
    return { kind: 'scalar', line, text: '', value: null };
  }
  if (hasAnchor(node)) walk.say(offset, path, 'An anchor is not allowed.');
  if (node.tag !== undefined) walk.say(offset, path, 'A tag is not allowed.');
  if (isSeq<Node>(node)) {
    return {
      kind: 'list',
      line,
      items: node.items.map((item, index) => convert(item, offset, `${path}[${index}]`, walk)),
    };
  }
  if (isMap<Node, Node | null>(node)) {
    const seen = new Set<string>();
    const entries = node.items.map((pair): YamlEntry => {
      const keyOffset = pair.key.range?.[0] ?? offset;
      const keyTree = convert(pair.key, keyOffset, path, walk);
      const key = keyTree.kind === 'scalar' ? keyTree.text : '';
      const keyPath = path === '' ? key : `${path}.${key}`;
      if (keyTree.kind !== 'scalar') walk.say(keyOffset, path, 'A key must be plain text.');
      else if (key === '<<') walk.say(keyOffset, keyPath, 'A merge key is not allowed.');
      else if (seen.has(key)) walk.say(keyOffset, keyPath, `The key "${key}" is there twice.`);
      seen.add(key);
      return { key, line: walk.lineAt(keyOffset), value: convert(pair.value, keyOffset, keyPath, walk) };
    });
    return { kind: 'map', line, entries };
  }
  if (!isScalar(node)) return { kind: 'scalar', line, text: '', value: null };
  const value = node.value;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', line, text: node.source ?? String(value ?? ''), value };
  }
  walk.say(offset, path, 'This value is of a kind that is not allowed.');
  return { kind: 'scalar', line, text: '', value: null };
}

function hasAnchor(node: Node): boolean {
  return 'anchor' in node && node.anchor !== undefined;
}

function offsetOf(document: Document.Parsed): number {
  return document.range[0];
}
