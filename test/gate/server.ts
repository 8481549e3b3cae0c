import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { attachRecords } from '../../src/app/attachRecords';
import { blobIdAt } from '../../src/app/blobs';
import { recordsOf } from '../../src/app/commitRecords';
import { checkLocally } from '../../src/app/gate/localCheck';
import { type Decision, makeStatement, signAndAttach, signableRange } from '../../src/app/gate/sign';
import { type Repository, withRepository } from '../../src/app/repository';
import type { RepoPath, Sha } from '../../src/core/brand';
import { SshFixture } from '../signing/sshFixture';
import { builtCli } from '../support/builtCli';

/** What a command left behind. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One person's clone. */
export interface Clone {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  git(...args: readonly string[]): string;
  tryGit(...args: readonly string[]): Ran;
  cli(...args: readonly string[]): Ran;
  write(path: string, text: string): void;
  /** Adds everything and commits. */
  commit(message?: string): Sha;
  /** Pushes to `origin`; the exit code and what was printed. */
  push(...args: readonly string[]): Ran;
  use<T>(work: (repo: Repository) => Promise<T>): Promise<T>;
  /** Says that a person typed every line that a commit added to a path; `ai` for one session of an AI. */
  record(commit: Sha, path: string, lines: string, who?: 'human' | 'ai'): Promise<void>;
  /** Signs what is headed for main with a key; the id of the event. */
  sign(
    key: string,
    options?: {
      readonly head?: string;
      readonly base?: string;
      readonly target?: string;
      readonly decision?: Decision;
    },
  ): Promise<string>;
}

/** A real bare repository whose `hooks/pre-receive` is the built command line, and clones of it. */
export interface Server {
  readonly root: string;
  readonly bare: string;
  readonly keys: SshFixture;
  /** Runs git in the bare repository. */
  git(...args: readonly string[]): string;
  /** The id that a ref holds, or `none`. */
  ref(name: string): string;
  clone(person: 'ana' | 'bo' | 'carla'): Clone;
  /** The hook with arguments, on and off. */
  hook(...args: readonly string[]): void;
  noHook(): void;
  remove(): void;
}

