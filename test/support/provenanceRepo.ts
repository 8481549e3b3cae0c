import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommitRecord } from '../../src/core/record/record';
import { builtCli } from './builtCli';

/** Who makes an edit, by letter: A and B are AIs that a hook pair saw, H a person by the open door, U nobody seen. */
export type Actor = 'A' | 'B' | 'H' | 'U';

/** The payload's actor for a letter, and what records say of its session. */
export const actors = {
  A: { kind: 'ai', tool: 'claude-code', model: 'claude-opus-4-6', session: 'one' },
  B: { kind: 'ai', tool: 'codex', model: 'gpt-5.2-codex', session: 'two' },
  H: { kind: 'human' },
} as const;

/** What a process left behind. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to start a process. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
}

/** One line of `blame --json`. */
export interface BlameJson {
  readonly line: number;
  readonly class: string;
  readonly tool: string | null;
  readonly model: string | null;
  readonly session: string | null;
  readonly commit: string | null;
  readonly evidence: string | null;
  readonly reason: string | null;
}

/**
 * A real repository in a fresh folder, set up by the built command line's `init --yes`, with a HOME of its own.
 * Text before `init` is one commit of `base.js`, three lines.
 */
export interface ProvenanceRepo {
  /** Folder that holds everything; removed by `remove`. */
  readonly root: string;
  readonly work: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs git and returns its output without the last line feed; an error where git ends otherwise than well. */
  git(...args: readonly string[]): string;
  tryGit(args: readonly string[], options?: RunOptions): Ran;
  cli(args: readonly string[], options?: RunOptions): Ran;
  /** One half of a hook pair; without files, of every changed file. */
  hook(event: 'before-edit' | 'after-edit', actor: Exclude<Actor, 'U'>, files: readonly string[], cwd?: string): void;
  write(path: string | Buffer, content: string | Buffer): void;
  read(path: string): string;
  /** Writes (or, with `undefined`, removes) files the way the actor does: in one hook pair, or unseen. */
  edit(actor: Actor, files: Readonly<Record<string, string | Buffer | undefined>>): void;
  /** `git add -A`, `git commit -m`; the commit's id. */
  commit(message?: string, ...options: readonly string[]): string;
  /** Body of the commit's message. */
  message(rev?: string): string;
  /** The note of a commit, byte for byte as Latin-1; nothing where it has none. */
  note(ref: 'countersign' | 'ai', rev?: string): string | undefined;
  /** The one record in the note of a commit. */
  record(rev?: string): CommitRecord;
  blameJson(path: string, rev?: string): readonly BlameJson[];
  /**
   * The classes of a file's lines as letters: A B ai, a b ai-edited, H human as a hook was told, C a person's claim,
   * M human as an editor saw, P pasted, U outside-write, u not-watched, r no-record, 0 before adoption; ? another AI.
   */
  blame(path: string, rev?: string): string;
  /** What hooks and `record` logged as their own faults. */
  faults(): string;
  remove(): void;
}

interface Template {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

const template = new Map<'empty' | 'started', Template>();

/** Lines that were there before `init`. */
export const baseText = 'function base() {\n  return 1;\n}\n';

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: RunOptions & { readonly cwd: string },
): Ran {
  const result = spawnSync(program, [...args], {
    cwd: options.cwd,
    env: { ...env, ...options.env },
    input: options.input ?? '',
    maxBuffer: 1 << 28,
  });
  // A program may end without having read all that it was given.
  if (result.error !== undefined && !('code' in result.error && result.error.code === 'EPIPE')) throw result.error;
  return {
    status: result.status ?? -1,
    stdout: result.stdout.toString('latin1'),
    stderr: result.stderr.toString('utf8'),
  };
}

/** The environment of one home folder: nothing of the machine's configuration counts. */
export function homeEnv(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
  };
}

function makeTemplate(kind: 'empty' | 'started'): Template {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-home-')));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const env = homeEnv(root);
  writeFileSync(
    join(root, '.gitconfig'),
    '[user]\n\tname = Ana\n\temail = ana@example.com\n[init]\n\tdefaultBranch = main\n[core]\n\teditor = true\n[gc]\n\tauto = 0\n[advice]\n\tdetachedHead = false\n',
  );
  const work = join(root, 'repo');
  const step = (program: string, ...args: readonly string[]): void => {
    const { status, stderr } = run(program, args, env, { cwd: work });
    if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  };
  mkdirSync(work);
  step('git', 'init', '-q');
  if (kind === 'started') {
    writeFileSync(join(work, 'base.js'), baseText);
    step('git', 'add', '.');
    step('git', 'commit', '-q', '-m', 'Start');
  }
  step(process.execPath, builtCli(), 'init', '--yes');
  return { root, env };
}

function letterOf({ class: lineClass, tool, evidence, reason }: BlameJson): string {
  const known = tool === actors.A.tool ? 'A' : tool === actors.B.tool ? 'B' : '?';
  switch (lineClass) {
    case 'ai':
      return known;
    case 'ai-edited':
      return known.toLowerCase();
    case 'human':
      return evidence === 'declared' ? 'H' : 'M';
    case 'pasted':
      return 'P';
    default:
      return (
        { 'outside-write': 'U', 'not-watched': 'u', 'no-record': 'r', 'before-adoption': '0' }[reason ?? ''] ?? '!'
      );
  }
}

