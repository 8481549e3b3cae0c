import * as vscode from 'vscode';
import type { Sha } from '../../core/brand';
import { textOfBytes } from '../../core/text/textId';
import type { Repositories } from '../capture/repositories';
import { blobScheme, parseBlobUri } from './blobUri';

const maxBytes = 8 * 1024 * 1024;
const kept = 200;

/** Shows files as commits have them, of repositories that are open in this window and of no other place. */
export function registerBlobDocuments(repositories: Repositories): vscode.Disposable {
  const texts = new Map<string, Promise<string>>();
  const read = async (root: string, blob: Sha): Promise<string> => {
    const repository = repositories.all.find(({ repo }) => repo.worktree === root);
    if (repository === undefined)
      throw vscode.FileSystemError.FileNotFound(vscode.l10n.t('The repository of this review is not open.'));
    const found = await repository.repo.objects.readAtMost(blob, maxBytes);
    switch (found.kind) {
      case 'found':
        return textOfBytes(found.data);
      case 'too-large':
        return vscode.l10n.t('This file is too large to be shown.');
      case 'missing':
        throw vscode.FileSystemError.FileNotFound(vscode.l10n.t('This version of the file is not in the repository.'));
    }
  };
  return vscode.workspace.registerTextDocumentContentProvider(blobScheme, {
    provideTextDocumentContent(uri) {
      const address = parseBlobUri(uri);
      if (address?.blob === undefined) return '';
      const { root, blob } = address;
      const key = `${blob}:${root}`;
      const known = texts.get(key);
      if (known !== undefined) return known;
      if (texts.size >= kept) texts.clear();
      const text = read(root, blob);
      texts.set(key, text);
      text.catch(() => texts.delete(key));
      return text;
    },
  });
}
