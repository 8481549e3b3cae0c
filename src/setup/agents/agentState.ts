import { dirname, join } from 'node:path';
import type { AbsPath } from '../../core/brand';
import { ToolError } from '../../core/errors';
import { readFolderFile, replaceFile } from '../folderFile';
import { type Machine, runtimeFolder } from '../runtime';

/*
 * `<data folder>/countersign/agents.json`: what was written into the configuration of agents, so that taking it out
 * restores exactly what was there. Of files that are not ours alone only the part that changed is kept.
 *
 *   { "schema": 1, "files": [ { "agent", "path", "after": <digest>, "made": bool, "at", "removed", "inserted", "folders": [...] } ] }
 *
 * The text before is that after with the `inserted` characters from `at` on (Latin-1) given back as `removed`.
 */

/** One file that was written. */
export interface AgentFile {
  readonly agent: string;
  readonly path: AbsPath;
  /** SHA-256 of the file as we left it. */
  readonly after: string;
  /** Whether there was no such file before. */
  readonly made: boolean;
  readonly at: number;
  readonly removed: string;
  readonly inserted: string;
  /** Folders made for it, outermost first. */
  readonly folders: readonly AbsPath[];
}

/** Where it is kept: beside the runtime, one for all repositories of the user. */
export function agentStatePath(machine: Machine): AbsPath {
  return join(dirname(runtimeFolder(machine)), 'agents.json') as AbsPath;
}

/** All that was written; nothing where nothing was. @throws ToolError `bad-input` for a file that is none of ours */
export async function readAgentState(machine: Machine): Promise<readonly AgentFile[]> {
  const path = agentStatePath(machine);
  const file = await readFolderFile(path);
  if (file.kind === 'absent') return [];
  const files = file.kind === 'file' ? decode(file.bytes.toString('utf8')) : undefined;
  if (files !== undefined) return files;
  throw new ToolError('bad-input', `${path} does not say what was installed into agents.`, {
    next: 'Remove the hooks that run countersign from the settings of your agents, then that file.',
  });
}

/** Keeps it. @throws the file system's error */
export async function writeAgentState(machine: Machine, files: readonly AgentFile[]): Promise<void> {
  await replaceFile(agentStatePath(machine), `${JSON.stringify({ schema: 1, files }, undefined, 1)}\n`, 0o600);
}

/** The smallest change from one text to the other. */
export function changeBetween(before: string, after: string): Pick<AgentFile, 'at' | 'removed' | 'inserted'> {
  const most = Math.min(before.length, after.length);
  let at = 0;
  while (at < most && before[at] === after[at]) at++;
  let end = 0;
  while (end < most - at && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { at, removed: before.slice(at, before.length - end), inserted: after.slice(at, after.length - end) };
}

function decode(text: string): readonly AgentFile[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value['schema'] !== 1 || !Array.isArray(value['files'])) return undefined;
  const files = value['files'].map(decodeFile);
  const known = files.filter((file) => file !== undefined);
  return known.length === files.length ? known : undefined;
}

function decodeFile(value: unknown): AgentFile | undefined {
  if (!isObject(value)) return undefined;
  const { agent, path, after, made, at, removed, inserted, folders } = value;
  const texts = [agent, path, after, removed, inserted].every((part) => typeof part === 'string');
  if (!texts || typeof made !== 'boolean' || typeof at !== 'number' || !Array.isArray(folders)) return undefined;
  if (!folders.every((folder) => typeof folder === 'string')) return undefined;
  return value as unknown as AgentFile;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
