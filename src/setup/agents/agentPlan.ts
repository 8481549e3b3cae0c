import { access, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { AgentAdapter } from '../../agents/adapter';
import { adapters } from '../../agents/adapters';
import type { HookPlace } from '../../agents/hookConfiguration';
import type { AbsPath } from '../../core/brand';
import { ToolError } from '../../core/errors';
import { digestOf, readFolderFile } from '../folderFile';
import { launcherPath, type Machine, runtimeFolder } from '../runtime';
import { type AgentFile, changeBetween, readAgentState } from './agentState';
import { sharedCommand, userCommand } from './hookCommand';
import { withEntries, withoutEntries } from './hookEntries';

/** One file to be written (`after`) or removed (`after` absent). Texts are bytes as Latin-1. */
export interface AgentStep {
  readonly agent: string;
  readonly path: AbsPath;
  /** Absent where there is no such file. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly mode: number;
}

/** Something a plan does not do, or leaves to the person. */
export type AgentNote =
  | { readonly kind: 'cannot'; readonly agent: string; readonly why: string }
  /** A file that is not to be understood, or a link in a project. */
  | { readonly kind: 'left-alone'; readonly agent: string; readonly path: AbsPath }
  | { readonly kind: 'left-changed'; readonly agent: string; readonly path: AbsPath }
  | { readonly kind: 'afterwards'; readonly agent: string; readonly what: string }
  | { readonly kind: 'none-found' };

/** What will be done to the configuration of agents. `state` is what {@link readAgentState} says once it is done. */
export interface AgentPlan {
  readonly steps: readonly AgentStep[];
  readonly notes: readonly AgentNote[];
  readonly state: readonly AgentFile[];
}

/** Where the hooks go: for all repositories of the user, or into a project's own files, to be committed. */
export type HookScope = { readonly kind: 'user' } | { readonly kind: 'project'; readonly top: AbsPath };

/** The agents that `--agents` names: `none`, `auto` (those whose folder is there) or ids between commas. @throws ToolError `usage` */
export async function chooseAgents(machine: Machine, which: string): Promise<readonly AgentAdapter[]> {
  if (which === 'none') return [];
  if (which === 'auto') {
    const found = await Promise.all(
      adapters.map(async (adapter) => ((await isInstalled(machine, adapter)) ? [adapter] : [])),
    );
    return oncePerFile(found.flat());
  }
  const chosen = which.split(',').map((id) => {
    const adapter = adapters.find((other) => other.id === id.trim());
    if (adapter !== undefined) return adapter;
    throw new ToolError('usage', `There is no agent ${id.trim()} here.`, {
      next: `Known are: ${adapters.map(({ id: known }) => known).join(', ')}`,
    });
  });
  return oncePerFile(chosen);
}

/** What installing the hooks of these agents will do; no steps where all are in place. @throws ToolError `bad-input` */
export async function planAgents(
  machine: Machine,
  chosen: readonly AgentAdapter[],
  scope: HookScope,
): Promise<AgentPlan> {
  const state = [...(await readAgentState(machine))];
  const steps: AgentStep[] = [];
  const notes: AgentNote[] = chosen.length === 0 ? [{ kind: 'none-found' }] : [];
  for (const adapter of chosen) {
    const { hooks, id } = adapter;
    if (hooks.kind === 'none') {
      notes.push({ kind: 'cannot', agent: id, why: hooks.why });
      continue;
    }
    for (const wanted of wantedFiles(machine, adapter, scope)) {
      const path = await followed(wanted.path, scope);
      const there = await readFolderFile(path);
      if (there.kind === 'link' || there.kind === 'other') {
        notes.push({ kind: 'left-alone', agent: id, path });
        continue;
      }
      const before = there.kind === 'file' ? there.bytes.toString('latin1') : undefined;
      const text = wanted.text(before);
      const known = state.findIndex((file) => file.path === path && file.agent === id);
      if (text === undefined) {
        notes.push({ kind: 'left-alone', agent: id, path });
        continue;
      }
      if (text === before) continue;
      // What stood there before us, not before this time.
      const old = known < 0 ? undefined : state[known];
      const original = old === undefined ? before : originalOf(old, before);
      steps.push({ agent: id, path, before, after: text, mode: there.kind === 'file' ? there.mode : wanted.mode });
      const file: AgentFile = {
        agent: id,
        path,
        after: digestOf(Buffer.from(text, 'latin1')),
        made: original === undefined,
        ...changeBetween(original ?? '', text),
        folders: old?.folders ?? (await missingFolders(path)),
      };
      if (known < 0) state.push(file);
      else state[known] = file;
    }
    const isLeft = notes.some((note) => note.kind === 'left-alone' && note.agent === id);
    if (hooks.afterwards !== undefined && !isLeft)
      notes.push({ kind: 'afterwards', agent: id, what: hooks.afterwards });
  }
  return { steps, notes, state };
}

/** What taking out the hooks will do: the exact inverse, or, in a file that changed since, without our entries alone. */
export async function planAgentsRemoval(machine: Machine, isMeant: (file: AgentFile) => boolean): Promise<AgentPlan> {
  const all = await readAgentState(machine);
  const steps: AgentStep[] = [];
  const notes: AgentNote[] = [];
  for (const file of all.filter(isMeant).toReversed()) {
    const there = await readFolderFile(file.path);
    if (there.kind === 'absent') continue;
    if (there.kind !== 'file') {
      notes.push({ kind: 'left-changed', agent: file.agent, path: file.path });
      continue;
    }
    const before = there.bytes.toString('latin1');
    const step = { agent: file.agent, path: file.path, before, mode: there.mode };
    if (digestOf(there.bytes) === file.after) {
      steps.push({ ...step, after: originalOf(file, before) });
      continue;
    }
    const bare = withoutEntries(before, file.agent);
    const isEntries = adapters.some(({ id, hooks }) => id === file.agent && hooks.kind === 'entries');
    if (!isEntries || bare.kind !== 'edited') notes.push({ kind: 'left-changed', agent: file.agent, path: file.path });
    else if (bare.text !== before) steps.push({ ...step, after: bare.text });
  }
  return { steps, notes, state: all.filter((file) => !isMeant(file)) };
}

/** Whether an agent's own folder is there. */
export async function isInstalled(machine: Machine, adapter: AgentAdapter): Promise<boolean> {
  if (adapter.hooks.kind === 'none') return false;
  const { user } = adapter.hooks;
  const named = variableFolder(machine, user);
  return exists(named ?? join(baseOf(machine, user), ...user.sign.split('/')));
}

interface WantedFile {
  readonly path: AbsPath;
  readonly mode: number;
  /** The text that the file should have; `undefined` where what is there cannot be joined. */
  text(before: string | undefined): string | undefined;
}

function wantedFiles(machine: Machine, adapter: AgentAdapter, scope: HookScope): readonly WantedFile[] {
  const { hooks, id } = adapter;
  if (hooks.kind === 'none') return [];
  const launcher = launcherPath(runtimeFolder(machine));
  const isShared = scope.kind === 'project';
  const command = isShared ? sharedCommand(id) : userCommand(launcher, id);
  const place = isShared ? hooks.project : userPath(machine, hooks.user);
  if (place === undefined) return [];
  const path = (isShared ? join(scope.top, ...place.split('/')) : place) as AbsPath;
  const mode = isShared ? 0o644 : 0o600;
  if (hooks.kind === 'entries') {
    const text = (before: string | undefined): string | undefined => {
      // Texts are bytes as Latin-1, so the path in the command has to be too.
      const bytes = Buffer.from(command, 'utf8').toString('latin1');
      const edited = withEntries(before ?? '', id, hooks.entries(bytes), hooks.fresh ?? {});
      return edited.kind === 'edited' ? edited.text : undefined;
    };
    return [{ path, mode, text }];
  }
  return hooks.files(command, isShared ? '' : launcher).map((file) => {
    const text = Buffer.from(file.text, 'utf8').toString('latin1');
    return {
      path: join(path, file.name) as AbsPath,
      mode: file.run ? mode | 0o111 : mode,
      // A file of that name which is not ours stays.
      text: (before) => (before === undefined || before.includes('countersign/runtime/countersign') ? text : undefined),
    };
  });
}

function userPath(machine: Machine, place: HookPlace): string {
  const named = variableFolder(machine, place);
  if (named !== undefined) return join(named, place.inVariable ?? '');
  return join(baseOf(machine, place), ...place.path.split('/'));
}

function variableFolder(machine: Machine, place: HookPlace): string | undefined {
  const named = place.variable === undefined ? undefined : machine.env[place.variable];
  return named !== undefined && isAbsolute(named) ? named : undefined;
}

function baseOf(machine: Machine, place: HookPlace): string {
  if (place.base === 'home') return machine.home;
  const named = machine.env['XDG_CONFIG_HOME'];
  return named !== undefined && isAbsolute(named) ? named : join(machine.home, '.config');
}

/** People keep their settings elsewhere and link to them; what a project links to is not followed. */
async function followed(path: AbsPath, scope: HookScope): Promise<AbsPath> {
  if (scope.kind === 'project') {
    const folder = await realpath(dirname(path)).catch(() => undefined);
    const top = await realpath(scope.top).catch(() => scope.top);
    // A folder that leads out of the project is as good as a link in the file's place.
    return folder !== undefined && !`${folder}/`.startsWith(`${top}/`) ? (dirname(path) as AbsPath) : path;
  }
  return realpath(path).then(
    (real) => real as AbsPath,
    () => path,
  );
}

/** The text before us: exactly what stood there where the file is as we left it, else the file without our entries. */
function originalOf(file: AgentFile, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (digestOf(Buffer.from(text, 'latin1')) === file.after) {
    if (file.made) return undefined;
    return text.slice(0, file.at) + file.removed + text.slice(file.at + file.inserted.length);
  }
  const bare = withoutEntries(text, file.agent);
  return bare.kind === 'edited' ? bare.text : text;
}

async function missingFolders(path: AbsPath): Promise<readonly AbsPath[]> {
  const missing: AbsPath[] = [];
  for (let folder = dirname(path); !(await exists(folder)); folder = dirname(folder))
    missing.unshift(folder as AbsPath);
  return missing;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Two ids may share their hooks; the first one installs them. */
function oncePerFile(chosen: readonly AgentAdapter[]): readonly AgentAdapter[] {
  const seen = new Set<unknown>();
  return chosen.filter(({ hooks }) => !seen.has(hooks) && seen.add(hooks));
}
