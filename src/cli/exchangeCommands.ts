import { createReadStream, existsSync } from 'node:fs';
import type { Command } from 'commander';
import { type ExportFormat, exportRecords } from '../app/exportRecords';
import { type Import, importAgentTraces, importGitAi } from '../app/importRecords';
import { withRepository } from '../app/repository';
import { ToolError } from '../core/errors';
import { safeText } from '../core/safeText';
import type { Outcome } from './outcome';
import { pendingInput } from './standardInput';
import { print, printAll, printJson, tell } from './terminal';

/** `export`, `import`: records in the formats of other tools. */
export function addExchangeCommands(program: Command, outcome: Outcome): void {
  program
    .command('export')
    .description('Print what is known of commits in the format of another tool.')
    .argument('[range]', 'a revision or A..B; the history of HEAD when left out')
    .requiredOption(
      '--format <name>',
      'agent-trace: Agent Trace 0.1.0, one a line; git-ai: notes one after the other; jsonl: as show --json, one a line',
    )
    .option('--json', 'machine output, which every format is')
    .action(runExport);
  program
    .command('import')
    .description(
      "Make records of what other tools say, for commits that have none: git-ai's notes, or Agent Traces from a file.",
    )
    .argument('[file]', "a file of Agent Traces, - for standard input; git-ai's notes when left out")
    .option('--json', 'machine output')
    .action((file: string | undefined, options: { readonly json?: true }) => runImport(file, options, outcome));
}

const formats: readonly string[] = ['agent-trace', 'git-ai', 'jsonl'] satisfies readonly ExportFormat[];

function isFormat(name: string): name is ExportFormat {
  return formats.includes(name);
}

async function runExport(range: string | undefined, { format }: { readonly format: string }): Promise<void> {
  if (!isFormat(format)) throw new ToolError('usage', `Say --format ${formats.join(', or --format ')}.`);
  await withRepository(process.cwd(), { warn: tell }, (repo) => printAll(exportRecords(repo, format, range)));
}

async function runImport(file: string | undefined, options: { readonly json?: true }, outcome: Outcome): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const traces = file === undefined ? await pendingInput() : textOf(file);
    const done = traces === undefined ? await importGitAi(repo) : await importAgentTraces(repo, traces);
    // What could not be used is a fact that a script must not overlook.
    if (done.problemCount > 0) outcome.code = 1;
    if (options.json === true) {
      const { imported, kept, problems, problemCount } = done;
      printJson({ schema: 1, imported, kept, problems, problemCount });
    } else report(done, traces === undefined ? "git-ai's notes" : 'the traces');
  });
}

function textOf(file: string): AsyncIterable<string> {
  if (file === '-') return process.stdin.setEncoding('utf8');
  if (!existsSync(file)) throw new ToolError('bad-input', `There is no file ${file}.`);
  return readable(file);
}

async function* readable(file: string): AsyncGenerator<string> {
  try {
    for await (const piece of createReadStream(file, 'utf8')) yield String(piece);
  } catch (cause) {
    throw new ToolError('bad-input', `${file} cannot be read.`, { cause });
  }
}

function report({ imported, kept, problems, problemCount }: Import, source: string): void {
  print(`${imported.length} ${imported.length === 1 ? 'commit has' : 'commits have'} a record by ${source} now.`);
  if (kept.length > 0) print(`${kept.length} ${kept.length === 1 ? 'has its' : 'have their'} own, which stays.`);
  for (const problem of problems) tell(safeText(problem));
  if (problemCount > problems.length) tell(`and ${problemCount - problems.length} more`);
}
