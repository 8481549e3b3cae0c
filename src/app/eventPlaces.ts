import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { CommandNames } from '../agents/commandNames';
import { readWorkFile } from '../store/workFile';

/** So many work trees of one command are looked at, since each costs the agent a moment. */
const mostPlaces = 12;

/** So many folders beside each other are looked through for work trees. */
const mostChildren = 200;

/**
 * Files by the top of their work tree: it follows from the edited file, not from where the agent was started. A link is
 * both itself and the file that it leads to, since some write through it and others put a file in its place.
 */
export function placesOfFiles(files: readonly string[], cwd: string): ReadonlyMap<string, readonly string[]> {
  const tops = new Map<string, string>();
  const groups = new Map<string, string[]>();
  for (const file of files.flatMap((name) => [name, ...linkedFile(resolve(cwd, name))])) {
    const folder = dirname(resolve(cwd, file));
    const top = tops.get(folder) ?? placeOf(folder);
    tops.set(folder, top);
    const group = groups.get(top);
    if (group === undefined) groups.set(top, [file]);
    else group.push(file);
  }
  return groups;
}

/**
 * The tops of the work trees that a command may write in: that of its folder, which comes first, those of what it names,
 * and their submodules; for one that is started outside any and names none, those beside each other in its folder. Others
 * than the first only where they may be set up; `home` is what `~` stands for.
 */
export function placesOfCommand(names: CommandNames, cwd: string, home: string): readonly string[] {
  const at = (folder: string, name: string): string => resolve(folder, name.replace(/^~(?=$|[\\/])/, home));
  const folders = [cwd];
  for (const name of names.folders) folders.push(at(folders.at(-1) ?? cwd, name));
  const named = folders.flatMap((folder) => [folder, ...names.paths.map((name) => at(folder, name))]);
  const tops = new Set<string>();
  for (const path of new Set(named)) {
    const top = workTreeOf(path);
    if (top !== undefined) tops.add(top);
  }
  const found = tops.size > 0 ? [...tops].flatMap((top) => [top, ...submodulesOf(top)]) : childrenOf(cwd);
  return [...new Set([placeOf(cwd), ...found.filter(mayBeSetUp)])].slice(0, mostPlaces);
}

/** Where git is to look for the repository of a path: the top of its work tree, else the nearest folder. */
export function placeOf(path: string): string {
  return workTreeOf(path) ?? existingFolder(path);
}

/** The top of the work tree that a path is in, or would be, links followed; nothing outside any. */
function workTreeOf(path: string): string | undefined {
  let current: string;
  try {
    current = realpathSync(existingFolder(path));
  } catch {
    // It went in this moment, or may not be looked into.
    return undefined;
  }
  while (!existsSync(join(current, '.git'))) {
    const parent = dirname(current);
    if (parent === current) return undefined;
    current = parent;
  }
  return current;
}

/** The nearest folder upwards that is there; the path itself where it is one. */
function existingFolder(path: string): string {
  let current = path;
  while (!isFolder(current) && dirname(current) !== current) current = dirname(current);
  return current;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // A name that no file can have is no folder either.
    return false;
  }
}

/** The file that a link leads to; nothing for what is none. */
function linkedFile(path: string): readonly string[] {
  try {
    const real = realpathSync(path);
    return real === join(realpathSync(dirname(path)), basename(path)) ? [] : [real];
  } catch {
    // Not there, or a link that leads nowhere.
    return [];
  }
}

function submodulesOf(top: string): readonly string[] {
  const paths = [...textOf(join(top, '.gitmodules')).matchAll(/^\s*path\s*=\s*"?([^"\n]+?)"?\s*$/gm)].slice(
    0,
    mostChildren,
  );
  return paths.flatMap(([, path = '']) => {
    const inside = resolve(top, path);
    return existsSync(join(inside, '.git')) ? (workTreeOf(inside) ?? []) : [];
  });
}

function childrenOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .slice(0, mostChildren)
      .map((name) => join(folder, name))
      .filter((child) => existsSync(join(child, '.git')))
      .map((child) => realpathSync(child));
  } catch {
    // No folder, or one that may not be looked into.
    return [];
  }
}

/** Whether the repository of a work tree holds anything of ours: asking git itself is for those that do. */
export function mayBeSetUp(top: string): boolean {
  const dotGit = join(top, '.git');
  const [, named] = /^gitdir: (.*)$/m.exec(textOf(dotGit)) ?? [];
  const gitDir = named === undefined ? dotGit : resolve(top, named);
  const commonDir = resolve(gitDir, textOf(join(gitDir, 'commondir')).trim());
  return existsSync(join(commonDir, 'countersign'));
}

/** What a plain file holds; empty for what is none. */
function textOf(path: string): string {
  const file = readWorkFile(path);
  return file.kind === 'found' ? file.bytes.toString('utf8') : '';
}
