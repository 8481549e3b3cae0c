import type { Command } from 'commander';
import { blame } from '../app/blame';
import { claim } from '../app/claim';
import { recordsOf } from '../app/commitRecords';
import { type Repository, withRepository } from '../app/repository';
import { show } from '../app/show';
import { repoPathOf } from '../app/workPath';
import type { RepoPath } from '../core/brand';
import { ToolError } from '../core/errors';
import { lineClasses } from '../core/origin';
import { safeText } from '../core/safeText';
import type { Outcome } from './outcome';
import { print, printJson, tell } from './terminal';

/** `blame`, `show`, `claim`. */
export function addReadingCommands(program: Command, _outcome: Outcome): void {
  program
    .command('blame')
    .description('Show who wrote each line of a file: on disk, or in a revision.')
    .argument('<path>', 'the file')
    .option('--rev <revision>', 'a revision instead of the file on disk')
    .option('--json', 'machine output')
    .action(runBlame);
  program
    .command('show')
    .description('Show the records of commits.')
    .argument('[range]', 'a revision or A..B', 'HEAD')
    .option('--json', 'machine output')
    .action(runShow);
  program
    .command('claim')
    .description('Say who wrote lines that nobody saw.')
    .argument('<path[:A-B]>', 'a file, or lines of it')
    .requiredOption('--as <who>', 'human or ai')
    .option('--tool <id>', 'agent id, with --as ai')
    .action(runClaim);
}

function pathIn(repo: Repository, name: string): RepoPath {
  const path = repoPathOf(repo, name, process.cwd());
  if (path === undefined) throw new ToolError('bad-input', `${name} is not in this repository.`);
  return path;
}

async function runBlame(name: string, options: { readonly rev?: string; readonly json?: true }): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const file = await blame(repo, recordsOf(repo), pathIn(repo, name), options.rev);
    if (options.json === true) {
      printJson({ schema: 1, path: file.path, rev: file.rev, lines: file.lines });
      return;
    }
    const width = String(file.lines.length).length;
    for (const line of file.lines) {
      const who = line.tool === null ? (line.reason ?? '') : [line.tool, line.model].filter(Boolean).join(':');
      const text = safeText(file.texts[line.line - 1] ?? '', 200);
      print(
        `${(line.commit ?? '').slice(0, 8).padEnd(8)} ${line.class.padEnd(9)} ${safeText(who, 32).padEnd(32)} ${String(line.line).padStart(width)} ${text}`,
      );
    }
  });
}

async function runShow(range: string, options: { readonly json?: true }): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const commits = await show(repo, recordsOf(repo), range);
    if (options.json === true) {
      printJson(commits);
      return;
    }
    for (const commit of commits) {
      const counts = lineClasses.filter((key) => commit.counts[key] > 0).map((key) => `${key} ${commit.counts[key]}`);
      if (commit.counts.deleted > 0) counts.push(`deleted ${commit.counts.deleted}`);
      print(`${commit.commit.slice(0, 12)} ${commit.record === null ? 'no record' : counts.join(', ') || 'no lines'}`);
      for (const [path, file] of Object.entries(commit.files)) {
        for (const line of file.lines) {
          const who = [line.tool, line.model].filter((part) => part !== null).join(':');
          print(
            `  ${safeText(path)}:${line.line} ${line.class}${who === '' ? '' : ` ${safeText(who)}`}${line.reason === null ? '' : ` (${line.reason})`}`,
          );
        }
      }
    }
  });
}

async function runClaim(target: string, options: { readonly as: string; readonly tool?: string }): Promise<void> {
  const { as } = options;
  if (as !== 'human' && as !== 'ai') throw new ToolError('usage', 'Say --as human or --as ai.');
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const [, name, from, to] = /^(.*?)(?::(\d+)(?:-(\d+))?)?$/s.exec(target) ?? [];
    const lines: readonly [number, number] | undefined =
      from === undefined ? undefined : [Number(from), Number(to ?? from)];
    const result = await claim(repo, recordsOf(repo), {
      path: pathIn(repo, name ?? target),
      lines,
      as,
      tool: options.tool,
    });
    print(
      `${result.claimed} ${result.claimed === 1 ? 'line is' : 'lines are'} now claimed to be ${as === 'ai' ? "an AI's" : "a person's"}.`,
    );
    if (result.kept > 0)
      tell(
        `${result.kept === 1 ? '1 line was left: it is' : `${result.kept} lines were left: they are`} known to be an AI's, and a claim does not change that.`,
      );
  });
}
