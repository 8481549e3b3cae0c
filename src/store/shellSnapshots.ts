import { type AbsPath, isSha, type RepoPath, type Sha } from '../core/brand';
import type { TextId } from '../core/text/textId';
import { agentFolder, fileNameOf, listAgentFiles, readAgentFile, removeAgentFile, writeAgentFile } from './agentFolder';

/*
 * `<ledger>/agents/<name>.shell`: what a work tree looked like before an agent's command that is still running. The
 * texts themselves are in the ledger.
 *
 *   { "schema": 1, "actor", "worktree", "time", "head": <oid|null>, "stashes": [<oid>...],
 *     "headLog": <bytes>, "files": [[path, text id, stamp]...] }
 */

/** A file that differed from `HEAD`; `textId` is `undefined` where it was gone, `stamp` its size and time on disk. */
export interface SnapshotFile {
  readonly path: RepoPath;
  readonly textId: TextId | undefined;
  readonly stamp: string;
}

/** A work tree at one moment: files that are not listed were as in `head`, or ignored. */
export interface ShellSnapshot {
  readonly actor: {
    readonly tool: string;
    readonly conversation?: string;
    readonly agent?: string;
    readonly model?: string;
  };
  readonly worktree: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly head: Sha | undefined;
  /** Latest first. */
  readonly stashes: readonly Sha[];
  /** Bytes of the reflog of `HEAD`, where that is a file. */
  readonly headLog?: number;
  readonly files: readonly SnapshotFile[];
}

/** File name of a snapshot: one a call. */
export function snapshotName(tool: string, conversation: string, worktree: string, call: string): string {
  return `${fileNameOf(tool, conversation, worktree, call)}.shell`;
}

/** Keeps a snapshot. @throws the file system's error */
export function writeSnapshot(commonDir: AbsPath, name: string, snapshot: ShellSnapshot): void {
  const { actor, worktree, time, head, stashes, headLog, files } = snapshot;
  writeAgentFile(agentFolder(commonDir), name, {
    schema: 1,
    actor,
    worktree,
    time,
    head: head ?? null,
    stashes,
    ...(headLog === undefined ? {} : { headLog }),
    files: files.map(({ path, textId, stamp }) => [path, textId ?? null, stamp]),
  });
}

/** A snapshot; nothing where there is none. */
export function readSnapshot(commonDir: AbsPath, name: string): ShellSnapshot | undefined {
  const value = readAgentFile(agentFolder(commonDir), name);
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1) return undefined;
  const { actor, worktree, time, head, stashes, headLog, files } = value as Readonly<Record<string, unknown>>;
  const known = actorOf(actor);
  if (known === undefined || typeof worktree !== 'string' || typeof time !== 'number') return undefined;
  if (head !== null && !isSha(head)) return undefined;
  const list = Array.isArray(files) ? files.map(fileOf).filter((file) => file !== undefined) : [];
  const kept = Array.isArray(stashes) ? stashes.filter(isSha) : [];
  const moves = typeof headLog === 'number' ? { headLog } : {};
  return { actor: known, worktree, time, head: head ?? undefined, stashes: kept, ...moves, files: list };
}

/** Names of all snapshots of commands that have not ended. */
export function openSnapshots(commonDir: AbsPath): readonly string[] {
  return listAgentFiles(agentFolder(commonDir), '.shell');
}

/** Forgets one; may be called twice. */
export function removeSnapshot(commonDir: AbsPath, name: string): void {
  removeAgentFile(agentFolder(commonDir), name);
}

function actorOf(value: unknown): ShellSnapshot['actor'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { tool, conversation, agent, model } = value as Readonly<Record<string, unknown>>;
  if (typeof tool !== 'string') return undefined;
  return {
    tool,
    ...(typeof conversation === 'string' ? { conversation } : {}),
    ...(typeof agent === 'string' ? { agent } : {}),
    ...(typeof model === 'string' ? { model } : {}),
  };
}

function fileOf(value: unknown): SnapshotFile | undefined {
  if (!Array.isArray(value)) return undefined;
  const [path, textId, stamp]: readonly unknown[] = value;
  if (typeof path !== 'string' || typeof stamp !== 'string') return undefined;
  if (textId !== null && !isSha(textId)) return undefined;
  return { path: path as RepoPath, textId: (textId ?? undefined) as TextId | undefined, stamp };
}
