import * as vscode from 'vscode';
import type { Repositories } from '../capture/repositories';

/** Takes back what setting up installed, after showing what that is. @throws ToolError */
export async function removeSetUp(repositories: Repositories): Promise<void> {
  const all = repositories.inWindow.filter(({ isSetUp }) => isSetUp);
  const items = all.map((repository) => ({ label: repository.repo.worktree, repository }));
  const picked =
    items.length > 1
      ? await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Remove from which repository?') })
      : items[0];
  if (picked === undefined) return;
  const { repository } = picked;
  const { app } = await import('./app');
  const planned = await app.planRemoval(repository.repo);
  const yes = vscode.l10n.t('Remove');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove Countersign from {0}?', repository.repo.worktree),
    { modal: true, detail: [...planned.words, vscode.l10n.t('Records and sign-offs that are there stay.')].join('\n') },
    yes,
  );
  if (answer !== yes) return;
  await app.removeSetUp(repository.repo, planned);
  await repository.readAgain();
}
