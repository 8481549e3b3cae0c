import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AbsPath } from '../../core/brand';

/** What the hook said of the latest push that it judged. */
export interface LastPush {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly verdict: 'pass' | 'blocked' | 'undecided';
  /** As printed; untrusted when read back. */
  readonly lines: readonly string[];
}

/** Where it is kept, below the common git directory. */
export const lastPushFile = join('countersign', 'last-push.json');

const maxLines = 60;

/** Leaves word for an editor that watches, since a push from a terminal tells it nothing. Never throws: it is a courtesy. */
export function writeLastPush(commonDir: AbsPath, push: LastPush): void {
  const file = join(commonDir, lastPushFile);
  try {
    mkdirSync(join(commonDir, 'countersign'), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify({ ...push, lines: push.lines.slice(0, maxLines) }), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // A read-only git directory: the terminal has said it all the same.
  }
}

/** What was left; nothing where that is absent or not ours. */
export function readLastPush(commonDir: AbsPath): LastPush | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(commonDir, lastPushFile), 'utf8').slice(0, 1 << 16));
    if (typeof value !== 'object' || value === null) return undefined;
    const { time, verdict, lines } = value as Readonly<Record<string, unknown>>;
    if (typeof time !== 'number' || !Array.isArray(lines)) return undefined;
    if (verdict !== 'pass' && verdict !== 'blocked' && verdict !== 'undecided') return undefined;
    return { time, verdict, lines: lines.filter((line) => typeof line === 'string') };
  } catch {
    // Absent, half of it, or not JSON: nothing was left that could be told.
    return undefined;
  }
}
