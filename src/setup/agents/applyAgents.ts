import { rm, rmdir } from 'node:fs/promises';
import type { AbsPath } from '../../core/brand';
import { ToolError } from '../../core/errors';
import { readFolderFile, replaceFile } from '../folderFile';
import { type Machine, sessionsFolder } from '../runtime';
import type { AgentPlan } from './agentPlan';
import { agentStatePath, readAgentState, writeAgentState } from './agentState';

/**
 * Carries out a plan, all or nothing: when a step fails those before it are undone. What will have been written is noted
 * first, so that an interrupted installation can be undone too.
 *
 * @throws ToolError `not-writable`; `lost-race` when a file is no longer as the plan saw it
 */
export async function applyAgents(machine: Machine, plan: AgentPlan): Promise<void> {
  const earlier = await readAgentState(machine);
  if (plan.steps.length === 0 && JSON.stringify(earlier) === JSON.stringify(plan.state)) return;
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const all = [...plan.state, ...earlier.filter(({ path }) => !plan.state.some((file) => file.path === path))];
    await writeAgentState(machine, all);
    undo.push(() => writeAgentState(machine, earlier));
    for (const { path, before, after, mode } of plan.steps) {
      await expectText(path, before);
      if (after === undefined) await rm(path);
      else await replaceFile(path, Buffer.from(after, 'latin1'), mode);
      undo.push(() => (before === undefined ? rm(path) : replaceFile(path, Buffer.from(before, 'latin1'), mode)));
    }
    if (plan.state.length === 0) await rm(agentStatePath(machine), { force: true });
    else await writeAgentState(machine, plan.state);
  } catch (error) {
    for (const revert of undo.toReversed()) await revert();
    if (error instanceof ToolError) throw error;
    throw new ToolError('not-writable', 'The configuration of an agent cannot be written, so nothing was changed.', {
      cause: error,
    });
  }
  if (plan.state.length === 0) await rm(sessionsFolder(machine), { recursive: true, force: true });
  const gone = earlier.filter(({ path }) => !plan.state.some((file) => file.path === path));
  for (const folder of gone.flatMap(({ folders }) => folders).sort((a, b) => b.length - a.length)) {
    // Somebody else's files may be in it by now.
    await rmdir(folder).catch(() => undefined);
  }
}

async function expectText(path: AbsPath, text: string | undefined): Promise<void> {
  const there = await readFolderFile(path);
  if (there.kind === 'absent' && text === undefined) return;
  if (there.kind === 'file' && there.bytes.toString('latin1') === text) return;
  throw new ToolError('lost-race', `${path} changed meanwhile, so nothing was changed.`, {
    next: 'Run the command again.',
  });
}
