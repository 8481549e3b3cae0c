import * as vscode from 'vscode';
import type { Decision, KeyStanding, SignableRange } from '../../app/gate/sign';
import { ToolError } from '../../core/errors';
import { riskQuestions } from '../../core/gate/riskQuestions';
import { safeText } from '../../core/safeText';
import { statementText } from '../../core/signOff/statementText';
import { shortRef } from '../../core/views/signOffView';
import type { KeyCandidate } from '../../signing/keys';
import type { WatchedRepository } from '../capture/watchedRepository';
import { askInBoxes } from './keyQuestions';
import type { OutgoingWatch } from './outgoingWatch';
import { pickEntry } from './pickEntry';
import { describeRange } from './rangeWords';

const timeoutMs = 10 * 60_000;

interface CountingKey {
  readonly key: KeyCandidate;
  readonly principal: string;
}

/**
 * Signs what is outgoing, or refuses it, by a person's hand: the range is what is checked at that moment, a dialog names
 * all of it, and only its button goes on. One at a time.
 */
export class Signing {
  readonly #watch: OutgoingWatch;
  readonly #review: () => Promise<void>;
  #busy = false;

  /** `review` is what "review first" does. */
  constructor(watch: OutgoingWatch, review: () => Promise<void>) {
    this.#watch = watch;
    this.#review = review;
  }

  /** Asks everything and signs. @throws ToolError */
  async run(event: Decision['event']): Promise<void> {
    if (this.#busy) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('A signature is under way; finish or cancel that one first.'),
      );
      return;
    }
    this.#busy = true;
    let after: (() => Promise<void>) | undefined;
    try {
      after = await this.#signOne(event);
    } finally {
      this.#busy = false;
    }
    // The message stays as long as the person likes; meanwhile another signature may begin.
    await after?.();
  }

  async #signOne(event: Decision['event']): Promise<(() => Promise<void>) | undefined> {
    const title =
      event === 'approve'
        ? vscode.l10n.t('Sign off what is outgoing from which repository?')
        : vscode.l10n.t('Refuse what is outgoing from which repository?');
    const entry = await pickEntry(this.#watch, title);
    if (entry === undefined) return undefined;
    const { repository } = entry;
    const { app } = await import('./app');
    const range = await vscode.window.withProgress({ location: { viewId: 'countersign.signOff' } }, async () =>
      app.signableRange(repository.repo, await app.checkLocally(repository.repo, app.recordsOf(repository.repo), {})),
    );
    const key = await chooseKey(repository, range, event);
    if (key === undefined) return undefined;
    const decision = await decide(event);
    if (decision === undefined) return undefined;
    const answers = event === 'approve' ? await answerRisks(range) : {};
    if (answers === undefined) return undefined;
    if (!(await this.#isAgreed(repository, range, key, { decision, answers }))) return undefined;
    await sign(repository, range, key, { decision, answers });
    await this.#watch.refresh();
    return () => tell(repository, range, key, decision);
  }

  async #isAgreed(repository: WatchedRepository, range: SignableRange, key: CountingKey, said: Said): Promise<boolean> {
    const target = safeText(shortRef(range.result.target), 80);
    const isApproval = said.decision.event === 'approve';
    const question = isApproval
      ? vscode.l10n.t('Sign off this work for {0}?', target)
      : vscode.l10n.t('Request changes of this work for {0}?', target);
    const yes = isApproval ? vscode.l10n.t('Sign Off') : vscode.l10n.t('Request Changes');
    const first = vscode.l10n.t('Review First');
    const detail = [
      ...describeRange(repository.repo.worktree, range),
      '',
      vscode.l10n.t('As {0}', safeText(key.principal, 80)),
      vscode.l10n.t('With the key {0}', keyWords(key.key)),
      ...(said.decision.event === 'approve' ? [] : [vscode.l10n.t('Reason: {0}', safeText(said.decision.reason, 200))]),
      ...Object.entries(said.answers).map(([risk, answer]) => `${safeText(risk, 60)}: ${safeText(answer, 200)}`),
    ].join('\n');
    const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, yes, first);
    if (answer === first) await this.#review();
    return answer === yes;
  }
}

