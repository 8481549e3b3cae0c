import { chmod, mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AbsPath } from '../core/brand';
import { assertNever, ToolError } from '../core/errors';
import { addConfig, unsetConfigValue } from '../git/config';
import type { Git } from '../git/git';
import { digestOf, isAbsence, readFolderFile, replaceFile } from './folderFile';
import { encodeSetupState, type SetupEntry, type SetupState, setupStatePath, statePath } from './setupState';
import type { SetupStep } from './setupStep';

type Undo = () => Promise<unknown>;

/**
 * Carries out the steps in order, all or nothing: when one fails, those before it are undone. With `state`, what was
 * written so far, `setup.json` is brought up to date first; without, it is left alone.
 *
 * @throws ToolError `not-writable`; `lost-race` when a file is not as the step expects it
 */
export async function applySteps(git: Git, steps: readonly SetupStep[], state: SetupState | undefined): Promise<void> {
  const undo: Undo[] = [];
  try {
    const configBefore = await readConfig(git);
    if (state !== undefined) {
      undo.push(await writeState(git, stateWith(git, state, steps)));
    }
    for (const step of steps) undo.push(await applyStep(git, step));
    if (state !== undefined && steps.some((step) => step.kind === 'add-config')) {
      const before = state.config?.before ?? configBefore.toString('base64');
      const config = { before, after: digestOf(await readConfig(git)) };
      // A configuration that changed in between is not ours to put back whole.
      const isOurs = state.config === undefined || state.config.after === digestOf(configBefore);
      const next = stateWith(git, state, steps);
      undo.push(await writeState(git, isOurs ? { ...next, config } : { entries: next.entries }));
    }
  } catch (error) {
    for (const revert of undo.toReversed()) await revert();
    // Made for `setup.json`; not ours to remove when the ledger is in it.
    if (state?.entries.length === 0) await rmdir(dirname(setupStatePath(git))).catch(() => undefined);
    if (error instanceof ToolError) throw error;
    const what = error instanceof Error && 'path' in error ? String(error.path) : git.commonDir;
    throw new ToolError('not-writable', `${what} cannot be written, so nothing was changed.`, { cause: error });
  }
}

async function applyStep(git: Git, step: SetupStep): Promise<Undo> {
  switch (step.kind) {
    case 'make-folder': {
      const first = await mkdir(step.path, { recursive: true });
      return () => (first === undefined ? Promise.resolve() : rmdir(step.path));
    }
    case 'write-file':
    case 'edit-file': {
      const text = step.kind === 'write-file' ? step.text : step.after;
      const mode = await expectText(step.path, step.before);
      await replaceFile(step.path, Buffer.from(text, 'latin1'), step.mode);
      const { before } = step;
      if (before === undefined) return () => rm(step.path);
      return () => replaceFile(step.path, Buffer.from(before, 'latin1'), mode ?? step.mode);
    }
    case 'rename':
      if ((await readFolderFile(step.to)).kind !== 'absent') throw lostRace(step.to);
      await rename(step.path, step.to);
      return () => rename(step.to, step.path);
    case 'remove-file': {
      const mode = (await expectText(step.path, step.before)) ?? 0o600;
      await rm(step.path);
      return () => replaceFile(step.path, Buffer.from(step.before, 'latin1'), mode);
    }
    case 'remove-folder':
      try {
        await rmdir(step.path);
      } catch (error) {
        // Somebody else's files are in it, or it is gone: either way it is not ours to remove.
        if (!isAbsence(error) && !isNotEmpty(error)) throw error;
        return () => Promise.resolve();
      }
      return () => mkdir(step.path);
    case 'add-config':
      await addConfig(git, step.key, step.value);
      return () => unsetConfigValue(git, step.key, step.value);
    case 'remove-config':
      await unsetConfigValue(git, step.key, step.value);
      return () => addConfig(git, step.key, step.value);
    case 'restore-config':
      await replaceConfig(step.path, step.before, step.after);
      return () => replaceConfig(step.path, step.after, step.before);
    default:
      return assertNever(step);
  }
}

/** The mode of the file, after making sure that it holds `text` (absent: that nothing is there). */
async function expectText(path: AbsPath, text: string | undefined): Promise<number | undefined> {
  const there = await readFolderFile(path);
  if (there.kind === 'absent' && text === undefined) return undefined;
  if (there.kind !== 'file' || there.bytes.toString('latin1') !== text) throw lostRace(path);
  return there.mode;
}

/** Replaces git's configuration under git's own lock, `<config>.lock`. */
async function replaceConfig(path: AbsPath, before: string, after: string): Promise<void> {
  const lock = `${path}.lock` as AbsPath;
  const file = await open(lock, 'wx');
  try {
    const mode = await expectText(path, before);
    await file.writeFile(Buffer.from(after, 'latin1'));
    await file.close();
    if (mode !== undefined) await chmod(lock, mode);
    await rename(lock, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(lock, { force: true });
    throw error;
  }
}

async function writeState(git: Git, state: SetupState): Promise<Undo> {
  const path = setupStatePath(git);
  const there = await readFolderFile(path);
  await replaceFile(path, encodeSetupState(state), 0o600);
  return () => (there.kind === 'file' ? replaceFile(path, there.bytes, 0o600) : rm(path));
}

async function readConfig(git: Git): Promise<Buffer> {
  const file = await readFolderFile(join(git.commonDir, 'config') as AbsPath);
  return file.kind === 'file' ? file.bytes : Buffer.alloc(0);
}

/** What will have been written once the steps are done. An entry about the same thing gives way to the later one. */
function stateWith(git: Git, state: SetupState, steps: readonly SetupStep[]): SetupState {
  let entries = [...state.entries];
  for (const step of steps) {
    const entry = entryOf(git, step, entries);
    if (entry === undefined) continue;
    entries = entries.filter((other) => keyOf(other) !== keyOf(entry));
    entries.push(entry);
  }
  return { ...state, entries };
}

function entryOf(git: Git, step: SetupStep, entries: readonly SetupEntry[]): SetupEntry | undefined {
  switch (step.kind) {
    case 'make-folder':
      return { kind: 'folder', path: statePath(git, step.path) };
    case 'write-file':
      return { kind: 'file', path: statePath(git, step.path), digest: digestOf(Buffer.from(step.text, 'latin1')) };
    case 'edit-file': {
      const path = statePath(git, step.path);
      const earlier = entries.find((entry) => entry.kind === 'inserted' && entry.path === path);
      const bare = step.after.replace(step.inserted, () => '');
      const before = step.before === undefined ? '' : digestOf(Buffer.from(bare, 'latin1'));
      return {
        kind: 'inserted',
        path,
        text: step.inserted,
        before: earlier?.kind === 'inserted' && earlier.before === '' ? '' : before,
        after: digestOf(Buffer.from(step.after, 'latin1')),
      };
    }
    case 'rename':
      return { kind: 'kept', path: statePath(git, step.path), kept: statePath(git, step.to) };
    case 'add-config':
      return { kind: 'config', key: step.key, value: step.value };
    case 'remove-file':
    case 'remove-folder':
    case 'remove-config':
    case 'restore-config':
      return undefined;
    default:
      return assertNever(step);
  }
}

function keyOf(entry: SetupEntry): string {
  return entry.kind === 'config' ? `config ${entry.key} ${entry.value}` : `${entry.kind} ${entry.path}`;
}

function lostRace(path: AbsPath): ToolError {
  return new ToolError('lost-race', `${path} changed meanwhile, so nothing was changed.`, {
    next: 'Run the command again.',
  });
}

function isNotEmpty(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOTEMPTY' || code === 'EEXIST';
}
