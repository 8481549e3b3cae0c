import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AbsPath } from '../core/brand';
import { readWorkFile } from './workFile';

/** What is remembered of agents longer than this is no longer of use. */
const mostAge = 14 * 24 * 60 * 60 * 1000;

/** More than this is no file of ours. */
const mostBytes = 8 * 1024 * 1024;

/** Folder of small files that hooks of agents leave for the next one in a repository, beside the ledger's journals. */
export function agentFolder(commonDir: AbsPath): string {
  return join(commonDir, 'countersign', 'ledger', 'agents');
}

/** A file name for what somebody else named. */
export function fileNameOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Writes a small file in one step, so that no reader sees half of it. @throws the file system's error */
export function writeAgentFile(folder: string, name: string, value: unknown): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
  renameSync(temporary, path);
}

/** The value of a small file; nothing where it is not there, or is none of ours. */
export function readAgentFile(folder: string, name: string): unknown {
  const file = readWorkFile(join(folder, name));
  if (file.kind !== 'found' || file.bytes.length > mostBytes) return undefined;
  try {
    return JSON.parse(file.bytes.toString('utf8'));
  } catch {
    // Torn: the same as never written.
    return undefined;
  }
}

/** Names of the small files that end so. */
export function listAgentFiles(folder: string, ending: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(ending));
  } catch {
    // No folder: no agent was here yet.
    return [];
  }
}

/** Removes one small file; may be called twice. */
export function removeAgentFile(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
}

/** Removes what is too old to be asked for. */
export function pruneAgentFiles(folder: string, now: number): void {
  for (const name of listAgentFiles(folder, '')) {
    const age = now - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? now);
    if (age > mostAge) removeAgentFile(folder, name);
  }
}
