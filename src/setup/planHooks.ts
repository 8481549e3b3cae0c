import { join } from 'node:path';
import type { AbsPath } from '../core/brand';
import type { FolderFile } from './folderFile';
import { blockEnd, blockStart, hookBlock, hookFile, ownLine, type ScriptPlace, trackedLine } from './hookFiles';
import { type HookName, hookNames } from './hookName';
import { hookScript } from './hookScripts';
import type { HooksFolder } from './hooksFolder';
import type { SetupNote, SetupPlan, SetupStep } from './setupStep';

/** What was read before planning. */
export interface HooksSituation {
  readonly folder: HooksFolder;
  /** `<common dir>/countersign/hooks`. */
  readonly scripts: AbsPath;
  readonly launcher: AbsPath;
  /** What stands at a path; every path that planning asks for was read. */
  readonly read: (path: AbsPath) => FolderFile;
  /** Whether the plan may edit hooks that the project tracks. */
  readonly editTracked: boolean;
}

/** The name under which a hook that was there is kept, in the same folder, so that its own relative paths hold. */
export function keptName(hook: HookName): string {
  return `${hook}.countersign-prev`;
}

/** The paths that {@link planHooks} asks for. */
export function hookPaths(folder: HooksFolder, scripts: AbsPath): readonly AbsPath[] {
  const place = folder.kind === 'own' ? folder.path : folder.kind === 'shared' ? undefined : folder.scripts;
  const inPlace =
    place === undefined ? [] : hookNames.flatMap((hook) => [join(place, hook), join(place, keptName(hook))]);
  return [...inPlace, ...hookNames.map((hook) => join(scripts, hook)), place ?? scripts, scripts] as AbsPath[];
}

/** The scripts, and for each hook the way from git to its script. Nothing for what is in place. */
export function planHooks(situation: HooksSituation): SetupPlan {
  const { folder, scripts } = situation;
  const steps: SetupStep[] = planScripts(situation);
  const notes: SetupNote[] = [];
  if (folder.kind === 'shared') {
    return { steps, notes: [{ kind: 'shared-hooks', path: folder.path, scope: folder.scope }] };
  }
  if (folder.kind !== 'own') {
    const edits = hookNames.flatMap((hook) => planTracked(hook, folder, situation));
    if (edits.length > 0 && !situation.editTracked)
      return { steps, notes: [{ kind: 'tracked-hooks', path: folder.scripts }] };
    return { steps: [...steps, ...edits], notes };
  }
  if (situation.read(folder.path).kind === 'absent') steps.push({ kind: 'make-folder', path: folder.path });
  for (const hook of hookNames) {
    const place: ScriptPlace = folder.beside
      ? { kind: 'beside' }
      : { kind: 'at', path: join(scripts, hook) as AbsPath };
    const planned = planHook(hook, folder.path, place, situation);
    if (planned === 'blocked') notes.push({ kind: 'hook-blocked', path: join(folder.path, hook) as AbsPath });
    else steps.push(...planned);
  }
  return { steps, notes };
}

/** The scripts alone, as git's own configuration needs them too. */
export function planScripts({
  scripts,
  launcher,
  read,
}: Pick<HooksSituation, 'scripts' | 'launcher' | 'read'>): SetupStep[] {
  const steps: SetupStep[] = read(scripts).kind === 'absent' ? [{ kind: 'make-folder', path: scripts }] : [];
  for (const hook of hookNames) {
    const path = join(scripts, hook) as AbsPath;
    const text = Buffer.from(hookScript(hook, launcher)).toString('latin1');
    const there = textOf(read(path));
    if (there !== text) steps.push({ kind: 'write-file', path, text, mode: 0o700, before: there });
  }
  return steps;
}

function planHook(
  hook: HookName,
  folder: AbsPath,
  place: ScriptPlace,
  { read }: HooksSituation,
): readonly SetupStep[] | 'blocked' {
  const path = join(folder, hook) as AbsPath;
  const kept = join(folder, keptName(hook)) as AbsPath;
  const there = read(path);
  const text = textOf(there);
  const ours = (withKept: boolean) =>
    Buffer.from(hookFile(hook, place, withKept ? keptName(hook) : undefined)).toString('latin1');
  const write = (withKept: boolean, before?: string): SetupStep => ({
    kind: 'write-file',
    path,
    text: ours(withKept),
    mode: 0o755,
    before,
  });
  if (there.kind === 'absent') return [write(false)];
  if (there.kind === 'other') return 'blocked';
  if (text !== undefined && isOwnHook(text)) {
    const wanted = ours(read(kept).kind !== 'absent');
    return text === wanted ? [] : [write(read(kept).kind !== 'absent', text)];
  }
  if (there.kind === 'file' && text !== undefined && takesBlock(there)) {
    const block = Buffer.from(hookBlock(hook, place)).toString('latin1');
    const bare = withoutBlock(text);
    const firstLine = bare.indexOf('\n') + 1;
    const after = bare.slice(0, firstLine) + block + bare.slice(firstLine);
    if (after === text) return [];
    return [{ kind: 'edit-file', path, before: text, after, inserted: block, mode: there.mode, tracked: false }];
  }
  if (read(kept).kind !== 'absent') return 'blocked';
  return [{ kind: 'rename', path, to: kept }, write(true)];
}

function planTracked(
  hook: HookName,
  folder: Extract<HooksFolder, { kind: 'husky' | 'tracked' }>,
  { read }: HooksSituation,
): readonly SetupStep[] {
  const path = join(folder.scripts, hook) as AbsPath;
  const there = read(path);
  const line = trackedLine(hook);
  if (there.kind === 'absent') {
    const text = folder.kind === 'husky' ? line : `#!/bin/sh\n${line}`;
    return [{ kind: 'edit-file', path, before: undefined, after: text, inserted: text, mode: 0o755, tracked: true }];
  }
  const text = textOf(there);
  if (there.kind !== 'file' || text === undefined || text.includes(line)) return [];
  if (folder.kind === 'tracked' && !takesBlock(there)) return [];
  const inserted = text === '' || text.endsWith('\n') ? line : `\n${line}`;
  return [{ kind: 'edit-file', path, before: text, after: text + inserted, inserted, mode: there.mode, tracked: true }];
}

/** Whether the text is a whole hook of ours, of whatever version. */
export function isOwnHook(text: string): boolean {
  return text.split('\n', 2)[1] === ownLine;
}

/** The text without our block; unchanged where there is none. */
export function withoutBlock(text: string): string {
  const start = text.indexOf(`${blockStart}\n`);
  const end = start < 0 ? -1 : text.indexOf(`${blockEnd}\n`, start);
  return end < 0 ? text : text.slice(0, start) + text.slice(end + blockEnd.length + 1);
}

/**
 * Whether a hook can hold a block: a shell script that git runs. Any other (another language, a program, a link, one
 * that is switched off by its mode) is kept aside as it is, under a name from which ours starts it.
 */
function takesBlock(file: Extract<FolderFile, { kind: 'file' }>): boolean {
  if ((file.mode & 0o111) === 0 && process.platform !== 'win32') return false;
  const text = file.bytes.toString('latin1');
  return (
    /^#! ?(?:\/[^\s]*\/)?(?:env (?:-S )?)?(?:sh|bash|dash|ash|ksh|zsh)(?: -[a-z]+)*\n/.test(text) &&
    !text.includes('\0')
  );
}

function textOf(file: FolderFile): string | undefined {
  return file.kind === 'file' ? file.bytes.toString('latin1') : undefined;
}
