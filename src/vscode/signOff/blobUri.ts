import * as vscode from 'vscode';
import { isSha, type RepoPath, type Sha } from '../../core/brand';

/** Scheme of read-only documents that show a file as a commit has it. */
export const blobScheme = 'countersign-blob';

/** What such a document shows. */
export interface BlobAddress {
  /** Work tree of a repository that is open in this window. */
  readonly root: string;
  /** Chooses the language, and is what headers show. */
  readonly path: string;
  /** Absent for the empty side of an added or deleted file. */
  readonly blob: Sha | undefined;
  /** The commit whose lines it shows; absent where that does not matter. */
  readonly commit: Sha | undefined;
}

/** The document's address; equal addresses give equal URIs. */
export function blobUri({ root, path, blob, commit }: BlobAddress): vscode.Uri {
  return vscode.Uri.from({
    scheme: blobScheme,
    path: `/${path}`,
    query: JSON.stringify([root, blob ?? null, commit ?? null]),
  });
}

/** What a URI of ours shows; nothing for any other, since whoever likes may make one up. */
export function parseBlobUri(uri: vscode.Uri): BlobAddress | undefined {
  if (uri.scheme !== blobScheme) return undefined;
  let query: unknown;
  try {
    query = JSON.parse(uri.query);
  } catch {
    // Not one that we made.
    return undefined;
  }
  if (!Array.isArray(query)) return undefined;
  const [root, blob, commit]: readonly unknown[] = query;
  if (typeof root !== 'string') return undefined;
  return {
    root,
    path: uri.path.slice(1) as RepoPath,
    blob: isSha(blob) ? blob : undefined,
    commit: isSha(commit) ? commit : undefined,
  };
}
