import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AbsPath } from '../../src/core/brand';
import { type Git, openGit } from '../../src/git/git';

/** A repository in a folder whose name holds a space, a quote and a dollar, and a runtime that writes down each call. */
export interface SetupRepository {
  readonly root: string;
  readonly work: string;
  readonly launcher: AbsPath;
  readonly env: Readonly<Record<string, string>>;
  git(
    args: readonly string[],
    options?: { cwd?: string; env?: Record<string, string>; input?: string },
  ): {
    status: number | null;
    stdout: string;
    stderr: string;
  };
  open(cwd?: string): Promise<Git>;
  write(path: string, text: string, mode?: number): void;
  read(path: string): string;
  /** One line a call since the last question: `<hook> <arguments>|<stdin>`. */
  calls(): readonly string[];
  /** What the runtime's next calls end with. */
  answer(status: number): void;
  /** Every file of the git directory but objects, logs and index: path -> kind, mode, content. */
  snapshot(): Readonly<Record<string, string>>;
  remove(): void;
}

export function setupRepository(): SetupRepository {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-setup-')));
  const base = join(root, "it's a $HOME");
  const work = join(base, 'work');
  const launcher = join(base, 'data', 'countersign') as AbsPath;
  const log = join(base, 'calls');
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: base,
    GIT_CONFIG_GLOBAL: join(base, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@b',
    PROBE_LOG: log,
    PROBE_STATUS: join(base, 'status'),
  };
  mkdirSync(work, { recursive: true });
  writeFileSync(env.GIT_CONFIG_GLOBAL, '[init]\n\tdefaultBranch = main\n[core]\n\teditor = true\n');
  mkdirSync(dirname(launcher));
  const probe = [
    '#!/bin/sh',
    'shift',
    'input=',
    'case $1 in pre-push | post-rewrite) input=$(cat) ;; esac',
    'printf "%s|%s\\n" "$*" "$(printf %s "$input" | tr "\\n" ";")" >>"$PROBE_LOG"',
    '[ ! -f "$PROBE_STATUS" ] || exit "$(cat "$PROBE_STATUS")"',
  ];
  writeFileSync(launcher, `${probe.join('\n')}\n`, { mode: 0o755 });
  const git: SetupRepository['git'] = (args, options = {}) =>
    spawnSync('git', [...args], {
      cwd: options.cwd ?? work,
      env: { ...env, ...options.env },
      encoding: 'utf8',
      input: options.input ?? '',
    });
  git(['init', '-q']);
  git(['init', '-q', '--bare', join(base, 'remote.git')]);
  git(['remote', 'add', 'origin', join(base, 'remote.git')]);
  const path = (name: string) => join(work, name);
  return {
    root,
    work,
    launcher,
    env,
    git,
    async open(cwd = work) {
      const found = await openGit(cwd, { env, environment: 'clean' });
      if (found.kind !== 'found') throw new Error(found.detail);
      return found.git;
    },
    write(name, text, mode) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text);
      if (mode !== undefined) chmodSync(path(name), mode);
    },
    read: (name) => readFileSync(path(name), 'latin1'),
    calls() {
      if (!existsSync(log)) return [];
      const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
      rmSync(log);
      return lines;
    },
    answer: (status) => writeFileSync(env.PROBE_STATUS, String(status)),
    snapshot: () => snapshotOf(path('.git')),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function snapshotOf(folder: string, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder)) {
    const [path, shown] = [join(folder, name), prefix + name];
    if (/^(objects|logs|index|COMMIT_EDITMSG|ORIG_HEAD|refs)$/.test(shown)) continue;
    const stat = lstatSync(path);
    if (stat.isDirectory()) Object.assign(found, { [`${shown}/`]: 'folder' }, snapshotOf(path, `${shown}/`));
    else if (stat.isSymbolicLink()) found[shown] = `link ${readlinkSync(path)}`;
    else found[shown] = `${(stat.mode & 0o777).toString(8)} ${readFileSync(path, 'base64')}`;
  }
  return found;
}
