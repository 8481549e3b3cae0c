import type { Command } from 'commander';
import { recordsOf } from '../app/commitRecords';
import { chooseKey } from '../app/gate/keys';
import { checkLocally } from '../app/gate/localCheck';
import { type Decision, makeStatement, type SignableRange, signAndAttach, signableRange } from '../app/gate/sign';
import { type Repository, withRepository } from '../app/repository';
import { ToolError } from '../core/errors';
import { riskQuestions } from '../core/gate/riskQuestions';
import { safeText } from '../core/safeText';
import { statementLimits } from '../core/signOff/statement';
import { resolve } from '../git/refs';
import type { Outcome } from './outcome';
import {
  isAgreed,
  refuseAgent,
  type SigningOptions,
  tellNotSenior,
  terminalSigner,
  thisMachine,
  wordsFor,
} from './signing';
import { print, tell } from './terminal';

/** `sign`, `request-changes`. */
export function addSignCommands(program: Command, outcome: Outcome): void {
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
    if (name === 'sign') command.option('--answer <name=text>', "answer to a risk's question", collect);
    else command.requiredOption('--reason <text>', 'what has to change');
    command.action((range: string | undefined, options: SignOptions) => runSign(name, range, options, outcome));
  }
}

interface SignOptions extends SigningOptions {
  readonly target?: string;
  readonly answer?: readonly string[];
  readonly reason?: string;
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
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
  if (refuseAgent(outcome)) return;
  const decision: Decision =
    name === 'sign'
      ? { event: 'approve' }
      : { event: 'request-changes', reason: wordsFor('--reason', options.reason ?? '') };
  const given = givenAnswers(options.answer ?? []);
  await withRepository(process.cwd(), { warn: tell }, async (repo) => {
    const range = await rangeToSign(repo, rangeName, options);
    const { key, standing } = await chooseKey(repo, range, thisMachine, options.key);
    if (standing.kind === 'not-senior') {
      tellNotSenior(key, standing.reason, outcome);
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
    const answers = answersFor(range, given);
    if (!(await isAgreed(options, outcome))) return;
    const statement = await makeStatement(repo, recordsOf(repo), range, {
      decision,
      principal: standing.person.principal,
      answers,
      how: 'shown',
      unattended: options.yes === true,
    });
    const signed = await signAndAttach(repo, range, statement, await terminalSigner(key));
    print(
      `${name === 'sign' ? 'Signed off' : 'Changes requested'}: ${signed.id} by ${safeText(standing.person.principal)} with ${signed.fingerprint}.`,
    );
    tell(`Take it back with: countersign revoke ${signed.id}`);
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

/** What `--answer` says, by name of the risk. @throws ToolError `usage` */
function givenAnswers(texts: readonly string[]): ReadonlyMap<string, string> {
  const answers = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(at, 0)).trim();
    if (name === '') throw new ToolError('usage', `--answer ${safeText(text, 80)} is not of the form NAME=TEXT.`);
    answers.set(
      wordsFor('The name of an answer', name),
      wordsFor(`--answer ${safeText(name, 60)}`, text.slice(at + 1)),
    );
  }
  if (answers.size > statementLimits.answers) {
    throw new ToolError('usage', `There are more than ${statementLimits.answers} answers.`);
  }
  return answers;
}

/** The answers for the statement. @throws ToolError `usage` where a risk that the range touches asks for one more */
function answersFor(range: SignableRange, given: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const open = riskQuestions(range.policy, range.result.coverage).find(({ name }) => !given.has(name));
  if (open === undefined) return Object.fromEntries(given);
  throw new ToolError('usage', `${open.name} asks: ${open.ask}`, {
    next: `Answer it with: --answer '${open.name}=...'`,
  });
}
