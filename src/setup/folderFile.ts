import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AbsPath } from '../core/brand';

/** What stands at a path. `mode` are the permission bits. */
export type FolderFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly mode: number }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'other' };

/** Reads what stands at `path`, links not followed. @throws the file system's error for anything but absence */
export async function readFolderFile(path: AbsPath): Promise<FolderFile> {
  try {
    const stat = await lstat(path);
    if (stat.isSymbolicLink()) return { kind: 'link', target: await readlink(path) };
    if (!stat.isFile()) return { kind: 'other' };
    return { kind: 'file', bytes: await readFile(path), mode: stat.mode & 0o7777 };
  } catch (error) {
    if (isAbsence(error)) return { kind: 'absent' };
    throw error;
  }
}

/** Replaces or makes the file in one step: nobody sees half of it. The folder is made where it is missing. */
export async function replaceFile(path: AbsPath, bytes: Buffer | string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await rm(temporary, { force: true });
    await writeFile(temporary, bytes, { mode, flag: 'wx' });
    await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** SHA-256 in hex. */
export function digestOf(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Whether a file system error says that there is nothing there. */
export function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
