import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { decodeGeneric } from '../../src/agents/generic';
import { builtCli } from '../support/builtCli';
import { type ProvenanceRepo, provenanceRepo } from '../support/provenanceRepo';
import { writeIde } from './jetbrains/ide';

const senders = resolve(import.meta.dirname, '..', '..', 'media', 'senders');
const typed = 'typed by a person';

/** One editing session: opens `file`, waits for `told(1)` once a line is typed below the first, saves, leaves. */
interface Session {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Commands of the editor before the file is opened. */
  readonly setUp?: string;
  /** Ends once so many payloads were taken in. */
  told(count: number): Promise<void>;
}

interface Editor {
  readonly program: string;
  /** Environment without which it does not start. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the editor runs to believe that an AI writes in it. */
  readonly ai: string;
  edit(session: Session): Promise<void>;
}

/** Debian's Groovy looks for Java elsewhere than Debian's Java is. */
function javaHome(): Readonly<Record<string, string>> {
  try {
    return { JAVA_HOME: dirname(dirname(realpathSync('/usr/bin/java'))) };
  } catch {
    return {};
  }
}

const ended = (child: ChildProcess): Promise<number> =>
  new Promise((done, fail) => child.on('error', fail).on('exit', (code) => done(code ?? -1)));

const vimArguments = (session: Session): readonly string[] => [
  ...['-u', 'NONE', '-i', 'NONE', '-n', '--cmd', session.setUp ?? 'let g:nothing = 1'],
  ...['-c', `source ${join(senders, 'countersign.vim')}`, session.file],
];