/** A policy that asks for one senior from one line on. */
export function policyText(changes: Readonly<Record<string, string>> = {}): string {
  const keys: Record<string, string> = {
    schema: '1',
    revision: '1',
    repository: 'test-repository',
    mode: 'enforce',
    protect: '[main, "release/**", "refs/tags/v*"]',
    threshold: '{ lines: 1, share: 0 }',
    exempt: '["docs/**"]',
    seniors: '[{ principal: carla@example.com }, { principal: dora@example.com }]',
    allowedSigners: 'signers',
    ...changes,
  };
  return Object.entries(keys)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

function run(program: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Ran {
  const result = spawnSync(program, [...args], { cwd, env: { ...env }, input: '', maxBuffer: 1 << 26 });
  if (result.error !== undefined) throw result.error;
  return {
    status: result.status ?? -1,
    stdout: result.stdout.toString('utf8'),
    stderr: result.stderr.toString('utf8'),
  };
}

function must(ran: Ran, args: readonly string[]): string {
  if (ran.status !== 0) throw new Error(`${args.join(' ')} ended with ${ran.status}: ${ran.stderr}${ran.stdout}`);
  return ran.stdout.replace(/\n$/, '');
}

let clock = 1_700_000_000;

/** The environment of one person: no configuration of the machine counts, and each commit has a time of its own. */
function personEnv(home: string, person: string): Record<string, string> {
  clock += 10;
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C.UTF-8',
    GIT_AUTHOR_NAME: person,
    GIT_AUTHOR_EMAIL: `${person}@example.com`,
    GIT_AUTHOR_DATE: `${clock} +0000`,
    GIT_COMMITTER_NAME: person,
    GIT_COMMITTER_EMAIL: `${person}@example.com`,
    GIT_COMMITTER_DATE: `${clock} +0000`,
  };
}

interface Template {
  readonly root: string;
  readonly keys: SshFixture;
}

let template: Template | undefined;

/** Makes the server once; each test has a copy, whose main holds the policy and three lines of text. */
export function server(changes: Readonly<Record<string, string>> = {}): Server {
  template ??= makeTemplate();
  const made = serverFrom(template);
  if (Object.keys(changes).length > 0) {
    made.noHook();
    const ana = made.clone('ana');
    ana.write('.countersign.yml', policyText(changes));
    ana.commit('Another policy');
    must(ana.push('main'), ['push']);
    made.hook();
  }
  return made;
}

function makeTemplate(): Template {
  const keys = new SshFixture();
  process.on('exit', () => keys.dispose());
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-server-')));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  for (const name of ['carla', 'dora', 'mallory']) keys.key(name);
  const empty = emptyServer(root, keys);
  const ana = empty.clone('ana');
  ana.write('.countersign.yml', policyText());
  ana.write(
    'signers',
    ['carla', 'dora']
      .map((name) => `${name}@example.com namespaces="countersign" ${keys.pub(join(keys.home, name))}\n`)
      .join(''),
  );
  ana.write('code.js', 'one\ntwo\nthree\n');
  ana.commit('Start');
  must(ana.push('main'), ['push']);
  rmSync(ana.path, { recursive: true, force: true });
  return { root, keys };
}

function serverFrom(from: Template): Server {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-server-')));
  cpSync(from.root, root, { recursive: true });
  const made = serverAt(root, from.keys);
  made.hook();
  return made;
}

/** A server without a commit, without the hook. */
export function emptyServer(root: string, keys: SshFixture): Server {
  const bare = join(root, 'server.git');
  must(run('git', ['init', '-q', '--bare', '-b', 'main', bare], root, personEnv(root, 'server')), ['init']);
  return serverAt(root, keys);
}

/** A folder of its own for {@link emptyServer}. */
export function emptyRoot(): { readonly root: string; readonly keys: SshFixture } {
  template ??= makeTemplate();
  return { root: realpathSync(mkdtempSync(join(tmpdir(), 'countersign-server-'))), keys: template.keys };
}

function serverAt(root: string, keys: SshFixture): Server {
  const bare = join(root, 'server.git');
  const env = personEnv(root, 'server');
  const file = join(bare, 'hooks', 'pre-receive');
  const made: Server = {
    root,
    bare,
    keys,
    git: (...args) => must(run('git', args, bare, env), args),
    ref: (name) => run('git', ['rev-parse', '--verify', '--quiet', name], bare, env).stdout.trim() || 'none',
    clone: (person) => clone(made, person),
    hook(...args) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${builtCli()}' pre-receive ${args.join(' ')}\n`);
      chmodSync(file, 0o755);
    },
    noHook: () => rmSync(file, { force: true }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  return made;
}

const approval: Decision = { event: 'approve' };

let clones = 0;

function clone(from: Server, person: string): Clone {
  clones += 1;
  const path = join(from.root, `${person}-${clones}`);
  must(run('git', ['clone', '-q', from.bare, path], from.root, personEnv(from.root, person)), ['clone']);
  must(run('git', ['checkout', '-q', '-B', 'main'], path, personEnv(from.root, person)), ['checkout']);
  const tryGit: Clone['tryGit'] = (...args) => run('git', args, path, personEnv(from.root, person));
  const git: Clone['git'] = (...args) => must(tryGit(...args), args);
  const use: Clone['use'] = (work) => withRepository(path, { env: personEnv(from.root, person) }, work);
  return {
    path,
    env: personEnv(from.root, person),
    git,
    tryGit,
    use,
    cli: (...args) => run(process.execPath, [builtCli(), ...args], path, personEnv(from.root, person)),
    write(name, text) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
    },
    commit(message = 'A change') {
      git('add', '-A');
      git('commit', '-q', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD') as Sha;
    },
    push: (...args) => tryGit('push', '-q', 'origin', ...args),
    record: (commit, name, lines, who = 'human') =>
      use(async (repo) => {
        const blob = await blobIdAt(repo, commit, name as RepoPath);
        const [first = 0, last = first] = lines.split('-').map(Number);
        const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
        await attachRecords(repo, [
          {
            commit,
            record: {
              schema: 1,
              tool: 'countersign',
              ...(who === 'ai'
                ? {
                    sessions: { s1: { tool: 'codex', session: '0123456789abcd', kind: 'agent', evidence: 'measured' } },
                  }
                : {}),
              files: { [name]: { blob: blob ?? commit, lines: [[lines, who === 'ai' ? 's1' : 'human']] } },
              counts: {
                ai: who === 'ai' ? numbers.length : 0,
                'ai-edited': 0,
                deleted: 0,
                human: who === 'ai' ? 0 : numbers.length,
                pasted: 0,
                unknown: 0,
              },
            },
          },
        ]);
      }),
    sign: (key, { head = 'HEAD', base, target = 'main', decision = approval } = {}) =>
      use(async (repo) => {
        const records = recordsOf(repo);
        const judgement = await checkLocally(repo, records, { head, target, ...(base === undefined ? {} : { base }) });
        const range = await signableRange(repo, judgement);
        const statement = await makeStatement(repo, records, range, {
          decision,
          principal: `${key}@example.com`,
          answers: {},
          how: 'acknowledged',
          unattended: true,
        });
        const file = join(from.keys.home, key);
        if (!existsSync(file)) throw new Error(`no key ${key}`);
        const signer = {
          program: 'ssh-keygen',
          key: { kind: 'file', path: file },
          env: from.keys.env,
          timeoutMs: 10_000,
        } as const;
        return (await signAndAttach(repo, range, statement, signer)).id;
      }),
  };
}
