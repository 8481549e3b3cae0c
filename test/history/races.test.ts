import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'mocha';
import { type Actor, type ProvenanceRepo, payload, startCli } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';

/** Starts git as the leader of a group of processes, its hooks among them. */
function startGit(repo: ProvenanceRepo, ...args: readonly string[]): ChildProcess {
  return spawn('git', args, { cwd: repo.work, env: { ...repo.env }, stdio: 'ignore', detached: true });
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve(code ?? -1)));
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The power goes, for git and everything it started. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It had ended.
  }
}

/** Both halves of an edit of one file, each in a process that nobody waits for but this edit. */
async function editBeside(repo: ProvenanceRepo, who: Exclude<Actor, 'U'>, path: string, text: string): Promise<void> {
  await startCli(repo, ['record', 'generic'], payload('before-edit', who, [path], repo.work)).done;
  repo.write(path, text);
  await startCli(repo, ['record', 'generic'], payload('after-edit', who, [path], repo.work)).done;
}

/** Six commits of three writers on one file, the oldest at the top. */
function sixCommits(repo: ProvenanceRepo): void {
  let text = '';
  for (const [index, who] of (['A', 'H', 'B', 'A', 'H', 'B'] as const).entries()) {
    text += linesOf(`c${index}x`, 2);
    repo.edit(who, { 'a.js': text });
    repo.commit(`Commit ${index}`);
  }
}

const sixWriters = 'AAHHBBAAHHBB';

/** Each letter is the one that was wanted, or says that nobody knows. */
function assertNeverWrong(found: string, wanted: string): void {
  assert.equal(found.length, wanted.length);
  for (const [index, letter] of [...found].entries())
    assert.ok(letter === wanted[index] || /[Uur]/.test(letter), found);
}

describe('many at one ledger', () => {
  scenario('agents and a person write while history is rewritten', async (repo) => {
    sixCommits(repo);
    const rebase = startGit(repo, '-c', 'sequence.editor=true', 'rebase', '-q', '--force-rebase', 'HEAD~5');
    await Promise.all([
      ended(rebase),
      editBeside(repo, 'A', 'x.js', linesOf('xa', 3)),
      editBeside(repo, 'B', 'y.js', linesOf('yb', 3)),
      editBeside(repo, 'H', 'z.js', linesOf('zh', 3)),
      startCli(repo, ['blame', '--json', 'a.js'], '').done,
      startCli(repo, ['status', '--json'], '').done,
    ]);
    assert.equal(repo.blame('a.js', 'HEAD'), sixWriters);
    repo.commit('Beside');
    assert.equal(['x.js', 'y.js', 'z.js'].map((path) => repo.blame(path, 'HEAD')).join(''), 'AAABBBHHH');
  });
});

/** When, after its start, what is killed is killed; one in a hundred milliseconds, each at another step. */
const moments = [40, 160, 280, 420];

describe('a machine that stops at any moment', () => {
  scenario(
    'of a commit: what is there by then is right, and nothing older is lost',
    async (repo) => {
      sixCommits(repo);
      for (const [index, moment] of moments.entries()) {
        repo.edit('A', { 'b.js': linesOf('bx', 2 * (index + 1)) });
        repo.git('add', '-A');
        const commit = startGit(repo, 'commit', '-qm', `Killed ${index}`);
        // It may end before it is killed.
        const end = ended(commit);
        await wait(moment);
        kill(commit);
        await end;
        repo.tryGit(['update-index', '-q', '--refresh']);
        removeLocks(repo);
        repo.tryGit(['add', '-A']);
        repo.tryGit(['commit', '-qm', `After ${index}`]);
        assertNeverWrong(repo.blame('b.js', 'HEAD'), 'A'.repeat(2 * (index + 1)));
        assert.equal(repo.blame('a.js', 'HEAD'), sixWriters);
      }
    },
    { faults: 'expected' },
  );

  scenario(
    'of a rebase: it goes on or is given up, and all is as it was',
    async (repo) => {
      sixCommits(repo);
      for (const moment of moments) {
        const rebase = startGit(repo, 'rebase', '-q', '--force-rebase', 'HEAD~4');
        const end = ended(rebase);
        await wait(moment);
        kill(rebase);
        await end;
        removeLocks(repo);
        if (repo.tryGit(['rebase', '--abort']).status !== 0) repo.tryGit(['rebase', '--quit']);
        repo.tryGit(['checkout', '-q', '-f', 'main']);
        assertNeverWrong(repo.blame('a.js', 'main'), sixWriters);
      }
      assert.equal(repo.blame('a.js', 'main'), sixWriters);
    },
    { faults: 'expected' },
  );

  scenario(
    "of an agent's hook: at worst nobody knows",
    async (repo) => {
      sixCommits(repo);
      for (const [index, moment] of moments.entries()) {
        repo.hook('before-edit', 'A', ['b.js']);
        const text = linesOf('bx', 2 * (index + 1));
        repo.write('b.js', text);
        const hook = startCli(repo, ['record', 'generic'], payload('after-edit', 'A', ['b.js'], repo.work));
        await wait(moment / 2);
        hook.process.kill('SIGKILL');
        await hook.done;
        assertNeverWrong(repo.blame('b.js'), 'A'.repeat(2 * (index + 1)));
      }
      repo.commit();
      assertNeverWrong(repo.blame('b.js', 'HEAD'), 'A'.repeat(2 * moments.length));
      assert.equal(repo.blame('a.js', 'HEAD'), sixWriters);
    },
    { faults: 'expected' },
  );
});

/** What a person does who is told that another git process seems to be running. */
function removeLocks(repo: ProvenanceRepo): void {
  for (const name of [
    'index.lock',
    'HEAD.lock',
    'refs/heads/main.lock',
    'refs/notes/countersign.lock',
    'refs/notes/ai.lock',
  ]) {
    rmSync(join(repo.work, '.git', name), { force: true });
  }
}
