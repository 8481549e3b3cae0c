import { homedir } from 'node:os';
import type { Command } from 'commander';
import { personalKeys } from '../app/gate/keys';
import { withRepository } from '../app/repository';
import { planRemoval, planSetUp, removeSetUp, type SetupMachine, setUp } from '../app/setUp';
import { writePolicy } from '../app/writePolicy';
import type { AbsPath } from '../core/brand';
import { ToolError } from '../core/errors';
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
  readonly editTracked?: true;
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
    .option('--agents <which>', 'install the hooks of AI agents: none', 'none')
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
    if (flags.agents !== undefined && flags.agents !== 'none') {
      throw new ToolError(
        'usage',
        `No hooks of ${flags.agents} can be installed yet; an agent's own hooks can call: countersign record generic`,
      );
    }
    const planned = await planSetUp(repo, machine, { editTracked: flags.editTracked === true });
    for (const line of planned.words) print(line);
    if (flags.policy === true)
      print('Write a policy to start from: .countersign.yml, and .countersign/allowed_signers.');
    if (flags.dryRun === true) return;
    if (!(await isAgreed(flags, outcome))) return;
    await setUp(repo, machine, planned);
    if (flags.policy === true) {
      const [key] = await personalKeys(repo, { env: process.env, platform: process.platform });
      for (const path of await writePolicy(repo, key)) print(`Wrote ${path}.`);
    }
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
    print(
      'Removed. Left are the records and sign-offs in refs/notes/, and what is known of uncommitted text in .git/countersign/ledger.',
    );
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
