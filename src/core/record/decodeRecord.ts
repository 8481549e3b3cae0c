import * as v from 'valibot';
import { isSha, type Sha } from '../brand';
import { parseLineRanges } from './lineRanges';
import type { CommitRecord } from './record';

/** What a line of a note turned out to be; a record of a schema to come is kept as it is and never rewritten. */
export type DecodedRecord =
  | { readonly kind: 'record'; readonly record: CommitRecord }
  | { readonly kind: 'unknown-schema'; readonly schema: unknown }
  | { readonly kind: 'malformed'; readonly problems: readonly string[] };

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const word = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
const oid = v.custom<Sha>(isSha, 'an object id in full');
const evidence = v.picklist(['measured', 'declared', 'inferred']);
const ranges = v.pipe(
  v.string(),
  v.check((text) => parseLineRanges(text) !== undefined, 'line ranges such as 1-4,9'),
);
const who = v.pipe(
  v.string(),
  v.regex(/^(?:[sc][1-9]\d*|human|pasted|unknown:(?:outside-write|not-watched|no-record|forge|before-adoption))$/),
);

// Paths are any strings, `__proto__` and `constructor` among them, which a schema of a map would pass over.
const fileSchema = v.looseObject({
  blob: v.exactOptional(oid),
  lines: v.exactOptional(
    v.array(v.union([v.strictTuple([ranges, who]), v.strictTuple([ranges, who, v.literal('edited')])])),
  ),
  deleted: v.exactOptional(v.record(v.string(), count)),
  pathEncoding: v.exactOptional(v.literal('git')),
});

const recordSchema = v.looseObject({
  schema: v.literal(1),
  tool: v.literal('countersign'),
  sessions: v.exactOptional(
    v.record(
      v.string(),
      v.looseObject({
        tool: word,
        model: v.exactOptional(word),
        session: v.exactOptional(word),
        kind: v.picklist(['agent', 'chat', 'inline', 'next-edit']),
        evidence,
      }),
    ),
  ),
  claims: v.exactOptional(
    v.record(
      v.string(),
      v.looseObject({ as: v.picklist(['human', 'ai']), evidence, via: v.picklist(['claim', 'generic', 'import']) }),
    ),
  ),
  files: v.exactOptional(
    v.custom<Readonly<Record<string, unknown>>>((value) => typeof value === 'object' && value !== null),
  ),
  counts: v.looseObject({ ai: count, 'ai-edited': count, deleted: count, human: count, pasted: count, unknown: count }),
  derivedFrom: v.exactOptional(v.array(oid)),
});

function hasSchema(value: unknown): value is { readonly schema: unknown; readonly tool: unknown } {
  return typeof value === 'object' && value !== null && 'schema' in value && 'tool' in value;
}

/** Decodes one line of a note; never throws. Unknown fields of a known schema stay in the result. */
export function decodeRecord(line: string): DecodedRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'malformed', problems: ['not JSON'] };
  }
  if (hasSchema(value) && value.tool === 'countersign' && value.schema !== 1)
    return { kind: 'unknown-schema', schema: value.schema };
  const result = v.safeParse(recordSchema, value);
  if (!result.success) {
    return {
      kind: 'malformed',
      problems: result.issues.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`),
    };
  }
  const problems = Object.entries(result.output.files ?? {}).flatMap(([path, file]) => {
    const decoded = v.safeParse(fileSchema, file);
    return decoded.success
      ? []
      : decoded.issues.map((issue) => `files.${path}.${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  });
  if (problems.length > 0) return { kind: 'malformed', problems };
  // The value itself, not the schema's copy of it: what we do not know is kept when a record is written again.
  const record = value as CommitRecord;
  const missing = keysUsed(record).filter(
    (key) => !Object.hasOwn(record.sessions ?? {}, key) && !Object.hasOwn(record.claims ?? {}, key),
  );
  return missing.length > 0
    ? { kind: 'malformed', problems: missing.map((key) => `no session or claim ${key}`) }
    : { kind: 'record', record };
}

function keysUsed(record: CommitRecord): readonly string[] {
  const keys = new Set<string>();
  for (const file of Object.values(record.files ?? {})) {
    for (const tuple of file.lines ?? []) if (/^[sc]\d/.test(tuple[1])) keys.add(tuple[1]);
    for (const key of Object.keys(file.deleted ?? {})) if (key !== 'unknown') keys.add(key);
  }
  return [...keys];
}
