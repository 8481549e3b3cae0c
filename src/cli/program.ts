import { Command, CommanderError } from 'commander';
import { addAttachCommand } from './attachCommand';
import { addDoctorCommand } from './doctorCommand';
import { addExchangeCommands } from './exchangeCommands';
import { addGateCommands } from './gateCommands';
import type { Outcome } from './outcome';
import { addReadingCommands } from './readingCommands';
import { addSetupCommands } from './setupCommands';
import { addSyncCommand } from './syncCommand';

/** Commands that programs call, not people: decided in `main.ts`, before this parser is loaded. */
const calledByOthers = `
Called by others:
  record generic         an editor or agent tells of an edit, as JSON on standard input
  hook <name>            the installed git hooks
  pre-receive            the gate on a server; see countersign pre-receive --help`;

/** Parses and runs a command other than the two that hooks use. @returns the exit code */
export async function runCommand(args: readonly string[]): Promise<number> {
  const outcome: Outcome = { code: 0 };
  const program = new Command('countersign')
    .description('Know which lines an AI wrote, and have a senior sign them off before they ship.')
    .version(process.env['COUNTERSIGN_VERSION'] ?? '0.1.0')
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', calledByOthers);
  addSetupCommands(program, outcome);
  addDoctorCommand(program, outcome);
  addReadingCommands(program, outcome);
  addGateCommands(program, outcome);
  addSyncCommand(program, outcome);
  addAttachCommand(program);
  addExchangeCommands(program, outcome);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return outcome.code;
}
