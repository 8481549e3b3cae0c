import { homedir } from 'node:os';
import type { Command } from 'commander';
import { withRepository } from '../app/repository';
import { planRemoval, planSetUp, removeSetUp, type SetupMachine, setUp } from '../app/setUp';
import type { AbsPath } from '../core/brand';
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
  readonly policy?: true;
}

/** `init`, `deinit`: installing into a repository, and its exact inverse. */
export function addSetupCommands(program: Command, outcome: Outcome): void {
  program
    .command('init')
    .description('Set up this repository: hooks beside those that are there, and where records are fetched from.')
    .option('--yes', 'do it without asking')
    .option('--dry-run', 'show the plan and stop')
    .option('--policy', 'write a policy to start from')
    .action((flags: InitFlags) => init(flags, outcome));
  program
    .command('deinit')
    .description('Remove from this repository what init installed.')
    .option('--yes', 'do it without asking')
    .option('--dry-run', 'show the plan and stop')
    .action((flags: InitFlags) => deinit(flags, outcome));
}

async function init(flags: InitFlags, outcome: Outcome): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const machine = thisMachine();
    const planned = await planSetUp(repo, machine);
    for (const line of planned.words) print(line);
    if (flags.dryRun === true) return;
    if (!(await isAgreed(flags, outcome))) return;
    await setUp(repo, machine, planned);
    print('This repository records who writes its lines. Undo it with: countersign deinit');
  });
}

async function deinit(flags: InitFlags, outcome: Outcome): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const planned = await planRemoval(repo);
    for (const line of planned.words) print(line);
    if (flags.dryRun === true) return;
    if (!(await isAgreed(flags, outcome))) return;
    await removeSetUp(repo, planned);
    print('Removed. Records and sign-offs in refs/notes/ are left as they are.');
  });
}

async function isAgreed(flags: InitFlags, outcome: Outcome): Promise<boolean> {
  if (flags.yes === true) return true;
  if (!isInteractive()) {
    tell('Nothing was done: nobody can be asked here. Pass --yes to do it.');
    outcome.code = 2;
    return false;
  }
  return confirm('Do this?');
}
