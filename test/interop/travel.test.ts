import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'mocha';
import { pastHooks } from '../support/pastHooks';
import { type ProvenanceRepo, repoAt } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';

const records = 'refs/notes/countersign';

/** A bare repository that a clone pushes to, with a log of who connected to it. */
interface Remote {
  readonly bare: string;
  git(...args: readonly string[]): string;
  /** Ids of the annotated commits, sorted. */
  noted(ref?: string): readonly string[];
  /** Waits until the notes are those of the commits. */
  holds(...commits: readonly string[]): Promise<void>;
  /** How often git connected to it, by command. */
  connections(): readonly string[];
  hook(name: string, text: string): void;
}

/** Makes a remote `name` of a clone, told to `init` unless it is to stay unknown to it. */
function remote(repo: ProvenanceRepo, name = 'origin', told: 'told' | 'not told' = 'told'): Remote {
  const bare = join(repo.root, `${name}.git`);
  repo.git('init', '-q', '--bare', '-b', 'main', bare);
  repo.git('push', '-q', '--no-verify', bare, 'main:main');
  repo.git('remote', 'add', name, bare);
  repo.git('fetch', '-q', name);
  if (told === 'told') assert.equal(repo.cli(['init', '--yes', '--agents', 'none']).status, 0);
  const log = join(repo.root, `${name}.log`);
  for (const command of ['upload-pack', 'receive-pack']) {
    const program = join(repo.root, `${name}-${command}`);
    writeFileSync(program, `#!/bin/sh\necho ${command} >>'${log}'\nexec git ${command} "$@"\n`);
    chmodSync(program, 0o755);
    repo.git('config', `remote.${name}.${command.replace('-', '')}`, program);
  }
  const at = repoAt(repo.root, bare, repo.env);
  const noted: Remote['noted'] = (ref = records) => {
    const listed = at.tryGit(['ls-tree', '-r', '--name-only', ref]);
    if (listed.status !== 0) return [];
    return listed.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((path) => path.replaceAll('/', ''))
      .sort();
  };
  return {
    bare,
    git: at.git,
    noted,
    async holds(...commits) {
      const wanted = [...commits].sort().join();
      for (let tries = 0; tries < 300 && noted().join() !== wanted; tries++) await pause(100);
      assert.equal(noted().join(), wanted);
    },
    connections: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
    hook(hook, text) {
      writeFileSync(join(bare, 'hooks', hook), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bare, 'hooks', hook), 0o755);
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Time in which a publication that must not be would have been. */
const long = 2500;

function aiCommit(repo: ProvenanceRepo, name: string): string {
  repo.edit('A', { [name]: linesOf('x', 2) });
  return repo.commit(`Add ${name}`);
}

describe('where records travel', () => {
  scenario('after a push of a branch, nobody waiting, those of its commits alone', async (repo) => {
    const origin = remote(repo);
    repo.git('checkout', '-q', '-b', 'kept');
    const kept = aiCommit(repo, 'kept.js');
    repo.git('checkout', '-q', '-b', 'topic', 'main');
    const [first, second] = [aiCommit(repo, 'a.js'), aiCommit(repo, 'b.js')];
    const pushed = repo.tryGit(['push', '-q', 'origin', 'topic']);
    assert.deepEqual([pushed.status, pushed.stderr], [0, '']);
    assert.deepEqual(origin.connections(), ['receive-pack']);
    await origin.holds(first, second);
    assert.ok(!origin.noted().includes(kept));
    assert.deepEqual(origin.noted('refs/notes/ai'), []);
    // In a clone that was told nothing of it they are there to be fetched.
    repo.git('clone', '-q', '-b', 'topic', origin.bare, join(repo.root, 'other'));
    const other = repoAt(repo.root, join(repo.root, 'other'), repo.env);
    assert.equal(other.cli(['sync', 'origin']).status, 0);
    assert.equal(other.blame('b.js', 'HEAD'), 'AA');
  });

  scenario('never in a dry run, however it is spelt', async (repo) => {
    const origin = remote(repo);
    repo.git('config', 'alias.try', 'push -n');
    repo.git('checkout', '-q', '-b', 'topic');
    aiCommit(repo, 'a.js');
    const ways = [
      ['push', '-n', 'origin', 'topic'],
      ['push', '-qn', 'origin', 'topic'],
      ['push', '-fnq', 'origin', 'topic'],
      ['push', '--dry-run', 'origin', 'topic'],
      ['push', '--dry', 'origin', 'topic'],
      ['-c', 'core.quotePath=false', 'push', 'origin', 'topic', '-n'],
      ['try', 'origin', 'topic'],
      ['push', '-n', origin.bare, 'topic'],
    ];
    for (const args of ways) assert.equal(repo.tryGit(args).status, 0, args.join(' '));
    await pause(long);
    assert.deepEqual(origin.noted(), []);
    // Each asks once what is there, and by the URL alone git starts its own program.
    assert.deepEqual(origin.connections(), new Array(ways.length - 1).fill('receive-pack'));
  });

  scenario('not with a push that the remote refuses', async (repo) => {
    const origin = remote(repo);
    origin.hook('update', 'case $1 in refs/heads/*) exit 1 ;; esac');
    repo.git('checkout', '-q', '-b', 'topic');
    const commit = aiCommit(repo, 'a.js');
    assert.notEqual(repo.tryGit(['push', '-q', 'origin', 'topic']).status, 0);
    await pause(long);
    assert.deepEqual(origin.noted(), []);
    origin.hook('update', 'exit 0');
    repo.git('push', '-q', 'origin', 'topic');
    await origin.holds(commit);
  });

  scenario('and a remote that refuses them takes the push', async (repo) => {
    const origin = remote(repo);
    origin.hook('update', 'case $1 in refs/notes/*) echo no notes here; exit 1 ;; esac');
    repo.git('checkout', '-q', '-b', 'topic');
    const commit = aiCommit(repo, 'a.js');
    const pushed = repo.tryGit(['push', '-q', 'origin', 'topic']);
    assert.deepEqual([pushed.status, pushed.stderr], [0, '']);
    assert.equal(origin.git('rev-parse', 'topic'), commit);
    const synced = repo.cli(['sync', 'origin']);
    assert.equal(synced.status, 1);
    assert.match(synced.stderr, /origin did not take refs\/notes\/countersign/);
    origin.hook('update', 'exit 0');
    assert.equal(repo.cli(['sync', 'origin']).status, 0);
    await origin.holds(commit);
  });

  scenario('only by sync where that is wanted', async (repo) => {
    const origin = remote(repo);
    repo.git('config', 'countersign.publish', 'manual');
    repo.git('checkout', '-q', '-b', 'topic');
    const first = aiCommit(repo, 'a.js');
    repo.git('push', '-q', 'origin', 'topic');
    const later = aiCommit(repo, 'b.js');
    await pause(long);
    assert.deepEqual(origin.noted(), []);
    assert.equal(repo.cli(['sync']).status, 0);
    await origin.holds(first);
    // Before the push of its commits a range goes only by its name.
    assert.equal(repo.cli(['sync', 'origin', 'origin/topic..topic']).status, 0);
    await origin.holds(first, later);
  });

  scenario('into another clone, where a file is taken from a branch that was never switched to', (repo) => {
    remote(repo);
    repo.git('config', 'countersign.publish', 'manual');
    repo.edit('H', { 'a.js': linesOf('h', 2) });
    repo.commit('Start of a');
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('A', { 'a.js': linesOf('h', 2) + linesOf('x', 3), 'b.js': linesOf('y', 2) });
    repo.commit('Topic');
    repo.git('push', '-q', 'origin', 'main', 'topic');
    assert.equal(repo.cli(['sync']).status, 0);
    const there = repoAt(repo.root, join(repo.root, 'there'), repo.env);
    repo.git('clone', '-q', '-b', 'main', join(repo.root, 'origin.git'), there.work);
    there.git('config', 'user.name', 'There');
    there.git('config', 'user.email', 'there@example.com');
    for (const args of [['init', '--yes', '--agents', 'none'], ['sync']]) assert.equal(there.cli(args).status, 0);
    there.git('checkout', '-q', 'origin/topic', '--', 'a.js', 'b.js');
    assert.equal(there.blame('a.js'), 'HHAAA');
    assert.equal(there.blame('b.js'), 'AA');
    there.commit('Taken');
    assert.equal(there.blame('a.js', 'HEAD'), 'HHAAA');
    assert.equal(there.blame('b.js', 'HEAD'), 'AA');
    there.git('reset', '-q', '--hard', 'HEAD~1');
    there.git('checkout', '-q', 'origin/topic', '--', 'a.js', 'b.js');
    there.git(...pastHooks, 'commit', '-qm', 'Taken unseen');
    assert.equal(there.blame('a.js', 'HEAD'), 'HHAAA');
    assert.equal(there.blame('b.js', 'HEAD'), 'AA');
  });

  scenario('into another clone, where text that comes back from older commits is whose it was', (repo) => {
    remote(repo);
    repo.git('config', 'countersign.publish', 'manual');
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.commit('Made');
    repo.edit('H', { 'a.js': 'nothing of it stays\nwhere somebody begins anew\n' });
    repo.commit('Made anew');
    repo.git('push', '-q', 'origin', 'main');
    assert.equal(repo.cli(['sync']).status, 0);
    const there = repoAt(repo.root, join(repo.root, 'there'), repo.env);
    repo.git('clone', '-q', join(repo.root, 'origin.git'), there.work);
    there.git('config', 'user.name', 'There');
    there.git('config', 'user.email', 'there@example.com');
    for (const args of [['init', '--yes', '--agents', 'none'], ['sync']]) assert.equal(there.cli(args).status, 0);
    there.git('checkout', '-q', 'HEAD~1', '--', 'a.js');
    assert.equal(there.blame('a.js'), 'AAA');
    there.commit('Back');
    assert.equal(there.blame('a.js', 'HEAD'), 'AAA');
    there.git('checkout', '-q', 'HEAD~1', '--', 'a.js');
    there.git(...pastHooks, 'commit', '-qm', 'And forth, unseen');
    assert.equal(there.blame('a.js', 'HEAD'), 'HH');
  });

  scenario('by `sync`, too, those of pushed commits that no hook saw', async (repo) => {
    const origin = remote(repo);
    repo.git('config', 'countersign.publish', 'manual');
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.git('add', '-A');
    repo.git(...pastHooks, 'commit', '-qm', 'Unseen');
    const unseen = repo.git('rev-parse', 'HEAD');
    const seen = aiCommit(repo, 'b.js');
    repo.git('push', '-q', 'origin', 'topic');
    assert.equal(repo.cli(['sync']).status, 0);
    await origin.holds(unseen, seen);
  });

  scenario('to the remote of a URL, and to none that was not told', async (repo) => {
    const origin = remote(repo);
    const other = remote(repo, 'other', 'not told');
    repo.git('checkout', '-q', '-b', 'topic');
    const commit = aiCommit(repo, 'a.js');
    repo.git('push', '-q', 'other', 'topic');
    repo.git('push', '-q', origin.bare, 'topic');
    await origin.holds(commit);
    assert.deepEqual(other.noted(), []);
    assert.equal(repo.cli(['sync', 'other']).status, 1);
    repo.git('config', '--add', 'countersign.remote', 'other');
    assert.equal(repo.cli(['sync', other.bare]).status, 0);
    await other.holds(commit);
    // The mirror goes where it is wanted, also of commits that went before.
    assert.deepEqual(other.noted('refs/notes/ai'), []);
    repo.git('config', 'countersign.gitAi', 'publish');
    assert.equal(repo.cli(['sync', 'other']).status, 0);
    assert.deepEqual(other.noted('refs/notes/ai'), [commit]);
    assert.match(repo.cli(['sync', 'other']).stdout, /nothing to publish/);
  });

  scenario('with tags, and to branches of another name', async (repo) => {
    const origin = remote(repo);
    const commit = aiCommit(repo, 'a.js');
    repo.git('tag', '-a', '-m', 'One', 'v1');
    repo.git('push', '-q', 'origin', 'v1');
    await origin.holds(commit);
    const next = aiCommit(repo, 'b.js');
    repo.git('push', '-q', 'origin', 'HEAD:refs/for/review');
    await origin.holds(commit, next);
  });

  scenario('and stay, whatever is fetched, pruned or forced', async (repo) => {
    const origin = remote(repo);
    repo.git('checkout', '-q', '-b', 'topic');
    const commit = aiCommit(repo, 'a.js');
    repo.git('push', '-q', 'origin', 'topic');
    await origin.holds(commit);
    const note = repo.note('countersign', commit);
    repo.git('fetch', '-q', '--prune', 'origin');
    assert.equal(
      repo.git('rev-parse', 'refs/countersign/remotes/origin/notes/countersign'),
      origin.git('rev-parse', records),
    );
    // Somebody puts other notes in place of ours, then removes them and the branch.
    const stranger = repoAt(repo.root, origin.bare, repo.env);
    stranger.git('update-ref', '-d', records);
    stranger.git('notes', '--ref=countersign', 'add', '-m', '{"schema":9,"tool":"countersign"}', 'main');
    repo.git('fetch', '-q', '--prune', '--force', 'origin');
    assert.equal(repo.note('countersign', commit), note);
    stranger.git('update-ref', '-d', records);
    stranger.git('branch', '-q', '-D', 'topic');
    repo.git('fetch', '-q', '--prune', 'origin');
    repo.git('-c', 'gc.pruneExpire=now', 'gc', '-q', '--prune=now');
    assert.equal(repo.note('countersign', commit), note);
    assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
    repo.git('push', '-q', '--force', 'origin', 'topic');
    await origin.holds(commit);
  });

  scenario('also when eight publish at once, and none is lost', async (repo) => {
    const origin = remote(repo);
    aiCommit(repo, 'a.js');
    const clones = Array.from({ length: 8 }, (_, index) => {
      const work = join(repo.root, `clone-${index}`);
      cpSync(repo.work, work, { recursive: true });
      const clone = repoAt(repo.root, work, repo.env);
      clone.git(...pastHooks, 'commit', '-q', '--amend', '-m', `By ${index}`);
      clone.git('branch', '-q', '-m', `topic-${index}`);
      return { clone, commit: clone.git('rev-parse', 'HEAD') };
    });
    await Promise.all(
      clones.map(
        ({ clone }, index) =>
          new Promise<void>((resolve, reject) => {
            const child = spawn('git', ['push', '-q', 'origin', `topic-${index}`], {
              cwd: clone.work,
              env: { ...clone.env },
              stdio: ['ignore', 'inherit', 'inherit'],
            });
            child.on('error', reject).on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${code}`))));
          }),
      ),
    );
    await origin.holds(...clones.map(({ commit }) => commit));
    const [first] = clones;
    assert.equal(first?.clone.cli(['sync']).status, 0);
    for (const { commit } of clones) assert.equal(first?.clone.record(commit).counts.ai, 2);
  });
});
