import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AbsPath } from '../core/brand';

const mostBytes = 256 * 1024;

/** Where faults of hooks are kept, since hooks themselves stay silent. */
export function faultLogPath(commonDir: AbsPath): string {
  return join(commonDir, 'countersign', 'faults.log');
}

/** Appends one line, with the time in UTC; keeps one older file. Silent where it cannot: there is nobody left to tell. */
export function logFault(commonDir: AbsPath, time: number, line: string): void {
  const path = faultLogPath(commonDir);
  try {
    mkdirSync(join(commonDir, 'countersign'), { recursive: true, mode: 0o700 });
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > mostBytes) renameSync(path, `${path}.1`);
    appendFileSync(path, `${new Date(time).toISOString()} ${line.replaceAll('\n', ' | ')}\n`, { mode: 0o600 });
  } catch {
    // A read-only or full disk: recording steps aside, and so does its log.
  }
}
