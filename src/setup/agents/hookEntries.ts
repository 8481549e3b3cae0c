import { applyEdits, findNodeAtLocation, type JSONPath, modify, type ParseError, parse, parseTree } from 'jsonc-parser';
import type { HookEntry } from '../../agents/hookConfiguration';
import { isOurCommand } from './hookCommand';

/** What came of an attempt to change a JSON file. */
export type EditedJson =
  | { readonly kind: 'edited'; readonly text: string }
  /** Not JSON, or something else stands where the entries belong. */
  | { readonly kind: 'not-understood' };

/*
 * Texts are bytes as Latin-1, so that what is not ours comes back as it was, whatever its encoding.
 */

/**
 * `text` with exactly these entries of ours in it and everything else byte for byte as it was; the same text where they
 * are in it already. Comments and trailing commas are taken as they are.
 */
export function withEntries(
  text: string,
  id: string,
  entries: readonly HookEntry[],
  fresh: Readonly<Record<string, unknown>>,
): EditedJson {
  const [mark, json] = splitMark(text);
  const start = json.trim() === '' ? `${mark}${JSON.stringify(fresh, undefined, 2)}\n` : text;
  if (!isObject(read(start))) return { kind: 'not-understood' };
  if (holdsExactly(start, id, entries)) return { kind: 'edited', text };
  const bare = withoutEntries(start, id);
  if (bare.kind === 'not-understood') return bare;
  let next = bare.text;
  for (const { path, value } of entries) {
    const list = valueAt(read(next), path);
    if (list === 'blocked' || (list !== undefined && !Array.isArray(list))) return { kind: 'not-understood' };
    next = list === undefined ? withValue(next, [...path], [value]) : withValue(next, [...path, list.length], value);
  }
  return holdsExactly(next, id, entries) ? { kind: 'edited', text: next } : { kind: 'not-understood' };
}

/** `text` without any entry of ours, and without the lists and objects that are empty for it. */
export function withoutEntries(text: string, id: string): EditedJson {
  let next = text;
  if (!isObject(read(next))) return { kind: 'not-understood' };
  for (;;) {
    const hooks = valueAt(read(next), ['hooks']);
    if (!isObject(hooks)) return { kind: 'edited', text: next };
    const found = Object.entries(hooks).flatMap(([event, list]) =>
      Array.isArray(list) ? list.flatMap((item, index) => (isOurs(item, id) ? [{ event, index, list }] : [])) : [],
    );
    const [first] = found;
    if (first === undefined) return { kind: 'edited', text: next };
    const { event, index, list } = first;
    const isLastOfEvent = list.length === 1;
    const isLastOfAll = isLastOfEvent && Object.keys(hooks).length === 1;
    const path: JSONPath = isLastOfAll ? ['hooks'] : isLastOfEvent ? ['hooks', event] : ['hooks', event, index];
    const shorter = without(next, path);
    if (shorter === next) return { kind: 'not-understood' };
    next = shorter;
  }
}

/** Whether just these entries of ours are in it. */
export function holdsExactly(text: string, id: string, entries: readonly HookEntry[]): boolean {
  const hooks = valueAt(read(text), ['hooks']);
  if (!isObject(hooks)) return entries.length === 0;
  const ours = Object.entries(hooks).flatMap(([event, list]) =>
    Array.isArray(list) ? list.filter((item) => isOurs(item, id)).map((item) => JSON.stringify([event, item])) : [],
  );
  const wanted = entries.map(({ path, value }) => JSON.stringify([path.at(-1), value]));
  return ours.length === wanted.length && wanted.every((entry) => ours.includes(entry));
}

/** A hook, or a matcher all of whose hooks are ours. */
function isOurs(item: unknown, id: string): boolean {
  if (!isObject(item)) return false;
  const { hooks, command } = item;
  if (Array.isArray(hooks)) return hooks.length > 0 && hooks.every((hook) => isOurs(hook, id));
  return typeof command === 'string' && isOurCommand(command, id);
}

/** `text` without what stands at `path`. */
function without(text: string, path: JSONPath): string {
  const [mark, json] = splitMark(text);
  return mark + applyEdits(json, modify(json, path, undefined, {}));
}

/** `text` with `value` at `path`, where nothing is: on lines of its own, everything else byte for byte as it was. */
function withValue(text: string, path: JSONPath, value: unknown): string {
  const [mark, json] = splitMark(text);
  const [change] = modify(json, path, value, { isArrayInsertion: typeof path.at(-1) === 'number' });
  if (change === undefined) return text;
  const [, comma = '', key = '', content = ''] = /^(,?)((?:"[^"]*":)?)(.*)$/s.exec(change.content) ?? [];
  const unit = indentOf(json);
  const end = json.includes('\r\n') ? '\r\n' : '\n';
  const outer = indentAround(json, path);
  const laid = JSON.stringify(JSON.parse(content), undefined, unit).replaceAll('\n', `${end}${outer}${unit}`);
  const behind = json.slice(change.offset + change.length);
  const closes = /^[ \t]*[\]}]/.test(behind) ? `${end}${outer}` : '';
  const put = `${comma}${end}${outer}${unit}${key === '' ? '' : `${key} `}${laid}${closes}`;
  return mark + json.slice(0, change.offset) + put + behind;
}

/** The white space before the line in which the innermost list or object on the way to `path` begins. */
function indentAround(json: string, path: JSONPath): string {
  const tree = parseTree(json, [], { allowTrailingComma: true });
  if (tree === undefined) return '';
  for (let length = path.length - 1; length >= 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node === undefined) continue;
    const start = json.lastIndexOf('\n', node.offset - 1) + 1;
    return /^[ \t]*/.exec(json.slice(node.offset === 0 ? 0 : start))?.[0] ?? '';
  }
  return '';
}

/** The byte order mark that some editors put before UTF-8, as Latin-1 has it, and what stands behind it. */
function splitMark(text: string): readonly [mark: string, json: string] {
  const mark = text.startsWith('\u00ef\u00bb\u00bf') ? text.slice(0, 3) : '';
  return [mark, text.slice(mark.length)];
}

/** As the file's first indented line does it. */
function indentOf(text: string): string {
  const [, space = '  '] = /^([ \t]+)\S/m.exec(text) ?? [];
  return space.startsWith('\t') ? '\t' : ' '.repeat(Math.min(space.length, 8));
}

function read(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(splitMark(text)[1], errors, {
    allowTrailingComma: true,
  });
  return errors.length === 0 ? value : undefined;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if (current === undefined) return undefined;
    if (!isObject(current)) return 'blocked';
    current = Object.hasOwn(current, name) ? current[name] : undefined;
  }
  return current;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