const editors: readonly Editor[] = [
  {
    program: 'vim',
    ai: 'let g:loaded_copilot = 1',
    async edit(session) {
      const child = spawn('vim', ['-N', '--not-a-term', '-T', 'dumb', ...vimArguments(session)], {
        env: { ...session.env },
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      const end = ended(child);
      try {
        child.stdin.write(`o${typed}\u001b`);
        await session.told(1);
        child.stdin.write(':w\r:q\r');
        assert.equal(await end, 0);
      } finally {
        child.kill();
      }
    },
  },
  {
    program: 'nvim',
    ai: 'let g:loaded_copilot = 1',
    async edit(session) {
      const go = `${session.file}.go`;
      const keys = (text: string): string => `feedkeys("${text}", "t")`;
      const leave = `{-> filereadable("${go}") ? ${keys(':w\\<CR>:q\\<CR>')} : 0}`;
      const driver = ['-c', `call ${keys(`o${typed}\\<Esc>`)}`, '-c', `call timer_start(50, ${leave}, {"repeat": -1})`];
      const child = spawn('nvim', ['--headless', ...vimArguments(session), ...driver], {
        env: { ...session.env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const end = ended(child);
      try {
        await session.told(1);
        writeFileSync(go, '');
        assert.equal(await end, 0);
      } finally {
        child.kill();
      }
    },
  },
  {
    program: 'emacs',
    ai: "(provide 'copilot)",
    async edit(session) {
      const go = `${session.file}.go`;
      const script = `(progn ${session.setUp ?? ''} (load "${join(senders, 'countersign.el')}" nil t) (countersign-mode 1)
        (find-file "${session.file}") (end-of-line) (insert "\\n${typed}")
        (while (not (file-exists-p "${go}")) (accept-process-output nil 0.02))
        (save-buffer) (kill-emacs 0))`;
      const child = spawn('emacs', ['-Q', '--batch', '--eval', script], {
        env: { ...session.env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const end = ended(child);
      try {
        await session.told(1);
        writeFileSync(go, '');
        assert.equal(await end, 0);
      } finally {
        child.kill();
      }
    },
  },
  {
    // The sender for JetBrains' IDEs, in a stand-in for one.
    program: 'groovy',
    env: javaHome(),
    ai: 'com.github.copilot',
    async edit(session) {
      const go = `${session.file}.go`;
      const folder = join(session.file, '..', '..', 'ide');
      const sender = join(senders, 'countersign.groovy');
      const args = ['-cp', folder, writeIde(folder), sender, session.file, go, typed, session.setUp ?? ''];
      const child = spawn('groovy', args, {
        env: { ...session.env, ...javaHome() },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const end = ended(child);
      try {
        await session.told(1);
        writeFileSync(go, '');
        assert.equal(await end, 0);
      } finally {
        child.kill();
      }
    },
  },
];

async function until(test: () => boolean): Promise<void> {
  for (let round = 0; round < 1500 && !test(); round++) await wait(20);
  assert.ok(test());
}

describe('senders for other editors', function () {
  this.timeout(120_000);
  let repo: ProvenanceRepo;
  let log: string;
  beforeEach(() => {
    repo = provenanceRepo();
    repo.write('f.txt', 'one\ntwo\n');
    repo.commit('Base');
    log = join(repo.root, 'log');
  });
  afterEach(() => repo.remove());

  /** Puts a `countersign` on the path that keeps each payload and hands it on. */
  const put = (): void => {
    mkdirSync(join(repo.root, 'bin'));
    const program = join(repo.root, 'bin', 'countersign');
    const body = `cat > '${log}.now'\n'${process.execPath}' '${builtCli()}' "$@" < '${log}.now'\n{ cat '${log}.now'; echo; } >> '${log}'\n`;
    writeFileSync(program, `#!/bin/sh\n${body}`);
    chmodSync(program, 0o755);
  };
  const payloads = (): readonly string[] =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  const session = (more: Partial<Session> = {}): Session => ({
    file: join(repo.work, 'f.txt'),
    env: { ...repo.env, PATH: `${join(repo.root, 'bin')}:${repo.env['PATH']}`, TERM: 'dumb' },
    told: (count) => until(() => payloads().length >= count),
    ...more,
  });

  for (const { program, ai, edit, env = {} } of editors) {
    describe(program, () => {
      before(function () {
        if (spawnSync(program, ['--version'], { env: { ...process.env, ...env } }).status === 0) return;
        console.log(`    There is no ${program} here, so its sender is not tried.`);
        this.skip();
      });

      it('tells of an edit before and after, and what a person typed is theirs by declaration', async () => {
        put();
        repo.hook('before-edit', 'A', ['f.txt']);
        repo.write('f.txt', 'one\ntwo\nan agent wrote this line\n');
        repo.hook('after-edit', 'A', ['f.txt']);
        await edit(session());
        const file = join(repo.work, 'f.txt');
        const wrote = { wrote: { [file]: createHash('sha256').update(repo.read('f.txt')).digest('hex') } };
        const told = (event: string) => ({
          kind: 'edit',
          edit: {
            event,
            cwd: repo.work,
            files: [file],
            ...(event === 'after-edit' ? wrote : {}),
            actor: { kind: 'human' },
          },
        });
        const [before, after, ...more] = payloads().map((text) => decodeGeneric(text));
        assert.ok(before?.kind === 'edit' && after?.kind === 'edit' && more.length === 0);
        const slash = (text: typeof before) => ({
          ...text,
          edit: { ...text.edit, cwd: text.edit.cwd.replace(/\/$/, '') },
        });
        assert.deepEqual([slash(before), slash(after)], [told('before-edit'), told('after-edit')]);
        assert.equal(repo.read('f.txt'), `one\n${typed}\ntwo\nan agent wrote this line\n`);
        assert.equal(repo.blame('f.txt'), 'uHuA');
        assert.equal(repo.faults(), '');
      });

      it('is silent where Countersign is not, and where an AI writes in the editor', async () => {
        const told = (): Promise<void> => wait(300);
        const nowhere = { ...repo.env, HOME: join(repo.root, 'nowhere'), TERM: 'dumb' };
        mkdirSync(nowhere.HOME);
        await edit(session({ told, env: nowhere }));
        assert.equal(repo.read('f.txt'), `one\n${typed}\ntwo\n`);
        put();
        await edit(session({ told, setUp: ai }));
        assert.equal(repo.read('f.txt'), `one\n${typed}\n${typed}\ntwo\n`);
        assert.deepEqual(payloads(), []);
        assert.doesNotMatch(repo.blame('f.txt'), /H/);
      });
    });
  }
});