interface Said {
  readonly decision: Decision;
  readonly answers: Readonly<Record<string, string>>;
}

/** The key that counts here, chosen by the person where several do; else says which reason it is that none does. */
async function chooseKey(
  repository: WatchedRepository,
  range: SignableRange,
  event: Decision['event'],
): Promise<CountingKey | undefined> {
  const { app } = await import('./app');
  const keys = await app.personalKeys(repository.repo, { env: process.env, platform: process.platform });
  const all = keys.map((key) => ({ key, standing: app.keyStanding(repository.repo, range, key) }));
  const usable = all.flatMap(({ key, standing }): CountingKey[] =>
    standing.kind === 'counts' || (standing.kind === 'own-work' && event === 'request-changes')
      ? [{ key, principal: standing.person.principal }]
      : [],
  );
  const [first] = usable;
  if (first === undefined) {
    await explainKeys(all);
    return undefined;
  }
  if (usable.length === 1) return first;
  const items = usable.map((each) => ({
    label: safeText(each.key.comment, 60) || each.key.fingerprint,
    description: each.principal,
    detail: each.key.fingerprint,
    each,
  }));
  return (
    await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Sign with which key?'), ignoreFocusOut: true })
  )?.each;
}

async function explainKeys(
  all: readonly { readonly key: KeyCandidate; readonly standing: KeyStanding }[],
): Promise<void> {
  const setUp = vscode.l10n.t('Set Up a Key');
  const own = all.find(({ standing }) => standing.kind === 'own-work');
  if (own?.standing.kind === 'own-work') {
    const who = safeText(own.standing.person.principal, 80);
    await vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Your key cannot count here: {0} wrote these commits, and nobody signs off their own work. Ask another senior to sign.',
        who,
      ),
      { modal: true, detail: vscode.l10n.t('The key {0}', keyWords(own.key)) },
    );
    return;
  }
  const [first] = all;
  const reason =
    first?.standing.kind === 'not-senior'
      ? vscode.l10n.t(
          'Your key cannot count here: {0}. Have an admin add you to the roster.',
          safeText(first.standing.reason, 200),
        )
      : vscode.l10n.t('There is no SSH key to sign with.');
  const detail =
    all.length === 0
      ? ''
      : all
          .slice(0, 5)
          .map(({ key }) => vscode.l10n.t('The key {0}', keyWords(key)))
          .join('\n');
  const answer = await vscode.window.showWarningMessage(reason, { modal: true, detail }, setUp);
  if (answer === setUp) await vscode.commands.executeCommand('countersign.keySetup');
}

async function decide(event: Decision['event']): Promise<Decision | undefined> {
  if (event === 'approve') return { event };
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t('What has to change?'),
    prompt: vscode.l10n.t('Everybody who sees the commits can read it.'),
    ignoreFocusOut: true,
    validateInput: (text) => textProblem(text, vscode.l10n.t('A reason is needed.')),
  });
  return reason === undefined ? undefined : { event, reason: reason.trim() };
}

/** The answers to what the touched risks ask; nothing when the person gave up. */
async function answerRisks({ policy, result }: SignableRange): Promise<Readonly<Record<string, string>> | undefined> {
  const answers: Record<string, string> = {};
  for (const { name, ask } of riskQuestions(policy, result.coverage)) {
    const answer = await vscode.window.showInputBox({
      title: safeText(name, 80),
      prompt: safeText(ask, 400),
      ignoreFocusOut: true,
      validateInput: (text) => textProblem(text, vscode.l10n.t('An answer is needed.')),
    });
    if (answer === undefined) return undefined;
    answers[name] = answer.trim();
  }
  return answers;
}

