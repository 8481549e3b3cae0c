import { applyEdits, type JSONPath, modify, type ParseError, parse } from 'jsonc-parser';
import type { HookEntry } from '../../agents/hookConfiguration';
import { isOurCommand } from './hookCommand';

/** What came of an attempt to change a JSON file. */
export type EditedJson =
  | { readonly kind: 'edited'; readonly text: string }
  /** Not JSON, or something else stands where the entries belong. */
  | { readonly kind: 'not-understood' };

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
  const isNew = text.trim() === '';
  const start = isNew ? `${JSON.stringify(fresh, undefined, 2)}\n` : text;
  if (!isObject(read(start))) return { kind: 'not-understood' };
  if (holdsExactly(start, id, entries)) return { kind: 'edited', text };
  const bare = withoutEntries(start, id);
  if (bare.kind === 'not-understood') return bare;
  let next = bare.text;
  for (const { path, value } of entries) {
    const list = valueAt(read(next), path);
    if (list === 'blocked' || (list !== undefined && !Array.isArray(list))) return { kind: 'not-understood' };
    next =
      list === undefined
        ? edit(next, [...path], [value])
        : edit(next, [...path, list.length], value, list.length === 0 ? 'set' : 'append');
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
    const shorter = edit(next, path, undefined);
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

function edit(text: string, path: JSONPath, value: unknown, how: 'set' | 'append' = 'set'): string {
  const formattingOptions = { ...indentOf(text), eol: text.includes('\r\n') ? '\r\n' : '\n' };
  return applyEdits(text, modify(text, path, value, { formattingOptions, isArrayInsertion: how === 'append' }));
}

/** As the file's first indented line does it. */
function indentOf(text: string): { readonly insertSpaces: boolean; readonly tabSize: number } {
  const [, space = '  '] = /^([ \t]+)\S/m.exec(text) ?? [];
  return space.startsWith('\t')
    ? { insertSpaces: false, tabSize: 4 }
    : { insertSpaces: true, tabSize: Math.min(space.length, 8) };
}

function read(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, errors, {
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
