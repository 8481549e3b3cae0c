import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Command } from 'commander';
import { withRepository } from '../app/repository';
import { ToolError } from '../core/errors';
import { safeText } from '../core/safeText';
import { gitVersion } from '../git/gitVersion';
import { inspectAgents } from '../setup/agents/inspectAgents';
import { describeSetupFinding, inspectSetup } from '../setup/inspectSetup';
import { runtimeFolder } from '../setup/runtime';
import { faultLogPath } from '../store/faultLog';
import type { Outcome } from './outcome';
import { print, printJson, tell } from './terminal';

/** How many of the last faults are shown. */
const shownFaults = 5;

interface Ailment {
  readonly kind: string;
  readonly message: string;
  readonly next: string | null;
}

/** `doctor`: what is not right and how to mend it. Exit code 1 where something is not right. */
export function addDoctorCommand(program: Command, outcome: Outcome): void {
  program
    .command('doctor')
    .description('Show what is not right with this repository, and how to mend it.')
    .option('--json', 'machine output')
    .action(async (options: { readonly json?: true }) => {
      const ailments = await examine();
      outcome.code = ailments.length === 0 ? 0 : 1;
      if (options.json === true) {
        printJson({ schema: 1, findings: ailments });
        return;
      }
      for (const { message, next } of ailments) {
        print(safeText(message, 600));
        if (next !== null) print(`  ${safeText(next, 600)}`);
      }
      if (ailments.length === 0) print('All is well.');
    });
}

async function examine(): Promise<readonly Ailment[]> {
  return withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const machine = { platform: process.platform, home: homedir(), env: process.env };
    const versions = [await gitVersion(repo.git.program, process.env)];
    const found = await inspectSetup(repo.git, {
      runtime: runtimeFolder(machine),
      gitVersions: versions,
      path: process.env['PATH'] ?? '',
    });
    const ailments: Ailment[] = found.map((finding) => ({ kind: finding.kind, ...describeSetupFinding(finding) }));
    ailments.push(...(await inspectAgents(machine)));
    for (const { journal, tornBytes } of repo.ledger.problems()) {
      ailments.push({
        kind: 'journal-torn',
        message: `The last ${tornBytes} bytes of the ledger's journal ${journal} are torn: a program was killed while it wrote. What stands before them is used.`,
        next: null,
      });
    }
    const log = faultLogPath(repo.git.commonDir);
    if (existsSync(log)) {
      const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-shownFaults);
      for (const line of lines)
        ailments.push({
          kind: 'fault',
          message: `A hook stepped aside: ${line}`,
          next: `Once it is mended, remove ${log}.`,
        });
    }
    return ailments;
  }).catch((error: unknown) => {
    if (!(error instanceof ToolError) || error.code !== 'no-repository') throw error;
    return [{ kind: 'no-repository', message: error.message, next: error.next ?? null }];
  });
}
