import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { AbsPath } from '../core/brand';
import { createGit, type Git } from './git';

/** A place for objects that nobody shall keep. */
export interface Scratch {
  /**
   * A bare repository of its own that sees the objects of the first one: what is written stays here. It has no refs,
   * attributes, hooks or configuration, not the user's either, so results depend on the objects alone.
   */
  readonly git: Git;
  /** Removes it. May be called twice. */
  dispose(): Promise<void>;
}

/** Makes a {@link Scratch} in the temporary folder. @throws ToolError `git-failed`; Error when it cannot be made */
export async function openScratch(git: Git): Promise<Scratch> {
  const asked = ['rev-parse', '--path-format=absolute', '--git-path', 'objects'];
  const objects = git.env['GIT_OBJECT_DIRECTORY'] ?? (await git.text(asked));
  const folder = await mkdtemp(join(tmpdir(), 'countersign-scratch-'));
  const at = (...parts: string[]): AbsPath => join(folder, ...parts) as AbsPath;
  try {
    await mkdir(at('objects', 'info'), { recursive: true });
    await mkdir(at('refs'));
    await mkdir(at('home'));
    await writeFile(at('HEAD'), 'ref: refs/heads/none\n');
    const format = git.objectFormat === 'sha256' ? '1\n[extensions]\n\tobjectFormat = sha256\n[core]\n' : '0\n';
    await writeFile(at('config'), `[core]\n\trepositoryFormatVersion = ${format}\tbare = true\n`);
    const shallow = git.env['GIT_SHALLOW_FILE'] ?? join(git.commonDir, 'shallow');
    return {
      git: createGit({
        gitDir: at(),
        commonDir: at(),
        workTree: undefined,
        objectFormat: git.objectFormat,
        program: git.program,
        env: {
          ...withoutGit(git.env),
          LC_ALL: 'C',
          LANGUAGE: 'C',
          GIT_NO_REPLACE_OBJECTS: '1',
          GIT_GRAFT_FILE: '/dev/null',
          GIT_DIR: at(),
          GIT_OBJECT_DIRECTORY: at('objects'),
          GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates(objects, git.env['GIT_ALTERNATE_OBJECT_DIRECTORIES']),
          GIT_SHALLOW_FILE: shallow,
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_ATTR_NOSYSTEM: '1',
          XDG_CONFIG_HOME: at('home'),
          HOME: at('home'),
        },
      }),
      dispose: () => rm(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function withoutGit(env: Git['env']): Git['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.toUpperCase().startsWith('GIT_')));
}

/** Entries that hold the delimiter or begin with a quote are quoted (git's Documentation/git, the variable's text). */
function alternates(objects: string, inherited: string | undefined): string {
  const first =
    objects.includes(delimiter) || objects.startsWith('"') ? `"${objects.replace(/["\\]/g, '\\$&')}"` : objects;
  return inherited === undefined || inherited === '' ? first : `${first}${delimiter}${inherited}`;
}
