import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AbsPath } from '../core/brand';
import { getAllConfig } from '../git/config';
import type { Git } from '../git/git';
import { type GitVersion, isAtLeast } from '../git/gitVersion';
import { applySteps } from './applySteps';
import { digestOf, type FolderFile, readFolderFile } from './folderFile';
import { configuredCommand } from './hookFiles';
import { hookNames } from './hookName';
import { findHooksFolder } from './hooksFolder';
import { hookPaths, planHooks, planScripts, withoutBlock } from './planHooks';
import { fromStatePath, readSetupState, type SetupEntry, setupStatePath } from './setupState';
import type { SetupNote, SetupPlan, SetupStep } from './setupStep';

/** What setting up is told. */
export interface InitOptions {
  /** Of the runtime, absolute and outside any work tree. */
  readonly launcher: AbsPath;
  /** The remotes that records may be published to; each gets the refspec that fetches them. */
  readonly remotes: readonly string[];
  /** Whether hooks that the project tracks may be edited. */
  readonly editTracked: boolean;
  /** The versions of all git programs that this repository is used with (the terminal's, the editor's). */
  readonly gitVersions: readonly GitVersion[];
}

/** The refspec by which a remote's records come in, apart from our own notes. */
export function recordsRefspec(remote: string): string {
  return `+refs/notes/countersign*:refs/countersign/remotes/${remote}/notes/countersign*`;
}

/**
 * What setting up this repository will do; no steps where everything is in place. Never sets `core.hooksPath` or
 * `remote.*.push`. From git 2.54 on, in every program in use, hooks stand in git's own configuration.
 *
 * @throws ToolError `bad-input` for a broken `setup.json`, and as `Git.run`
 */
export async function planInit(git: Git, options: InitOptions): Promise<SetupPlan> {
  const scripts = join(git.commonDir, 'countersign', 'hooks') as AbsPath;
  const state = await readSetupState(git);
  const configured =
    options.gitVersions.length > 0 &&
    options.gitVersions.every((version) => isAtLeast(version, [2, 54, 0])) &&
    !usesHooksFolder(state.entries);
  const folder = await findHooksFolder(git);
  const read = await readAll(hookPaths(folder, scripts));
  const situation = { folder, scripts, read, launcher: options.launcher, editTracked: options.editTracked };
  const hooks: SetupPlan = configured ? { steps: planScripts(situation), notes: [] } : planHooks(situation);
  const wanted = configured ? configuredHooks(scripts) : [];
  const known = await remoteNames(git);
  const notes: SetupNote[] = [...hooks.notes];
  for (const remote of options.remotes) {
    if (!known.includes(remote)) {
      notes.push({ kind: 'no-such-remote', remote });
      continue;
    }
    wanted.push([`remote.${remote}.fetch`, recordsRefspec(remote)], ['countersign.remote', remote]);
  }
  const steps: SetupStep[] = [...hooks.steps];
  for (const [key, value] of wanted) {
    if (!(await getAllConfig(git, key, { scope: 'local' })).includes(value))
      steps.push({ kind: 'add-config', key, value });
  }
  return { steps, notes };
}

/**
 * Carries out what {@link planInit} planned and notes it in `setup.json`, which is written first, so that an
 * interrupted set-up can be undone too. All or nothing: what was done is undone when a step fails.
 *
 * @throws ToolError `not-writable`; `lost-race` when a file is no longer as the plan saw it
 */
export async function applyInit(git: Git, plan: SetupPlan): Promise<void> {
  if (plan.steps.length > 0) await applySteps(git, plan.steps, await readSetupState(git));
}