/** What is wrong with words that are to be signed; nothing when a statement can hold them. */
function textProblem(words: string, needed: string): string | undefined {
  const { kind } = statementText(words);
  if (kind === 'ok') return undefined;
  return kind === 'too-long' ? vscode.l10n.t('That is too long.') : needed;
}

async function sign(
  repository: WatchedRepository,
  range: SignableRange,
  { key, principal }: CountingKey,
  { decision, answers }: Said,
): Promise<void> {
  const { app } = await import('./app');
  const { repo } = repository;
  const statement = await app.makeStatement(repo, app.recordsOf(repo), range, {
    decision,
    principal,
    answers,
    how: 'shown',
    unattended: false,
  });
  const count = range.commits.length;
  const target = safeText(shortRef(range.result.target), 80);
  const ask = askInBoxes({
    title: vscode.l10n.t('Passphrase of {0}', keyWords(key)),
    prompt:
      count === 1
        ? vscode.l10n.t('To sign for 1 commit going to {0}.', target)
        : vscode.l10n.t('To sign for {0} commits going to {1}.', count, target),
    again: vscode.l10n.t('That was not it; try again.'),
  });
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Signing with {0}', safeText(key.comment, 60) || key.fingerprint),
      cancellable: true,
    },
    async (_, token) => {
      const cancelled = new AbortController();
      token.onCancellationRequested(() => cancelled.abort());
      try {
        await app.signAndAttach(repo, range, statement, {
          program: await app.findSshProgram('ssh-keygen', { env: process.env, platform: process.platform }),
          key: key.key,
          env: process.env,
          asking: { ask, host: { execPath: process.execPath, platform: process.platform } },
          signal: cancelled.signal,
          timeoutMs,
        });
      } catch (problem) {
        if (!(problem instanceof ToolError && problem.code === 'sign-cancelled')) throw problem;
        throw new vscode.CancellationError();
      }
    },
  );
}

/** Says that it is done; whoever reads it may publish it at once, else the next push does. */
async function tell(
  repository: WatchedRepository,
  range: SignableRange,
  key: CountingKey,
  { event }: Decision,
): Promise<void> {
  const count = range.commits.length;
  const target = safeText(shortRef(range.result.target), 80);
  const who = safeText(key.principal, 80);
  const words =
    event === 'request-changes'
      ? vscode.l10n.t('Changes requested as {0}; this stands in the way of {1} until you take it back.', who, target)
      : count === 1
        ? vscode.l10n.t('1 commit for {0} is signed off as {1}.', target, who)
        : vscode.l10n.t('{0} commits for {1} are signed off as {2}.', count, target, who);
  const yes = vscode.l10n.t('Publish');
  if ((await vscode.window.showInformationMessage(words, yes)) === yes) await publish(repository, range);
}

/** Sends the sign-off to where the work is headed, and says so where that did not come about. @throws ToolError */
async function publish({ repo }: WatchedRepository, { judgement }: SignableRange): Promise<void> {
  const { app } = await import('./app');
  const results = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Publishing the sign-off') },
    () => app.sync(repo, { remote: judgement.target.remote, env: { GIT_TERMINAL_PROMPT: '0' } }),
  );
  for (const { remote, publication } of results) {
    if (publication.kind === 'published' || publication.kind === 'nothing') continue;
    const reason =
      publication.kind === 'not-told'
        ? vscode.l10n.t('setting up named other remotes only')
        : safeText(publication.reason, 200);
    void vscode.window.showWarningMessage(
      vscode.l10n.t('The sign-off was not published to {0}: {1}.', safeText(remote, 60), reason),
    );
  }
}

/** A key as people know it: its comment, and its fingerprint. */
export function keyWords({ comment, fingerprint }: KeyCandidate): string {
  return comment === '' ? fingerprint : `${safeText(comment, 60)} (${fingerprint})`;
}
