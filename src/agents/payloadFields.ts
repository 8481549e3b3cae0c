/** An object of a payload: any name may be missing, any value of any type. */
export type Fields = Readonly<Record<string, unknown>>;

const mostText = 4096;

/** `value` as an object; without members where it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Whether `value` is an object and no list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member; a payload cannot reach what every object inherits. */
export function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The first of the named members that is a usable short text: not empty, no control characters. */
export function textOf(fields: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = shortText(fieldOf(fields, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** `value` where it is a text that can be a path: whatever a file can be called, so control characters too, but no NUL. */
export function pathText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > mostText) return undefined;
  return value.includes('\0') ? undefined : value;
}

/** `value` where it is a text that can be a name: no control characters. */
export function shortText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > mostText) return undefined;
  return /[\u0000-\u001f\u007f]/.test(value) ? undefined : value;
}

/** Arguments of a tool: an object, or the text of one in JSON. Any other text comes back as it is. */
export function argumentsOf(value: unknown): Fields | string {
  if (typeof value !== 'string') return fieldsOf(value);
  if (!/^\s*\{/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return isFields(parsed) ? parsed : value;
  } catch {
    // A text that only begins like JSON: patches are texts too.
    return value;
  }
}