/** What undoing will do: the exact inverse, but for what somebody changed since. No steps where nothing is set up. */
export async function planDeinit(git: Git): Promise<SetupPlan> {
  const state = await readSetupState(git);
  const steps: SetupStep[] = [];
  const notes: SetupNote[] = [];
  const gone = new Set<AbsPath>();
  for (const entry of state.entries.toReversed()) {
    if (entry.kind === 'config') continue;
    const path = fromStatePath(git, entry.path);
    const there = await readFolderFile(path);
    switch (entry.kind) {
      case 'folder':
        if (there.kind === 'other') steps.push({ kind: 'remove-folder', path });
        break;
      case 'file':
        if (there.kind === 'absent') gone.add(path);
        else if (there.kind === 'file' && digestOf(there.bytes) === entry.digest) {
          gone.add(path);
          steps.push({ kind: 'remove-file', path, before: there.bytes.toString('latin1') });
        } else notes.push({ kind: 'left-changed', path });
        break;
      case 'inserted':
        undoInsertion(path, entry, there, steps, notes);
        break;
      case 'kept': {
        const kept = fromStatePath(git, entry.kept);
        if ((await readFolderFile(kept)).kind === 'absent') break;
        if (gone.has(path) || there.kind === 'absent') steps.push({ kind: 'rename', path: kept, to: path });
        else notes.push({ kind: 'left-changed', path: kept });
        break;
      }
    }
  }
  steps.push(...(await planConfigUndo(git)));
  return { steps, notes };
}

/** Carries out what {@link planDeinit} planned. @throws as {@link applyInit} */
export async function applyDeinit(git: Git, plan: SetupPlan): Promise<void> {
  await applySteps(git, plan.steps, undefined);
  const path = setupStatePath(git);
  const state = await readFolderFile(path);
  if (state.kind === 'file') {
    await applySteps(git, [{ kind: 'remove-file', path, before: state.bytes.toString('latin1') }], undefined);
  }
  // The ledger may live on in there; an empty folder is nobody's.
  await rmdir(dirname(path)).catch(() => undefined);
}

function undoInsertion(
  path: AbsPath,
  entry: Extract<SetupEntry, { kind: 'inserted' }>,
  there: FolderFile,
  steps: SetupStep[],
  notes: SetupNote[],
): void {
  if (there.kind !== 'file') return;
  const before = there.bytes.toString('latin1');
  const at = before.indexOf(entry.text);
  const after = at < 0 ? withoutBlock(before) : before.slice(0, at) + before.slice(at + entry.text.length);
  if (after === before) return;
  if (entry.before === '' && after === '') {
    steps.push({ kind: 'remove-file', path, before });
    return;
  }
  const step = { kind: 'edit-file', path, before, after, inserted: '', mode: there.mode, tracked: false } as const;
  steps.push(step);
  if (digestOf(Buffer.from(after, 'latin1')) !== entry.before) notes.push({ kind: 'kept-changes', path });
}

async function planConfigUndo(git: Git): Promise<readonly SetupStep[]> {
  const { entries, config } = await readSetupState(git);
  const path = join(git.commonDir, 'config') as AbsPath;
  const there = await readFolderFile(path);
  if (config !== undefined && there.kind === 'file' && digestOf(there.bytes) === config.after) {
    const after = Buffer.from(config.before, 'base64').toString('latin1');
    return [{ kind: 'restore-config', path, before: there.bytes.toString('latin1'), after }];
  }
  const steps: SetupStep[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'config') continue;
    const isThere = (await getAllConfig(git, entry.key, { scope: 'local' })).includes(entry.value);
    if (isThere) steps.push({ kind: 'remove-config', key: entry.key, value: entry.value });
  }
  return steps;
}

/** Once in the hooks folder, always there: a hook must not run from two places. */
function usesHooksFolder(entries: readonly SetupEntry[]): boolean {
  return entries.some(
    (entry) => entry.kind !== 'config' && /(^|\/)pre-push$/.test(entry.path) && !/^countersign\//.test(entry.path),
  );
}

function configuredHooks(scripts: AbsPath): [key: string, value: string][] {
  return hookNames.flatMap((hook): [string, string][] => [
    [`hook.countersign-${hook}.command`, configuredCommand(join(scripts, hook) as AbsPath)],
    [`hook.countersign-${hook}.event`, hook],
  ]);
}

async function remoteNames(git: Git): Promise<readonly string[]> {
  return (await git.text(['remote'])).split('\n').filter((name) => name !== '');
}

async function readAll(paths: readonly AbsPath[]): Promise<(path: AbsPath) => FolderFile> {
  const files = new Map(await Promise.all(paths.map(async (path) => [path, await readFolderFile(path)] as const)));
  return (path) => files.get(path) ?? { kind: 'absent' };
}