/** Makes a repository; `empty` has no commit yet. */
export function provenanceRepo(kind: 'empty' | 'started' = 'started'): ProvenanceRepo {
  const from = template.get(kind) ?? makeTemplate(kind);
  template.set(kind, from);
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-history-')));
  const work = join(root, 'repo');
  cpSync(join(from.root, 'repo'), work, { recursive: true });
  return repoAt(root, work, from.env);
}

/** The same hands on another work tree (a linked one, a clone). */
export function repoAt(root: string, work: string, env: Readonly<Record<string, string>>): ProvenanceRepo {
  const tryGit: ProvenanceRepo['tryGit'] = (args, options = {}) => run('git', args, env, { cwd: work, ...options });
  const git: ProvenanceRepo['git'] = (...args) => {
    const { status, stdout, stderr } = tryGit(args);
    if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`);
    return Buffer.from(stdout.replace(/\n$/, ''), 'latin1').toString('utf8');
  };
  const cli: ProvenanceRepo['cli'] = (args, options = {}) =>
    run(process.execPath, [builtCli(), ...args], env, { cwd: work, ...options });
  const json = (args: readonly string[]): unknown => {
    const { status, stdout, stderr } = cli(args);
    if (status !== 0) throw new Error(`countersign ${args.join(' ')} ended with ${status}: ${stderr}`);
    return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8'));
  };
  const at = (path: string | Buffer): Buffer => Buffer.concat([Buffer.from(`${work}/`), Buffer.from(path)]);
  const write: ProvenanceRepo['write'] = (path, content) => {
    const full = at(path);
    mkdirSync(full.subarray(0, full.lastIndexOf('/')), { recursive: true });
    writeFileSync(full, content);
  };
  const hook: ProvenanceRepo['hook'] = (event, actor, files, cwd = work) => {
    const { status, stdout, stderr } = cli(['record', 'generic'], { input: payload(event, actor, files, cwd) });
    if (status !== 0 || stdout !== '' || stderr !== '') throw new Error(`record: ${status} ${stdout}${stderr}`);
  };
  const note: ProvenanceRepo['note'] = (ref, rev = 'HEAD') => {
    const { status, stdout } = tryGit(['notes', `--ref=${ref}`, 'show', rev]);
    return status === 0 ? stdout : undefined;
  };
  const blameJson: ProvenanceRepo['blameJson'] = (path, rev) => {
    const args = ['blame', '--json', ...(rev === undefined ? [] : ['--rev', rev]), '--', path];
    return (json(args) as { readonly lines: readonly BlameJson[] }).lines;
  };
  return {
    root,
    work,
    env,
    git,
    tryGit,
    cli,
    hook,
    write,
    read: (path) => readFileSync(at(path), 'utf8'),
    edit(actor, files) {
      const names = Object.keys(files);
      if (actor !== 'U') hook('before-edit', actor, names);
      for (const [path, content] of Object.entries(files)) {
        if (content === undefined) rmSync(at(path), { force: true });
        else write(path, content);
      }
      if (actor !== 'U') hook('after-edit', actor, names);
    },
    commit(message = 'A change', ...options) {
      git('add', '-A');
      git('commit', '-q', '-m', message, ...options);
      return git('rev-parse', 'HEAD');
    },
    message: (rev = 'HEAD') => git('log', '-1', '--format=%B', rev, '--'),
    note,
    record(rev = 'HEAD') {
      const text = note('countersign', rev);
      if (text === undefined) throw new Error(`${rev} has no record`);
      const lines = Buffer.from(text, 'latin1')
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '');
      if (lines.length !== 1) throw new Error(`the note of ${rev} has ${lines.length} lines`);
      return JSON.parse(lines[0] ?? '') as CommitRecord;
    },
    blameJson,
    blame: (path, rev) => blameJson(path, rev).map(letterOf).join(''),
    faults() {
      const file = join(work, '.git', 'countersign', 'faults.log');
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    },
    // What runs behind a push may still write.
    remove: () => removeFolder(root),
  };
}

/** Removes a folder into which a process behind a push may still write: a file that comes meanwhile is no reason to fail. */
function removeFolder(folder: string): void {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === 50) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}

/** One payload of `record generic`. */
export function payload(
  event: 'before-edit' | 'after-edit',
  actor: Exclude<Actor, 'U'>,
  files: readonly string[],
  cwd: string,
): string {
  return JSON.stringify({ event, cwd, files, actor: actors[actor] });
}

/** Starts the command line without waiting for it. */
export function startCli(
  repo: ProvenanceRepo,
  args: readonly string[],
  input: string,
): { readonly process: ChildProcess; readonly done: Promise<number> } {
  const child = spawn(process.execPath, [builtCli(), ...args], {
    cwd: repo.work,
    env: { ...repo.env },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(input);
  return {
    process: child,
    done: new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve(code ?? -1))),
  };
}
