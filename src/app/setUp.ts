import { existsSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { AbsPath } from '../core/brand';
import { ToolError } from '../core/errors';
import { getConfig, setConfig, unsetConfig } from '../git/config';
import { type GitVersion, gitVersion, requireGitVersion } from '../git/gitVersion';
import { resolve } from '../git/refs';
import { listRemotes } from '../git/remotes';
import { describePlan } from '../setup/describePlan';
import { installRuntime, launcherPath, type Machine, runtimeFolder } from '../setup/runtime';
import { applyDeinit, applyInit, planDeinit, planInit } from '../setup/setupPlan';
import type { SetupPlan } from '../setup/setupStep';
import { adoptionKey } from './adoption';
import type { Repository } from './repository';

/** Git config that says this repository records provenance. */
export const setupKey = 'countersign.enabled';

/** Whether `init` was run here. */
export async function isSetUp(repo: Repository): Promise<boolean> {
  return (await getConfig(repo.git, setupKey, { scope: 'local' })) === 'true';
}

/** What setting up needs to know of the machine it runs on. */
export interface SetupMachine extends Machine {
  /** Absolute path of the command line's one file, to be copied into the runtime. */
  readonly cli: AbsPath;
  /** `process.execPath`. */
  readonly node: string;
  readonly isElectron: boolean;
}

/** A plan with what it says to a person. */
export interface Planned {
  readonly plan: SetupPlan;
  readonly words: readonly string[];
  readonly remotes: readonly string[];
}

/** What may be chosen when setting up. */
export interface SetUpChoices {
  /** The remotes that records may be published to; all of this moment when absent. */
  readonly remotes?: readonly string[];
  /** Whether hooks that the project tracks may be edited. */
  readonly editTracked?: boolean;
}

/** What `init` would do. @throws ToolError as `planInit` */
export async function planSetUp(repo: Repository, machine: SetupMachine, choices: SetUpChoices = {}): Promise<Planned> {
  if (repo.git.workTree === undefined) {
    throw new ToolError('usage', 'A bare repository has no work tree in which anything is written.', {
      next: 'On a server let hooks/pre-receive run: countersign pre-receive',
    });
  }
  const version = await gitVersion(repo.git.program, machine.env);
  requireGitVersion(version);
  const versions: readonly GitVersion[] = [version];
  const chosen = choices.remotes ?? (await listRemotes(repo.git)).map(({ name }) => name);
  const launcher = launcherPath(runtimeFolder(machine));
  const plan = await planInit(repo.git, {
    launcher,
    remotes: chosen,
    editTracked: choices.editTracked === true,
    gitVersions: versions,
  });
  const words = describePlan(plan, repo.worktree);
  const more = (await isSetUp(repo)) ? [] : [`Set ${setupKey} and ${adoptionKey} in this repository's configuration.`];
  return {
    plan,
    words: [...words, ...more, `Keep the program that hooks start in ${runtimeFolder(machine)}.`],
    remotes: chosen,
  };
}

/** Carries out a plan of {@link planSetUp}. @throws ToolError `not-writable`, `lost-race` */
export async function setUp(repo: Repository, machine: SetupMachine, planned: Planned): Promise<void> {
  if (!isAbsolute(machine.cli) || !existsSync(machine.cli))
    throw new ToolError('bad-input', 'The command line to install is not there.');
  await installRuntime(runtimeFolder(machine), machine.cli, { path: machine.node, isElectron: machine.isElectron });
  await applyInit(repo.git, planned.plan);
  if (!(await isSetUp(repo))) {
    const head = await resolve(repo.git, 'HEAD', 'commit');
    await setConfig(repo.git, adoptionKey, head ?? '');
    await setConfig(repo.git, setupKey, 'true');
  }
  repo.ledger.markActive();
}

/** Files below `countersign/` in the common directory that hooks and programs leave and nobody needs afterwards. */
const ownFiles = ['active', 'quiet', 'protect', 'last-push.json', 'faults.log', 'faults.log.1'];

/** What `deinit` would do. */
export async function planRemoval(repo: Repository): Promise<Planned> {
  const plan = await planDeinit(repo.git);
  return { plan, words: describePlan(plan, repo.worktree), remotes: [] };
}

/** Carries it out; records, sign-offs and the ledger stay, since they are nobody's to throw away silently. */
export async function removeSetUp(repo: Repository, planned: Planned): Promise<void> {
  await applyDeinit(repo.git, planned.plan);
  for (const name of ownFiles) rmSync(join(repo.git.commonDir, 'countersign', name), { force: true });
  for (const name of ['countersign-prepared', 'countersign-attach', 'countersign-no-trailers'])
    rmSync(join(repo.git.gitDir, name), { force: true });
  await unsetConfig(repo.git, setupKey);
  await unsetConfig(repo.git, adoptionKey);
}
