import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { recordsOf } from '../app/commitRecords';
import { chooseKey, type KeyMachine, personalKeys } from '../app/gate/keys';
import { checkJson, checkLocally } from '../app/gate/localCheck';
import { type Decision, makeStatement, type SignableRange, signAndAttach, signableRange } from '../app/gate/sign';
import { type Repository, withRepository } from '../app/repository';
import { type PushStatus, status } from '../app/status';
import { isSha } from '../core/brand';
import { ToolError } from '../core/errors';
import { explainFinding } from '../core/gate/explain';
import { exitCodeOf } from '../core/gate/findings';
import type { ForgeReview } from '../core/gate/gateInput';
import { lineClasses } from '../core/origin';
import { safeText } from '../core/safeText';
import { committerIdentity } from '../git/identity';
import { resolve } from '../git/refs';
import { makeKey, rosterLine } from '../signing/keys';
import { findSshProgram } from '../signing/sshKeygen';
import { knownAgent } from './knownAgent';
import type { Outcome } from './outcome';
import { confirm, isInteractive, print, printJson, tell } from './terminal';

/** `check`, `sign`, `request-changes`, `key`, `status`. */
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
  for (const [name, words] of [
    ['sign', 'Sign off what is headed for a protected branch.'],
    ['request-changes', 'Refuse what is headed for a protected branch until you take it back.'],
  ] as const) {
    const command = program
      .command(name)
      .description(words)
      .argument('[range]', 'A..B; what is headed for the target when left out')
      .option('--key <path>', 'the key to sign with')
      .option('--target <ref>', 'branch or full ref name')
      .option('--yes', 'sign without being asked; recorded as unattended');
    if (name === 'sign') command.option('--answer <name=text>', "answer to a risk's question", collect, []);
    else command.requiredOption('--reason <text>', 'what has to change');
    command.action((range: string | undefined, options: SignOptions) => runSign(name, range, options, outcome));
  }
  const key = program.command('key').description('The key that you sign with.');
  key
    .command('setup')
    .description('Find or make a key to sign with, and print the line for the signers file.')
    .option('--principal <address>', 'your address in the roster; that of your commits when left out')
    .option('--no-passphrase', 'make the key without a passphrase')
    .action(runKeySetup);
  key
    .command('show')
    .description('Show the keys that you could sign with.')
    .option('--json', 'machine output')
    .action(runKeyShow);
}

interface CheckOptions {
  readonly base?: string;
  readonly head: string;
  readonly target?: string;
  readonly forge?: string;
  readonly json?: true;
}

interface SignOptions {
  readonly key?: string;
  readonly target?: string;
  readonly yes?: true;
  readonly answer?: readonly string[];
  readonly reason?: string;
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}

function machine(): KeyMachine {
  return { env: process.env, platform: process.platform };
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

/** What is to be signed: all that is headed for the target, or `A..B` of it; one revision means `A^..A`. */
async function rangeToSign(repo: Repository, range: string | undefined, options: SignOptions): Promise<SignableRange> {
  const { target } = options;
  if (range === undefined) return signableRange(repo, await checkLocally(repo, recordsOf(repo), { target }));
  const dots = range.indexOf('..');
  const [from, head] =
    dots < 0 ? [`${range}^`, range] : [range.slice(0, dots) || 'HEAD', range.slice(dots + 2) || 'HEAD'];
  const start = await resolve(repo.git, from, 'commit');
  if (start === undefined) throw new ToolError('usage', `${range} names no range of commits.`);
  const judgement = await checkLocally(repo, recordsOf(repo), { head, target });
  // The whole of the range that is judged: its beginning is the fork point, wherever the target is by now.
  const isWhole = judgement.result.base === start || judgement.target.policyTip === start;
  return signableRange(repo, judgement, isWhole ? undefined : start);
}

async function runSign(
  name: 'sign' | 'request-changes',
  rangeName: string | undefined,
  options: SignOptions,
  outcome: Outcome,
): Promise<void> {
  const agent = knownAgent(process.env);
  if (agent !== undefined) {
    tell(`countersign: ${agent} is running this; a sign-off is a person's. Sign in a terminal of your own.`);
    outcome.code = 1;
    return;
  }
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const range = await rangeToSign(repo, rangeName, options);
    const decision: Decision =
      name === 'sign' ? { event: 'approve' } : { event: 'request-changes', reason: options.reason ?? '' };
    const { key, standing } = await chooseKey(repo, range, machine(), options.key);
    if (standing.kind === 'not-senior') {
      tell(`countersign: this key cannot count here: ${safeText(standing.reason)} (${key.fingerprint}).`);
      tell('Have an admin add you to the roster: countersign key show prints the line.');
      outcome.code = 1;
      return;
    }
    if (standing.kind === 'own-work' && decision.event === 'approve') {
      tell(
        `countersign: this key cannot count here: ${safeText(standing.person.principal)} wrote these commits, and nobody signs off their own work.`,
      );
      tell('Ask another senior to sign.');
      outcome.code = 1;
      return;
    }
    for (const line of summaryOf(range, decision)) tell(line);
    const answers = await answersFor(range, options);
    if (!(await isAgreed(options, outcome))) return;
    const statement = await makeStatement(repo, recordsOf(repo), range, {
      decision,
      principal: standing.person.principal,
      answers,
      how: 'shown',
      unattended: options.yes === true,
    });
    const signed = await signAndAttach(repo, range, statement, {
      program: await findSshProgram('ssh-keygen', machine()),
      key: key.key,
      env: process.env,
      timeoutMs: 10 * 60_000,
    });
    print(
      `${name === 'sign' ? 'Signed off' : 'Changes requested'}: ${signed.id} by ${safeText(standing.person.principal)} with ${signed.fingerprint}.`,
    );
    tell('Publish it with: countersign sync');
  });
}

