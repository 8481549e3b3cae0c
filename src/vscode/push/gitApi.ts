import * as vscode from 'vscode';

/**
 * The part of the Git extension's interface, version 1, that is used; see `extensions/git/src/api/git.d.ts` of VS Code.
 * What it hands over is looked at as foreign data.
 */
export interface GitApi {
  readonly repositories: readonly GitRepository[];
  readonly onDidOpenRepository: vscode.Event<GitRepository>;
  registerPushErrorHandler(handler: PushErrorHandler): vscode.Disposable;
}

/** One repository that the Git extension has open. */
export interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: { readonly onDidChange: vscode.Event<void> };
}

/** Asked after a failed push; `true` keeps the Git extension from saying anything. */
export interface PushErrorHandler {
  handlePushError(
    repository: GitRepository,
    remote: unknown,
    refspec: string,
    error: Error & { readonly stderr?: unknown },
  ): Promise<boolean>;
}

interface GitExtension {
  readonly enabled: boolean;
  readonly onDidChangeEnablement: vscode.Event<boolean>;
  getAPI(version: 1): GitApi;
}

/** The Git extension's interface; nothing where it is not installed or switched off. */
export async function gitApi(): Promise<GitApi | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined) return undefined;
  const exports = extension.isActive ? extension.exports : await extension.activate();
  return exports.enabled ? exports.getAPI(1) : undefined;
}
