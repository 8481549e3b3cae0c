import { isAbsolute, join, relative, resolve } from 'node:path';
import type { AbsPath } from '../core/brand';
import { ToolError } from '../core/errors';
import type { Git } from '../git/git';
import { readFolderFile } from './folderFile';

/*
 * `<common dir>/countersign/setup.json`: what setting up wrote, so that undoing it restores exactly what was there.
 *
 *   { "schema": 1, "entries": [Entry...], "config": { "before": <base64>, "after": <digest> } }
 *
 * Paths are relative to the common directory, so that a repository can be moved. Digests are SHA-256 in hex.
 */

/** One thing that was written, to be undone in reverse order. */
export type SetupEntry =
  | { readonly kind: 'folder'; readonly path: string }
  /** A file of ours. */
  | { readonly kind: 'file'; readonly path: string; readonly digest: string }
  /** `text` put into a file. `before` is the digest of the file without it, `''` where there was none; `after` with it. */
  | {
      readonly kind: 'inserted';
      readonly path: string;
      readonly text: string;
      readonly before: string;
      readonly after: string;
    }
  /** A hook that was renamed to make room. */
  | { readonly kind: 'kept'; readonly path: string; readonly kept: string }
  | { readonly kind: 'config'; readonly key: string; readonly value: string };

/** All that was written. `config` are the bytes of git's configuration before we first wrote to it. */
export interface SetupState {
  readonly entries: readonly SetupEntry[];
  readonly config?: { readonly before: string; readonly after: string };
}

/** The file that keeps it. */
export function setupStatePath(git: Pick<Git, 'commonDir'>): AbsPath {
  return join(git.commonDir, 'countersign', 'setup.json') as AbsPath;
}

/** A path as entries hold it. */
export function statePath(git: Pick<Git, 'commonDir'>, path: string): string {
  const way = relative(git.commonDir, path);
  return isAbsolute(way) ? way : way.replaceAll('\\', '/');
}

/** The inverse of {@link statePath}. */
export function fromStatePath(git: Pick<Git, 'commonDir'>, path: string): AbsPath {
  return resolve(git.commonDir, path) as AbsPath;
}

/** What was written; no entries where nothing was. @throws ToolError `bad-input` for a file that is not ours to read */
export async function readSetupState(git: Pick<Git, 'commonDir'>): Promise<SetupState> {
  const path = setupStatePath(git);
  const file = await readFolderFile(path);
  if (file.kind === 'absent') return { entries: [] };
  const state = file.kind === 'file' ? decodeSetupState(file.bytes.toString('utf8')) : undefined;
  if (state !== undefined) return state;
  throw new ToolError('bad-input', `${path} does not say what was set up.`, {
    next: 'Remove the lines between the markers of Countersign in the hooks, then that file.',
  });
}

/** The text of the file. */
export function encodeSetupState(state: SetupState): string {
  return `${JSON.stringify({ schema: 1, ...state }, undefined, 1)}\n`;
}

/** `undefined` for anything that is not such a file. */
export function decodeSetupState(text: string): SetupState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // No JSON, hence not our file: the same answer as for any other text.
    return undefined;
  }
  if (!isObject(value) || value['schema'] !== 1 || !Array.isArray(value['entries'])) return undefined;
  const entries = value['entries'].map(decodeEntry);
  const config = value['config'];
  const known = entries.filter((entry) => entry !== undefined);
  if (known.length !== entries.length) return undefined;
  if (config === undefined) return { entries: known };
  if (!isObject(config)) return undefined;
  const { before, after } = config;
  return isText(before) && isText(after) ? { entries: known, config: { before, after } } : undefined;
}

function decodeEntry(value: unknown): SetupEntry | undefined {
  if (!isObject(value)) return undefined;
  const { kind, path, digest, text, before, after, kept, key, value: setting } = value;
  if (kind === 'config') return isText(key) && isText(setting) ? { kind, key, value: setting } : undefined;
  if (!isText(path)) return undefined;
  if (kind === 'folder') return { kind, path };
  if (kind === 'file') return isText(digest) ? { kind, path, digest } : undefined;
  if (kind === 'kept') return isText(kept) ? { kind, path, kept } : undefined;
  if (kind !== 'inserted') return undefined;
  return isText(text) && isText(before) && isText(after) ? { kind, path, text, before, after } : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