function summaryOf(range: SignableRange, decision: Decision): readonly string[] {
  const { commits, result } = range;
  const { counting, total } = result.coverage.netCount;
  const lines = [
    `${decision.event === 'approve' ? 'Sign off' : 'Request changes of'} ${commits.length} ${commits.length === 1 ? 'commit' : 'commits'} for ${safeText(result.target)}:`,
    ...commits.map((commit) => `  ${commit.sha.slice(0, 12)} ${safeText(commit.subject, 80)}`),
    `${counting} of ${total} changed lines count.`,
  ];
  for (const commit of result.coverage.commits) {
    for (const path of commit.counting) {
      const risks = path.risks.length === 0 ? '' : ` (${path.risks.map((risk) => safeText(risk)).join(', ')})`;
      lines.push(`  ${safeText(path.path)}${path.lines === null ? '' : `:${path.lines}`}${risks}`);
    }
  }
  return lines;
}

/** The answers to the questions of the risks that the range touches. @throws ToolError `usage` where one is missing */
async function answersFor(range: SignableRange, options: SignOptions): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const text of options.answer ?? []) {
    const at = text.indexOf('=');
    if (at < 1) throw new ToolError('usage', `--answer ${text} is not of the form NAME=TEXT.`);
    answers[text.slice(0, at)] = text.slice(at + 1);
  }
  const touched = new Set(
    range.result.coverage.commits.flatMap((commit) => commit.counting.flatMap(({ risks }) => risks)),
  );
  for (const risk of range.policy?.risks ?? []) {
    if (risk.ask === undefined || !touched.has(risk.name) || Object.hasOwn(answers, risk.name)) continue;
    throw new ToolError('usage', `${risk.name} asks: ${risk.ask}`, {
      next: `Answer it with: --answer '${risk.name}=...'`,
    });
  }
  return answers;
}

async function isAgreed(options: SignOptions, outcome: Outcome): Promise<boolean> {
  if (options.yes === true) return true;
  if (!isInteractive()) {
    tell('countersign: nobody can be asked here. Pass --yes to sign all the same; it is recorded as unattended.');
    outcome.code = 2;
    return false;
  }
  const agreed = await confirm('Sign this?');
  if (!agreed) {
    tell('Nothing was signed.');
    outcome.code = 1;
  }
  return agreed;
}

async function runKeySetup(options: { readonly principal?: string; readonly passphrase: boolean }): Promise<void> {
  await withOptionalRepository(async (repo) => {
    const principal = options.principal ?? (repo === undefined ? undefined : (await committerIdentity(repo.git)).email);
    if (principal === undefined) throw new ToolError('usage', 'Say who you are in the roster with --principal.');
    const [found] = await personalKeys(repo, machine());
    const path = join(process.env['HOME'] ?? homedir(), '.ssh', 'id_ed25519_countersign');
    if (found === undefined && options.passphrase && !isInteractive()) {
      throw new ToolError('usage', 'There is no key, and nobody can be asked for a passphrase here.', {
        next: 'Run it in a terminal, or make one without a passphrase: countersign key setup --no-passphrase',
      });
    }
    const key =
      found ??
      (await makeKey({
        program: await findSshProgram('ssh-keygen', machine()),
        path,
        comment: principal,
        passphrase: options.passphrase ? { kind: 'terminal' } : { kind: 'none' },
        env: process.env,
        timeoutMs: 10 * 60_000,
      }));
    tell(found === undefined ? `Made a key: ${path}` : `Found a key: ${key.fingerprint} (${key.source})`);
    tell('Have this line added to the signers file of the policy, and yourself to its seniors:');
    print(rosterLine(principal, key.publicKey, key.comment));
  });
}

async function withOptionalRepository(use: (repo: Repository | undefined) => Promise<void>): Promise<void> {
  try {
    await withRepository(process.cwd(), { warn: tell }, use);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'no-repository') await use(undefined);
    else throw error;
  }
}

async function runKeyShow(options: { readonly json?: true }): Promise<void> {
  await withOptionalRepository(async (repo) => {
    const keys = await personalKeys(repo, machine());
    if (options.json === true) {
      printJson({
        schema: 1,
        keys: keys.map(({ fingerprint, comment, source }) => ({ fingerprint, comment, source })),
      });
      return;
    }
    const principal = repo === undefined ? 'you@example.com' : (await committerIdentity(repo.git)).email;
    for (const key of keys) {
      tell(`${key.fingerprint} ${safeText(key.comment)} (${key.source})`);
      print(rosterLine(principal, key.publicKey, key.comment));
    }
    if (keys.length === 0) tell('There is no SSH key to sign with. Make one with: countersign key setup');
  });
}
