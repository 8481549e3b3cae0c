import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { recordsOf } from '../app/commitRecords';
import { checkJson, checkLocally } from '../app/gate/localCheck';
import { withRepository } from '../app/repository';
import { type PushStatus, status } from '../app/status';
import { isSha } from '../core/brand';
import { ToolError } from '../core/errors';
import { explainFinding } from '../core/gate/explain';
import { exitCodeOf } from '../core/gate/findings';
import type { ForgeReview } from '../core/gate/gateInput';
import { lineClasses } from '../core/origin';
import { safeText } from '../core/safeText';
import { addKeyCommands } from './keyCommands';
import type { Outcome } from './outcome';
import { addRevokeCommand } from './revokeCommand';
import { addSignCommands } from './signCommands';
import { print, printJson, tell } from './terminal';

/** `status`, `check`, and with them those by which a person signs. */
export function addGateCommands(program: Command, outcome: Outcome): void {
  program
    .command('status')
    .description('Show who wrote what is not committed, and what a push would meet.')
    .option('--json', 'machine output')
    .action(runStatus);
  program
    .command('check')
    .description('Judge commits against the policy of where they are headed, as the server does.')
    .option('--base <commit>', 'tip of the target; policy is read there')
    .option('--head <commit>', 'what would be merged', 'HEAD')
    .option('--target <ref>', 'branch or full ref name')
    .option('--forge <file>', 'reviews of a forge, as JSON')
    .option('--json', 'machine output')
    .action((options: CheckOptions) => runCheck(options, outcome));
  addSignCommands(program, outcome);
  addRevokeCommand(program, outcome);
  addKeyCommands(program);
}

interface CheckOptions {
  readonly base?: string;
  readonly head: string;
  readonly target?: string;
  readonly forge?: string;
  readonly json?: true;
}

async function runStatus(options: { readonly json?: true }): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const { files, push } = await status(repo, recordsOf(repo));
    if (options.json === true) {
      printJson({ schema: 1, files, push: push === undefined ? null : pushJson(push) });
      return;
    }
    for (const [path, counts] of Object.entries(files)) {
      const shown = lineClasses.filter((name) => counts[name] > 0).map((name) => `${name} ${counts[name]}`);
      print(`${safeText(path)}: ${shown.join(', ') || 'no lines'}`);
    }
    if (Object.keys(files).length === 0) print('Nothing is uncommitted.');
    if (push === undefined) print('There is no remote to push to.');
    for (const [name, result] of [
      ['Push', push?.result],
      ['Destination', push?.destination],
    ] as const) {
      if (result === undefined) continue;
      print(`${name} ${safeText(result.target)}: ${result.verdict}`);
      for (const finding of result.findings) for (const line of explainFinding(finding)) print(line);
    }
  });
}

function pushJson({ result, destination }: PushStatus): object {
  return {
    target: result?.target ?? null,
    verdict: result?.verdict ?? null,
    findings: result?.findings ?? [],
    destination:
      destination === undefined
        ? null
        : { target: destination.target, verdict: destination.verdict, findings: destination.findings },
  };
}

async function runCheck(options: CheckOptions, outcome: Outcome): Promise<void> {
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const forge = options.forge === undefined ? undefined : readForge(options.forge);
    const { base, head, target } = options;
    const { result } = await checkLocally(repo, recordsOf(repo), { base, head, target, forge });
    outcome.code = exitCodeOf(result.verdict);
    if (!result.isProtected && result.findings.length === 0)
      tell(`The policy does not protect ${safeText(result.target)}, so nothing is asked.`);
    if (options.json === true) {
      printJson(checkJson(result));
      return;
    }
    print(`${safeText(result.target)}: ${result.verdict}`);
    for (const finding of result.findings) for (const line of explainFinding(finding)) print(line);
  });
}

/** The reviews of a forge: a JSON array of `{account, state, commit}`. @throws ToolError `usage` */
function readForge(path: string): readonly ForgeReview[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ToolError('usage', `${path} is not a readable JSON file.`, { cause });
  }
  if (!Array.isArray(value)) throw new ToolError('usage', `${path} is not a JSON array of reviews.`);
  return value.map((item: unknown, index) => {
    const { account, state, commit } = (typeof item === 'object' && item !== null ? item : {}) as Readonly<
      Record<string, unknown>
    >;
    if (typeof account !== 'string' || (state !== 'approved' && state !== 'changes-requested') || !isSha(commit)) {
      throw new ToolError(
        'usage',
        `Review ${index} of ${path} needs account, state (approved or changes-requested) and commit.`,
      );
    }
    return { account, state, commit };
  });
}
