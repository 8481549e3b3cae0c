/** The commands of the gate's server side and of `sync` by themselves, for a hook to run. */
import { Command } from 'commander';
import { runPreReceive } from '../../src/cli/runPreReceive';
import { addSyncCommand } from '../../src/cli/syncCommand';

async function main([command = '', ...args]: readonly string[]): Promise<number> {
  if (command === 'pre-receive') return runPreReceive(args, process.env);
  const outcome = { code: 0 };
  const program = new Command();
  addSyncCommand(program, outcome);
  await program.parseAsync([command, ...args], { from: 'user' });
  return outcome.code;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 9;
  },
);
