import { access, constants, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { AbsPath } from '../core/brand';
import { ToolError } from '../core/errors';
import { readFolderFile, replaceFile } from './folderFile';
import { shellQuote } from './shellQuote';

/** The machine as far as the runtime's place depends on it. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The program that runs the command line. */
export interface NodeProgram {
  /** Absolute; `process.execPath` of whoever installs. */
  readonly path: string;
  /** Whether it is Electron, which is Node only when told so. */
  readonly isElectron: boolean;
}

/** What the runtime's folder holds. */
export type RuntimeState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'no-node'; readonly node: string }
  | { readonly kind: 'ready'; readonly node: string };

/**
 * Where the runtime lives: the user's data folder, so never in a work tree, and one for all repositories.
 * `$XDG_DATA_HOME` (only where absolute, as the XDG base directory specification asks) or `~/.local/share`; on macOS
 * `~/Library/Application Support`; on Windows `%LOCALAPPDATA%`.
 */
export function runtimeFolder(machine: Machine): AbsPath {
  return join(dataFolder(machine), 'countersign', 'runtime') as AbsPath;
}

/** Where it is kept what agents do in other repositories than the one they were started in; see `store/agentPlaces`. */
export function sessionsFolder(machine: Machine): AbsPath {
  return join(dataFolder(machine), 'countersign', 'sessions') as AbsPath;
}

/** The program that hooks start: `<folder>/countersign`, a shell script also on Windows, where git brings the shell. */
export function launcherPath(folder: AbsPath): AbsPath {
  return join(folder, 'countersign') as AbsPath;
}

/**
 * Copies the command line (`cli`, one CommonJS file) into the runtime's folder and writes its launchers; files that
 * have the right content are left alone, the others replaced in one step each.
 *
 * @returns whether anything changed
 * @throws ToolError `not-writable`, `bad-input` for a relative path of Node
 */
export async function installRuntime(folder: AbsPath, cli: AbsPath, node: NodeProgram): Promise<boolean> {
  if (!isAbsolute(node.path)) throw new ToolError('bad-input', 'The path of Node has to be absolute.');
  const files: readonly (readonly [name: string, content: Buffer | string, mode: number])[] = [
    ['package.json', '{"type":"commonjs"}\n', 0o600],
    ['cli.js', await readFile(cli), 0o600],
    ['node.json', `${JSON.stringify({ schema: 1, node: node.path })}\n`, 0o600],
    ['countersign.cmd', windowsLauncher(node), 0o700],
    ['countersign', shellLauncher(folder, node), 0o700],
  ];
  let changed = false;
  for (const [name, content, mode] of files) {
    try {
      changed = (await updateFile(join(folder, name) as AbsPath, Buffer.from(content), mode)) || changed;
    } catch (cause) {
      throw new ToolError('not-writable', `The folder ${folder} cannot be written.`, { cause });
    }
  }
  return changed;
}

/** Whether the runtime is there and the Node that it names too. */
export async function readRuntime(folder: AbsPath): Promise<RuntimeState> {
  const parts = await Promise.all(
    ['countersign', 'cli.js', 'node.json'].map((name) => readFolderFile(join(folder, name) as AbsPath)),
  );
  const json = parts[2];
  if (json?.kind !== 'file' || parts.some((part) => part.kind !== 'file')) return { kind: 'absent' };
  const node = decodeNode(json.bytes.toString('utf8'));
  if (node === undefined) return { kind: 'absent' };
  const program = await readable(node);
  return program ? { kind: 'ready', node } : { kind: 'no-node', node };
}

/** Node's own variables could load code from the folder that a hook runs in. */
function shellLauncher(folder: AbsPath, node: NodeProgram): string {
  const program = shellQuote(node.path);
  return [
    '#!/bin/sh',
    "# Countersign's command line. Written by its extension or by `countersign init`.",
    `if [ ! -x ${program} ]; then`,
    `  [ -n "\${COUNTERSIGN_HOOK_RUNNING-}" ] || echo "countersign: the Node it was set up with is gone; set it up again." >&2`,
    '  exit 127',
    'fi',
    'unset NODE_OPTIONS NODE_PATH',
    ...(node.isElectron ? ['ELECTRON_RUN_AS_NODE=1', 'export ELECTRON_RUN_AS_NODE'] : []),
    `exec ${program} ${shellQuote(join(folder, 'cli.js'))} "$@"`,
    '',
  ].join('\n');
}

function windowsLauncher(node: NodeProgram): string {
  const lines = [
    '@echo off',
    'setlocal',
    'set NODE_OPTIONS=',
    'set NODE_PATH=',
    ...(node.isElectron ? ['set ELECTRON_RUN_AS_NODE=1'] : []),
    `"${node.path.replaceAll('%', '%%')}" "%~dp0cli.js" %*`,
    '',
  ];
  return lines.join('\r\n');
}

async function updateFile(path: AbsPath, content: Buffer, mode: number): Promise<boolean> {
  const there = await readFolderFile(path);
  if (there.kind === 'file' && there.bytes.equals(content)) return false;
  await replaceFile(path, content, mode);
  return true;
}

function dataFolder({ platform, home, env }: Machine): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  const [name, usual] =
    platform === 'win32'
      ? ['LOCALAPPDATA', join(home, 'AppData', 'Local')]
      : ['XDG_DATA_HOME', join(home, '.local', 'share')];
  const named = env[name];
  return named !== undefined && isAbsolute(named) ? named : usual;
}

function decodeNode(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const node = typeof value === 'object' && value !== null && 'node' in value ? value.node : undefined;
    return typeof node === 'string' ? node : undefined;
  } catch {
    // A torn or foreign file is as good as none: installing again writes it.
    return undefined;
  }
}

async function readable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
