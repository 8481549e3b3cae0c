import { homedir } from 'node:os';
import { sep } from 'node:path';
import type { Command } from 'commander';
import { personalKeys } from '../app/gate/keys';
import { withRepository } from '../app/repository';
import { planRemoval, planSetUp, removeSetUp, type SetupMachine, setUp } from '../app/setUp';
import { writePolicy } from '../app/writePolicy';
import type { AbsPath } from '../core/brand';
import { type AgentPlan, chooseAgents, planAgents, planAgentsRemoval } from '../setup/agents/agentPlan';
import { applyAgents } from '../setup/agents/applyAgents';
import { describeAgentPlan } from '../setup/agents/describeAgents';
import type { Outcome } from './outcome';
import { confirm, isInteractive, print, tell } from './terminal';

/** The machine this process runs on; the command line is the file that is running. */
export function thisMachine(): SetupMachine {
  return {
    platform: process.platform,
    home: homedir(),
    env: process.env,
    cli: (process.argv[1] ?? '') as AbsPath,
    node: process.execPath,
    isElectron: process.versions['electron'] !== undefined,
  };
}

interface InitFlags {
  readonly yes?: true;
  readonly dryRun?: true;
  readonly agents?: string;
  readonly shared?: true;
  readonly policy?: true;
  readonly editTracked?: true;
}

interface DeinitFlags extends Pick<InitFlags, 'yes' | 'dryRun'> {
  readonly agents?: true;
}

/** `init`, `deinit`: installing into a repository, and its exact inverse. */
export function addSetupCommands(program: Command, outcome: Outcome): void {
  program
    .command('init')
    .description('Set up this repository: hooks beside those that are there, and where records are fetched from.')
    .option('--yes', 'do it without asking')
    .option('--dry-run', 'show the plan and stop')
    .option('--policy', 'write a policy to start from')
    .option('--edit-tracked', 'add a line to hooks that the project tracks (husky)')
    .option('--agents <which>', 'install hooks into AI agents, for all your repositories: auto, none, or a,b', 'none')
    .option('--shared', "write the agents' hooks into files of this project instead, to be committed")
    .action((flags: InitFlags) => init(flags, outcome));
  program
    .command('deinit')
    .description('Remove from this repository what init installed.')
    .option('--yes', 'do it without asking')
    .option('--dry-run', 'show the plan and stop')
    .option('--agents', 'also take the hooks out of your AI agents, for all your repositories')
    .action((flags: DeinitFlags) => deinit(flags, outcome));
}

async function init(flags: InitFlags, outcome: Outcome): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const machine = thisMachine();
    const planned = await planSetUp(repo, machine, { editTracked: flags.editTracked === true });
    for (const line of planned.words) print(line);
    const agents = await planAgentHooks(flags, machine, repo.worktree);
    if (flags.policy === true)
      print('Write a policy to start from: .countersign.yml, and .countersign/allowed_signers.');
    if (flags.dryRun === true) return;
    if (!(await isAgreed(flags, outcome))) return;
    await setUp(repo, machine, planned);
    if (agents !== undefined) await applyAgents(machine, agents);
    if (flags.policy === true) {
      const [key] = await personalKeys(repo, { env: process.env, platform: process.platform });
      for (const path of await writePolicy(repo, key)) print(`Wrote ${path}.`);
    }
    print('This repository records who writes its lines. Undo it with: countersign deinit');
  });
}

/** The plan for the agents' own configuration, shown; nothing where none is asked for. */
async function planAgentHooks(flags: InitFlags, machine: SetupMachine, top: AbsPath): Promise<AgentPlan | undefined> {
  const { agents = 'none' } = flags;
  if (agents === 'none') return undefined;
  const scope = flags.shared === true ? ({ kind: 'project', top } as const) : ({ kind: 'user' } as const);
  const plan = await planAgents(machine, await chooseAgents(machine, agents), scope);
  for (const line of describeAgentPlan(plan, top)) print(line);
  return plan;
}

async function deinit(flags: DeinitFlags, outcome: Outcome): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const machine = thisMachine();
    const planned = await planRemoval(repo);
    for (const line of planned.words) print(line);
    const isHere = (path: string): boolean => path.startsWith(`${repo.worktree}${sep}`);
    const agents = await planAgentsRemoval(machine, ({ path }) => flags.agents === true || isHere(path));
    for (const line of describeAgentPlan(agents, repo.worktree)) print(line);
    if (flags.dryRun === true) return;
    if (!(await isAgreed(flags, outcome))) return;
    await removeSetUp(repo, planned);
    await applyAgents(machine, agents);
    print(
      'Removed. Left are the records and sign-offs in refs/notes/, and what is known of uncommitted text in .git/countersign/ledger.',
    );
  });
}

async function isAgreed(flags: Pick<InitFlags, 'yes'>, outcome: Outcome): Promise<boolean> {
  if (flags.yes === true) return true;
  if (!isInteractive()) {
    tell('Nothing was done: nobody can be asked here. Pass --yes to do it.');
    outcome.code = 2;
    return false;
  }
  return confirm('Do this?');
}
