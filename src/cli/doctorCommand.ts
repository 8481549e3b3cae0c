import { homedir } from 'node:os';
import type { Command } from 'commander';
import { type Ailment, examine } from '../app/examine';
import { withRepository } from '../app/repository';
import { ToolError } from '../core/errors';
import { safeText } from '../core/safeText';
import type { Outcome } from './outcome';
import { print, printJson, tell } from './terminal';

/** `doctor`: what is not right and how to mend it. Exit code 1 where something is not right. */
export function addDoctorCommand(program: Command, outcome: Outcome): void {
  program
    .command('doctor')
    .description('Show what is not right with this repository, and how to mend it.')
    .option('--json', 'machine output')
    .action(async (options: { readonly json?: true }) => {
      const ailments = await examineHere();
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

function examineHere(): Promise<readonly Ailment[]> {
  const machine = { platform: process.platform, home: homedir(), env: process.env };
  return withRepository(process.cwd(), { warn: tell }, (repo) => examine(repo, machine)).catch((error: unknown) => {
    if (!(error instanceof ToolError) || error.code !== 'no-repository') throw error;
    return [{ kind: 'no-repository', message: error.message, next: error.next ?? null }];
  });
}
