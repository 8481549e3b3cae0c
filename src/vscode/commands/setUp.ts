import * as vscode from 'vscode';
import type { AbsPath } from '../../core/brand';
import { ToolError } from '../../core/errors';
import type { Capture } from '../capture/capture';
import type { Repositories } from '../capture/repositories';
import type { WatchedRepository } from '../capture/watchedRepository';
import type { Log } from '../log';

/** Sets up a repository when a person asks for it, shows the plan first, and keeps the views' conditions up to date. */
export function registerSetUp(
  capture: Capture,
  repositories: Repositories,
  extensionUri: vscode.Uri,
  log: Log,
): vscode.Disposable {
  const update = (): void => {
    const all = repositories.inWindow;
    void vscode.commands.executeCommand('setContext', 'countersign.hasRepository', all.length > 0);
    void vscode.commands.executeCommand(
      'setContext',
      'countersign.isSetUp',
      all.some((repository) => repository.isSetUp),
    );
  };
  let searching: Promise<unknown> = Promise.resolve();
  const findFolders = (): void => {
    // A file's repository is looked for, and the folder itself may be a repository's top.
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => vscode.Uri.joinPath(uri, 'x'));
    searching = Promise.all(folders.map((uri) => repositories.find(uri))).then(update);
  };
  findFolders();
  return vscode.Disposable.from(
    repositories.onNews(update),
    repositories.onDidChangeWindow(update),
    vscode.workspace.onDidChangeWorkspaceFolders(findFolders),
    vscode.workspace.onDidGrantWorkspaceTrust(findFolders),
    vscode.commands.registerCommand('countersign.setUp', async () => {
      try {
        await searching;
        await setUp(capture, repositories, extensionUri);
        update();
      } catch (problem) {
        log.fault('setting up the repository', problem);
        const next = problem instanceof ToolError && problem.next !== undefined ? ` ${problem.next}` : '';
        void vscode.window.showErrorMessage(`${problem instanceof Error ? problem.message : String(problem)}${next}`);
      }
    }),
  );
}

async function setUp(capture: Capture, repositories: Repositories, extensionUri: vscode.Uri): Promise<void> {
  const repository = await chooseRepository(capture, repositories);
  if (repository === undefined) return;
  const [{ app }, { homedir }] = await Promise.all([import('../capture/app'), import('node:os')]);
  const machine = {
    platform: process.platform,
    home: homedir(),
    env: process.env,
    cli: vscode.Uri.joinPath(extensionUri, 'dist', 'cli.js').fsPath as AbsPath,
    node: process.execPath,
    isElectron: process.versions['electron'] !== undefined,
  };
  const planned = await app.planSetUp(repository.repo, machine);
  const yes = vscode.l10n.t('Set Up');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Set up {0} for recording who wrote each line?', repository.repo.worktree),
    { modal: true, detail: [...planned.words, vscode.l10n.t('"countersign deinit" takes all of it back.')].join('\n') },
    yes,
  );
  if (answer !== yes) return;
  await app.setUp(repository.repo, machine, planned);
  await repository.readAgain();
}

async function chooseRepository(capture: Capture, repositories: Repositories): Promise<WatchedRepository | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const own = active === undefined ? undefined : capture.get(active)?.home?.repository;
  const all = own === undefined ? repositories.inWindow : [own];
  if (all.length > 1) {
    const items = all.map((repository) => ({ label: repository.repo.worktree, repository }));
    return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Set up which repository?') }))?.repository;
  }
  const [only] = all;
  if (only === undefined) {
    const words = vscode.workspace.isTrusted
      ? vscode.l10n.t('There is no git repository in this window. Open a folder that is one.')
      : vscode.l10n.t('This workspace is not trusted, so git is not run in it. Trust it first.');
    void vscode.window.showInformationMessage(words);
  } else if (only.isSetUp) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} is set up already.', only.repo.worktree));
    return undefined;
  }
  return only;
}
