import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe } from 'mocha';
import { type ProvenanceRepo, repoAt } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';
import { blameOf, cloneOf, unseen } from './foreign';

/** A bare repository that stands for a forge, with the work of a person's clone pushed to it as `topic`. */
interface Forge {
  readonly bare: string;
  /** A clone in which the forge makes its commits: nothing of ours is set up there. */
  readonly hands: ProvenanceRepo;
  /** Head of `topic`. */
  readonly old: string;
  /** A fresh clone, with the records that the author published. */
  clone(name: string): ProvenanceRepo;
}

function forge(repo: ProvenanceRepo, work: () => void): Forge {
  const bare = join(repo.root, 'forge.git');
  repo.git('clone', '-q', '--bare', repo.work, bare);
  repo.git('remote', 'add', 'origin', bare);
  repo.git('config', 'countersign.publish', 'manual');
  repo.git('fetch', '-q');
  repo.git('checkout', '-q', '-b', 'topic');
  work();
  const old = repo.git('rev-parse', 'HEAD');
  repo.git('push', '-q', 'origin', 'topic');
  const synced = repo.cli(['sync', 'origin', 'origin/main..topic']);
  assert.equal(synced.status, 0, synced.stderr);
  const clone = (name: string): ProvenanceRepo => {
    repo.git('clone', '-q', bare, join(repo.root, name));
    const made = repoAt(repo.root, join(repo.root, name), repo.env);
    made.git('fetch', '-q', 'origin', 'refs/notes/countersign:refs/notes/countersign');
    return made;
  };
  return { bare, hands: clone('hands'), old, clone };
}

/** Three commits of two tools and a person, the second of which rewrites lines of the first. */
function threeCommits(repo: ProvenanceRepo): void {
  repo.edit('A', { 'a.js': linesOf('a', 4), 'gone.js': linesOf('g', 2) });
  repo.commit('One');
  repo.edit('B', { 'a.js': `${linesOf('a', 2)}${linesOf('b', 2)}`, 'b.js': linesOf('b', 1) });
  repo.commit('Two');
  repo.edit('H', { 'a.js': `${linesOf('h', 1)}${linesOf('a', 2)}${linesOf('b', 2)}`, 'gone.js': undefined });
  repo.commit('Three');
}

function squash(hands: ProvenanceRepo): string {
  hands.git('checkout', '-q', 'main');
  hands.git('merge', '-q', '--squash', 'origin/topic');
  hands.git('commit', '-q', '-m', 'One, two, three (#1)');
  hands.git('push', '-q', 'origin', 'main');
  return hands.git('rev-parse', 'HEAD');
}

function attach(repo: ProvenanceRepo, old: string, made: string): Readonly<Record<string, unknown>> {
  const ran = repo.cli(['attach', '--json', '--from', old, made]);
  assert.equal(ran.status, 0, ran.stderr);
  return JSON.parse(ran.stdout);
}

/** The edit of somebody else that `main` got meanwhile, in the same file. */
function mainMoves(hands: ProvenanceRepo, files: Readonly<Record<string, string>>): void {
  hands.git('checkout', '-q', 'main');
  unseen(hands, files, 'Meanwhile\n');
}

