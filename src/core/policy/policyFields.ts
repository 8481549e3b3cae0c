import type { PlainValue, PolicyProblem } from './policy';
import type { YamlTree } from './yamlTree';

/** Collects what is wrong while a tree is decoded; a decoder that found a fault reports it and returns `undefined`. */
export interface Faults {
  readonly problems: PolicyProblem[];
  readonly warnings: PolicyProblem[];
}

/** Reads one value; `undefined` only after it has reported why. */
export type Field<T> = (tree: YamlTree, path: string, faults: Faults) => T | undefined;

/** The keys of a map, each with its decoder. */
export type Fields<T> = { readonly [K in keyof T]: Field<T[K]> };

/** What is known of a map: a key that is left out or was faulty is absent. */
export type ReadFields<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Reports at a node and gives back `undefined`. */
export function fault(tree: { readonly line: number }, path: string, faults: Faults, message: string): undefined {
  faults.problems.push({ line: tree.line, path, message });
  return undefined;
}

/** A map with these keys alone; `required` ones must be there. */
export function readMap<T>(
  tree: YamlTree,
  path: string,
  faults: Faults,
  fields: Fields<T>,
  required: readonly (keyof T & string)[] = [],
): ReadFields<T> | undefined {
  if (tree.kind !== 'map') return fault(tree, path, faults, 'This must be a map of keys and values.');
  const result: { [K in keyof T]?: T[K] | undefined } = {};
  for (const entry of tree.entries) {
    const keyPath = path === '' ? entry.key : `${path}.${entry.key}`;
    if (!isKeyOf(fields, entry.key)) {
      fault(entry, keyPath, faults, `The key "${entry.key}" is not known${nearest(entry.key, Object.keys(fields))}.`);
      continue;
    }
    result[entry.key] = fields[entry.key](entry.value, keyPath, faults);
  }
  for (const key of required) {
    if (!tree.entries.some((entry) => entry.key === key)) fault(tree, path, faults, `The key "${key}" is missing.`);
  }
  return result;
}

/** A list of what `item` reads; faulty items are left out after they were reported. */
export function listOf<T>(item: Field<T>): Field<readonly T[]> {
  return (tree, path, faults) => {
    if (tree.kind !== 'list') return fault(tree, path, faults, 'This must be a list.');
    return tree.items
      .map((entry, index) => item(entry, `${path}[${index}]`, faults))
      .filter((entry) => entry !== undefined);
  };
}

/** Like `listOf`, with at least one item. */
export function someOf<T>(item: Field<T>): Field<readonly T[]> {
  return (tree, path, faults) => {
    if (tree.kind === 'list' && tree.items.length === 0) return fault(tree, path, faults, 'This must not be empty.');
    return listOf(item)(tree, path, faults);
  };
}

/** One of the words. */
export function oneOf<T extends string>(...words: readonly T[]): Field<T> {
  return (tree, path, faults) => {
    const found = tree.kind === 'scalar' ? words.find((word) => word === tree.text) : undefined;
    return found ?? fault(tree, path, faults, `This must be ${words.join(', ')}.`);
  };
}

/** An integer from `least` to a million, or with `share`, any number from 0 to 1. */
export function integerFrom(least: number): Field<number> {
  return (tree, path, faults) => {
    const value = tree.kind === 'scalar' ? tree.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= 1_000_000) return value;
    return fault(tree, path, faults, `This must be a whole number from ${least} to 1000000.`);
  };
}

/** A number from 0 to 1. */
export const share: Field<number> = (tree, path, faults) => {
  const value = tree.kind === 'scalar' ? tree.value : undefined;
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  return fault(tree, path, faults, 'This must be a number from 0 to 1.');
};

/** `true` or `false`. */
export const flag: Field<boolean> = (tree, path, faults) =>
  tree.kind === 'scalar' && typeof tree.value === 'boolean'
    ? tree.value
    : fault(tree, path, faults, 'This must be true or false.');

/** Text of one line that is not empty; a number stands for its digits as written. */
export const text: Field<string> = (tree, path, faults) => {
  if (tree.kind === 'scalar' && tree.value !== null && tree.text.length <= 1000) {
    if (tree.text.trim() !== '' && !/[\p{Cc}\u2028\u2029]/u.test(tree.text)) return tree.text;
  }
  return fault(tree, path, faults, 'This must be text of one line, at most 1000 characters.');
};

/** Text that a pattern accepts, else `message`. */
export function textLike(pattern: RegExp, message: string): Field<string> {
  return (tree, path, faults) => {
    const value = text(tree, path, faults);
    return value === undefined || pattern.test(value) ? value : fault(tree, path, faults, message);
  };
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `14d`, `36h`, `90m`, `2w`, in milliseconds. */
export const duration: Field<number> = (tree, path, faults) => {
  const match = tree.kind === 'scalar' ? /^([1-9][0-9]{0,4})([mhdw])$/.exec(tree.text) : null;
  const unit = unitMs[match?.[2] ?? ''];
  return match !== null && unit !== undefined
    ? Number(match[1]) * unit
    : fault(tree, path, faults, 'This must be a time such as 14d, 36h or 90m.');
};

/** Anything, as plain data. */
export const plain: Field<PlainValue> = (tree) => {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map((item) => plainOf(item));
    case 'map':
      // Without `__proto__` as anything but a key.
      return Object.fromEntries(tree.entries.map((entry) => [entry.key, plainOf(entry.value)]));
  }
};

function plainOf(tree: YamlTree): PlainValue {
  return plain(tree, '', { problems: [], warnings: [] }) ?? null;
}

function isKeyOf<T>(fields: Fields<T>, key: string): key is keyof T & string {
  return Object.hasOwn(fields, key);
}

/** A hint for a key that differs only in case or by one or two letters at its end. */
function nearest(key: string, known: readonly string[]): string {
  const lower = key.toLowerCase();
  const found = known.find((name) => {
    const other = name.toLowerCase();
    return (
      lower !== '' && Math.abs(other.length - lower.length) <= 2 && (other.startsWith(lower) || lower.startsWith(other))
    );
  });
  return found === undefined ? '' : `; "${found}" is`;
}
