import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { safeText } from '../../core/safeText';
import type { KeyCandidate } from '../../signing/keys';
import type { Repositories } from '../capture/repositories';
import { askInBoxes } from './keyQuestions';
import { keyWords } from './sign';

const timeoutMs = 10 * 60_000;

/** Finds or makes the key that a person signs with, and shows the line that puts them into the signers file. @throws ToolError */
export async function setUpKey(repositories: Repositories): Promise<void> {
  const { app } = await import('./app');
  const repo = repositories.inWindow[0]?.repo;
  const keys = await app.personalKeys(repo, { env: process.env, platform: process.platform });
  const principal = await askPrincipal(repo === undefined ? '' : (await app.committerIdentity(repo.git)).email);
  if (principal === undefined) return;
  const key = await chooseOrMake(keys, principal);
  if (key === undefined) return;
  const line = app.rosterLine(principal, key.publicKey);
  const copy = vscode.l10n.t('Copy');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Have this line added to the signers file of the policy, and {0} to its seniors.',
      safeText(principal, 80),
    ),
    { modal: true, detail: `${line}\n\n${keyWords(key)}` },
    copy,
  );
  if (answer === copy) await vscode.env.clipboard.writeText(line);
}

async function askPrincipal(proposal: string): Promise<string | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Who are you in the roster?'),
    prompt: vscode.l10n.t('An address, as a rule the one of your commits.'),
    value: proposal,
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^[^\s,"*?!#]+$/.test(text.trim())
        ? undefined
        : vscode.l10n.t('An address has no white space, commas or quotes.'),
  });
  return answer?.trim();
}

async function chooseOrMake(keys: readonly KeyCandidate[], principal: string): Promise<KeyCandidate | undefined> {
  if (keys.length === 0) return make(principal);
  const items: (vscode.QuickPickItem & { readonly key: KeyCandidate | undefined })[] = [
    ...keys.map((key) => ({
      label: safeText(key.comment, 60) || key.fingerprint,
      description: key.publicKey.type,
      detail: key.fingerprint,
      key,
    })),
    { label: vscode.l10n.t('Make a new key'), key: undefined },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Sign with which key?'),
    ignoreFocusOut: true,
  });
  return picked === undefined ? undefined : (picked.key ?? make(principal));
}

async function make(principal: string): Promise<KeyCandidate> {
  const { app } = await import('./app');
  const path = join(process.env['HOME'] ?? homedir(), '.ssh', 'id_ed25519_countersign');
  const ask = askInBoxes({
    title: vscode.l10n.t('Passphrase of the new key'),
    prompt: vscode.l10n.t('It is asked for twice, and later each time you sign.'),
  });
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Making {0}', path), cancellable: true },
    async (_, token) => {
      const cancelled = new AbortController();
      token.onCancellationRequested(() => cancelled.abort());
      return app.makeKey({
        program: await app.findSshProgram('ssh-keygen', { env: process.env, platform: process.platform }),
        path,
        comment: principal,
        passphrase: { kind: 'ask', ask, host: { execPath: process.execPath, platform: process.platform } },
        env: process.env,
        signal: cancelled.signal,
        timeoutMs,
      });
    },
  );
}