describe('what a forge made', () => {
  scenario('by a squash has the record of all its commits', (repo) => {
    const at = forge(repo, () => threeCommits(repo));
    const made = squash(at.hands);
    const clone = at.clone('ci');
    assert.deepEqual(blameOf(clone, 'a.js'), ['5 unknown no-record']);
    const done = attach(clone, at.old, made);
    assert.equal(done['kind'], 'squash');
    assert.deepEqual(done['unknown'], []);
    assert.equal(clone.blame('a.js', 'HEAD'), 'HAABB');
    assert.equal(clone.blame('b.js', 'HEAD'), 'B');
    const record = clone.record(made);
    assert.equal(record.derivedFrom?.length, 3);
    assert.deepEqual(record.counts, { ai: 5, 'ai-edited': 0, deleted: 0, human: 1, pasted: 0, unknown: 0 });
  });

  scenario('by a squash onto a main that went on', (repo) => {
    repo.edit('H', { 'a.js': linesOf('p', 6) });
    repo.commit('Before');
    const at = forge(repo, () => {
      repo.edit('A', { 'a.js': `${linesOf('p', 6)}${linesOf('a', 2)}` });
      repo.commit('One');
      repo.edit('B', { 'a.js': `${linesOf('p', 5)}${linesOf('b', 1)}${linesOf('a', 2)}` });
      repo.commit('Two');
    });
    mainMoves(at.hands, { 'a.js': `${linesOf('m', 2)}${linesOf('p', 6)}`, 'm.js': linesOf('m', 1) });
    const made = squash(at.hands);
    const clone = at.clone('ci');
    assert.equal(attach(clone, at.old, made)['kind'], 'squash');
    assert.equal(clone.blame('a.js', 'HEAD'), `rr${repo.blame('a.js', 'HEAD')}`);
    assert.match(repo.blame('a.js', 'HEAD'), /^HHHHH[Bb]AA$/);
    assert.equal(clone.record(made).counts.deleted, 1);
  });

  scenario('by a rebase has the record of each commit', (repo) => {
    const at = forge(repo, () => threeCommits(repo));
    mainMoves(at.hands, { 'm.js': linesOf('m', 2) });
    at.hands.git('checkout', '-q', '-b', 'rebased', 'origin/topic');
    at.hands.git('rebase', '-q', 'main');
    at.hands.git('push', '-q', 'origin', 'HEAD:main');
    const clone = at.clone('ci');
    const done = attach(clone, at.old, clone.git('rev-parse', 'HEAD'));
    assert.equal(done['kind'], 'rebase');
    assert.equal((done['attached'] as readonly unknown[]).length, 3);
    assert.equal(clone.blame('a.js', 'HEAD'), 'HAABB');
    const originals = repo.git('rev-list', '--reverse', 'main..topic').split('\n');
    const copies = clone.git('rev-list', '--reverse', 'HEAD~3..HEAD').split('\n');
    copies.forEach((copy, index) => {
      assert.deepEqual(clone.record(copy).counts, repo.record(originals[index]).counts);
      assert.equal(clone.record(copy).derivedFrom?.length, 1);
    });
    // A commit that somebody made on main is none of them.
    assert.equal(clone.note('countersign', 'HEAD~3'), undefined);
  });

  scenario('by a rebase over a rename', (repo) => {
    repo.edit('H', { 'a.js': linesOf('h', 8) });
    repo.commit('Before');
    const at = forge(repo, () => {
      repo.edit('A', { 'a.js': `${linesOf('h', 8)}${linesOf('a', 2)}` });
      repo.commit('One');
    });
    at.hands.git('checkout', '-q', 'main');
    at.hands.git('mv', 'a.js', 'b.js');
    at.hands.git('commit', '-qm', 'Another name');
    at.hands.git('checkout', '-q', '-b', 'rebased', 'origin/topic');
    at.hands.git('rebase', '-q', 'main');
    at.hands.git('push', '-q', 'origin', 'HEAD:main');
    const clone = at.clone('ci');
    attach(clone, at.old, 'HEAD');
    assert.equal(clone.blame('b.js', 'HEAD').slice(-2), 'AA');
  });

  scenario('by a rebase of commits that one after the other say the same', (repo) => {
    const at = forge(repo, () => {
      for (const [index, actor] of (['A', 'B', 'H'] as const).entries()) {
        repo.edit(actor, { [`${index}.js`]: linesOf('same', 2, 2 * index) });
        repo.commit('Same');
      }
    });
    mainMoves(at.hands, { 'm.js': linesOf('m', 2) });
    at.hands.git('checkout', '-q', '-b', 'rebased', 'origin/topic');
    at.hands.git('rebase', '-q', 'main');
    at.hands.git('push', '-q', 'origin', 'HEAD:main');
    const clone = at.clone('ci');
    attach(clone, at.old, 'HEAD');
    assert.deepEqual(
      ['0.js', '1.js', '2.js'].map((path) => clone.blame(path, 'HEAD')),
      ['AA', 'BB', 'HH'],
    );
  });

  scenario('is derived to the same bytes by every clone, and only once', (repo) => {
    const at = forge(repo, () => threeCommits(repo));
    const made = squash(at.hands);
    const [one, two] = [at.clone('one'), at.clone('two')];
    attach(one, at.old, made);
    two.git('config', 'diff.algorithm', 'patience');
    two.git('config', 'blame.ignoreRevsFile', 'not-there');
    attach(two, at.old, made);
    // The author's clone knows more: its ledger and reflog must not show.
    repo.git('fetch', '-q');
    attach(repo, at.old, made);
    assert.equal(one.note('countersign', made), two.note('countersign', made));
    assert.equal(one.note('countersign', made), repo.note('countersign', made));
    assert.deepEqual(attach(one, at.old, made)['kept'], [made]);
    assert.equal(one.note('countersign', made)?.trimEnd().split('\n').length, 1);
  });

  scenario('is published by sync, so that others see it', (repo) => {
    const at = forge(repo, () => threeCommits(repo));
    const made = squash(at.hands);
    const ci = at.clone('ci');
    attach(ci, at.old, made);
    assert.equal(ci.cli(['sync', 'origin', made]).status, 0);
    const other = at.clone('other');
    assert.equal(other.blame('a.js', 'HEAD'), 'HAABB');
    assert.equal(other.blameJson('a.js', 'HEAD')[1]?.model, 'claude-opus-4-6');
  });

  scenario('by a merge commit keeps the records of its commits', (repo) => {
    const at = forge(repo, () => threeCommits(repo));
    mainMoves(at.hands, { 'm.js': linesOf('m', 2) });
    at.hands.git('merge', '-q', '--no-ff', '-m', 'Merge', 'origin/topic');
    at.hands.git('push', '-q', 'origin', 'main');
    const clone = at.clone('ci');
    const ran = clone.cli(['attach', '--from', at.old, 'HEAD']);
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(clone.blame('a.js', 'HEAD'), 'HAABB');
    assert.deepEqual(clone.record().files, undefined);
  });

  scenario('says what others said of commits without a record', (repo) => {
    const at = forge(repo, () => {
      unseen(repo, { 'a.js': linesOf('a', 2) }, 'One\n\nCo-authored-by: Cursor <cursoragent@cursor.com>\n');
    });
    const made = squash(at.hands);
    const clone = cloneOf(at.hands, 'plain');
    clone.git('fetch', '-q', at.bare, '+refs/heads/topic:refs/remotes/origin/topic');
    attach(clone, at.old, made);
    assert.deepEqual(blameOf(clone, 'a.js'), ['2 ai cursor declared']);
    assert.equal(clone.record(made).derivedFrom, undefined);
  });

  scenario('is left alone where nothing is known, or it is no such commit', (repo) => {
    const at = forge(repo, () => threeCommits(repo));
    const made = squash(at.hands);
    const clone = at.clone('ci');
    clone.git('update-ref', '-d', 'refs/notes/countersign');
    const ran = clone.cli(['attach', '--from', at.old, made]);
    assert.equal(ran.status, 0);
    assert.match(ran.stderr, /countersign sync/);
    assert.equal(clone.note('countersign', made), undefined);
    repo.git('clone', '-q', '--depth', '1', `file://${at.bare}`, join(repo.root, 'shallow'));
    const shallow = repoAt(repo.root, join(repo.root, 'shallow'), repo.env);
    shallow.git('fetch', '-q', '--depth', '1', 'origin', 'topic');
    const cut = shallow.cli(['attach', '--from', 'FETCH_HEAD', 'HEAD']);
    assert.equal(cut.status, 2);
    assert.match(cut.stderr, /--unshallow/);
    for (const args of [
      ['--from', 'nothing', made],
      ['--from', at.old, 'nothing'],
      ['--from', made, made],
      ['--from', 'HEAD^', 'HEAD'],
      ['--from', at.old, at.old],
      [made],
    ]) {
      const wrong = clone.cli(['attach', ...args]);
      assert.equal(wrong.status, 2, args.join(' '));
      assert.match(wrong.stderr, /^(?:countersign|error): /);
    }
  });
});
