import { Command, CommanderError } from 'commander';
import { addDoctorCommand } from './doctorCommand';
import { addGateCommands } from './gateCommands';
import type { Outcome } from './outcome';
import { addReadingCommands } from './readingCommands';
import { addSetupCommands } from './setupCommands';

/** Parses and runs a command other than the two that hooks use. @returns the exit code */
export async function runCommand(args: readonly string[]): Promise<number> {
  const outcome: Outcome = { code: 0 };
  const program = new Command('countersign')
    .description('Know which lines an AI wrote, and have a senior sign them off before they ship.')
    .version(process.env['COUNTERSIGN_VERSION'] ?? '0.1.0')
    .exitOverride()
    .showSuggestionAfterError();
  addSetupCommands(program, outcome);
  addDoctorCommand(program, outcome);
  addReadingCommands(program, outcome);
  addGateCommands(program, outcome);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return outcome.code;
}
