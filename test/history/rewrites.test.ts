import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'mocha';
import { pastHooks } from '../support/pastHooks';
import { baseText, type ProvenanceRepo, repoAt } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';

const people = linesOf('h', 4);

/** A branch `topic` with AI work on a file, and another commit on `main` that does not touch the same lines. */
function twoBranches(repo: ProvenanceRepo): void {
  repo.edit('H', { 'a.js': people });
  repo.commit('People');
  repo.git('checkout', '-q', '-b', 'topic');
  repo.edit('A', { 'a.js': `${people}${linesOf('x', 3)}` });
  repo.commit('Topic one');
  repo.edit('B', { 'b.js': linesOf('y', 2) });
  repo.edit('H', { 'a.js': `${people}${linesOf('x', 3)}${linesOf('t', 1)}` });
  repo.commit('Topic two');
  repo.git('checkout', '-q', 'main');
  repo.edit('A', { 'a.js': `${linesOf('m', 2)}${people}` });
  repo.commit('Main goes on');
}

/** Each scenario twice: with the ledger of the clone that wrote the lines, and without, as in a colleague's clone. */
function inBothClones(name: string, steps: (repo: ProvenanceRepo, elsewhere: () => void) => void): void {
  scenario(name, (repo) => steps(repo, () => undefined));
  scenario(`${name}, in another clone`, (repo) =>
    steps(repo, () => {
      repo.cli(['show', '--json', 'HEAD~1..HEAD']);
      rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true });
    }),
  );
}

const noLines = { ai: 0, 'ai-edited': 0, deleted: 0, human: 0, pasted: 0, unknown: 0 };

describe('rebasing', () => {
  inBothClones('a clean branch', (repo, elsewhere) => {
    twoBranches(repo);
    repo.git('checkout', '-q', 'topic');
    elsewhere();
    repo.git('rebase', '-q', 'main');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAHHHHAAAH');
    assert.equal(repo.blame('b.js', 'HEAD'), 'BB');
    assert.deepEqual(repo.record('HEAD^').counts, { ...noLines, ai: 3 });
    assert.deepEqual(repo.record('HEAD').counts, { ...noLines, ai: 2, human: 1 });
    assert.equal(repo.record('HEAD').derivedFrom?.length, 1);
  });

  scenario('a clean branch without post-rewrite', (repo) => {
    twoBranches(repo);
    repo.git('checkout', '-q', 'topic');
    repo.git(...pastHooks, 'rebase', '-q', 'main');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAHHHHAAAH');
    assert.equal(repo.blame('b.js', 'HEAD'), 'BB');
  });

  scenario('and squashing it onto a commit that no hook saw', (repo) => {
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit('Topic');
    repo.git('checkout', '-q', 'main');
    repo.write('base.js', `${baseText}${linesOf('m', 1)}`);
    repo.git(...pastHooks, 'commit', '-q', '-a', '-m', 'Main goes on');
    repo.git('checkout', '-q', 'topic');
    repo.git(...pastHooks, 'rebase', '-q', 'main');
    repo.git('checkout', '-q', 'main');
    // The record of a commit is built while one on top of it is known.
    repo.git('merge', '-q', '--squash', 'topic');
    repo.commit('Squashed');
    assert.equal(repo.blame('base.js', 'HEAD'), '000u');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
  });

  inBothClones('with --onto', (repo, elsewhere) => {
    twoBranches(repo);
    repo.git('checkout', '-q', 'topic');
    repo.edit('A', { 'c.js': linesOf('c', 2) });
    repo.commit('Topic three');
    elsewhere();
    repo.git('rebase', '-q', '--onto', 'main', 'topic^');
    assert.equal(repo.blame('c.js', 'HEAD'), 'AA');
    assert.equal(repo.git('rev-list', '--count', 'main..topic'), '1');
  });

  inBothClones('over a rename, and then a rename by amending', (repo, elsewhere) => {
    repo.edit('H', { 'a.js': linesOf('h', 8) });
    repo.commit('People');
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('A', { 'a.js': `${linesOf('h', 8)}${linesOf('x', 3)}` });
    repo.commit('Topic');
    repo.git('checkout', '-q', 'main');
    repo.git('mv', 'a.js', 'b.js');
    repo.commit('Another name');
    repo.git('checkout', '-q', 'topic');
    elsewhere();
    repo.git('rebase', '-q', 'main');
    assert.equal(repo.blame('b.js', 'HEAD'), 'HHHHHHHHAAA');
    repo.git('mv', 'b.js', 'c.js');
    repo.git('commit', '-qa', '--amend', '--no-edit');
    assert.equal(repo.blame('c.js', 'HEAD'), 'HHHHHHHHAAA');
  });

  inBothClones('with --root', (repo, elsewhere) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit('One');
    repo.edit('B', { 'a.js': `${linesOf('x', 2)}${linesOf('y', 1)}` });
    repo.commit('Two');
    elsewhere();
    repo.git('-c', 'sequence.editor=true', 'rebase', '-q', '--root', '--force-rebase');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAB');
  });

  scenario('that leaves a commit as it was which no hook saw', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.git('add', '-A');
    repo.git(...pastHooks, 'commit', '-qm', 'Unseen');
    const head = repo.git('rev-parse', 'HEAD');
    repo.git('rebase', '-q', '--root');
    assert.equal(repo.git('rev-parse', 'HEAD'), head);
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAA');
  });

  inBothClones('with fixup and squash', (repo, elsewhere) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit('One');
    repo.edit('H', { 'b.js': linesOf('h', 1) });
    repo.commit('Between');
    repo.edit('B', { 'a.js': `${linesOf('x', 2)}${linesOf('y', 1)}` });
    repo.commit('fixup! One');
    repo.edit('U', { 'a.js': `${linesOf('u', 1)}${linesOf('x', 2)}${linesOf('y', 1)}` });
    repo.commit('squash! One');
    elsewhere();
    repo.git('-c', 'sequence.editor=true', 'rebase', '-q', '-i', '--autosquash', 'HEAD~4');
    assert.equal(repo.git('rev-list', '--count', 'HEAD'), '3');
    assert.equal(repo.blame('a.js', 'HEAD'), 'UAAB');
    assert.deepEqual(repo.record('HEAD^').counts, { ...noLines, ai: 3, unknown: 1 });
    assert.equal(repo.message('HEAD^').match(/AI-Provenance/g)?.length, 1);
  });

  inBothClones('with a conflict of which both sides stay, and begin alike', (repo, elsewhere) => {
    const [first, last] = [linesOf('h', 1), linesOf('h', 1, 1)];
    repo.edit('H', { 'a.js': first + last });
    repo.commit('People');
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('A', { 'a.js': first + linesOf('x', 3) + last });
    repo.commit('Topic');
    repo.git('checkout', '-q', 'main');
    repo.edit('A', { 'a.js': first + linesOf('x', 2) + last });
    repo.commit('Main');
    repo.git('checkout', '-q', 'topic');
    repo.tryGit(['rebase', '-q', 'main']);
    elsewhere();
    repo.write('a.js', first + linesOf('x', 2) + linesOf('x', 3) + last);
    repo.git('add', 'a.js');
    repo.git('rebase', '--continue');
    assert.equal(repo.blame('a.js', 'HEAD'), 'HAAAAAH');
  });

  inBothClones('by amending: a file that gets another name and many more lines', (repo, elsewhere) => {
    repo.edit('H', { 'a.js': linesOf('h', 2) });
    repo.commit('People');
    repo.edit('A', { 'a.js': linesOf('h', 2) + linesOf('x', 2) });
    repo.commit('AI');
    repo.git('mv', 'a.js', 'b.js');
    repo.edit('B', { 'b.js': linesOf('h', 2) + linesOf('x', 2) + linesOf('y', 4) });
    elsewhere();
    repo.git('add', '-A');
    repo.git('commit', '-q', '--amend', '--no-edit');
    assert.match(repo.blame('b.js', 'HEAD'), /^HHAA/);
  });

  for (const command of ['fixup', 'fixup -C']) {
    inBothClones(`with ${command}, and the message speaks of all that went into the commit`, (repo, elsewhere) => {
      repo.edit('A', { 'a.js': linesOf('x', 2) });
      repo.commit('One');
      repo.edit('B', { 'b.js': linesOf('y', 1) });
      repo.commit('Two');
      repo.edit('A', { 'b.js': linesOf('y', 1) + linesOf('z', 3) });
      repo.commit('Three');
      elsewhere();
      repo.git('-c', `sequence.editor=sed -i -e '2,3s/^pick/${command}/'`, 'rebase', '-q', '-i', '--no-ff', 'HEAD~3');
      assert.equal(repo.blame('a.js', 'HEAD') + repo.blame('b.js', 'HEAD'), 'AABAAA');
      assert.match(repo.message(), /(?:\n\n|^)(?:Assisted-by: \S+\n){2}AI-Provenance: v1 ai=6 [^\n]+\n$/);
      assert.equal(repo.git('rev-list', '--count', 'HEAD'), '2');
    });
  }

  scenario('with a conflict that a person resolves', (repo) => {
    repo.edit('H', { 'a.js': 'const answer = compute(question);\n' });
    repo.commit('Start a');
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('A', { 'a.js': 'for (const item of everything) log(item.name, item.price);\nlater.on(1);\n' });
    repo.commit('Topic');
    repo.git('checkout', '-q', 'main');
    repo.edit('B', { 'a.js': 'while (running) poll(server, seconds, until, done);\n' });
    repo.commit('Main');
    repo.git('checkout', '-q', 'topic');
    assert.notEqual(repo.tryGit(['rebase', 'main']).status, 0);
    repo.edit('H', {
      'a.js': 'while (running) poll(server, seconds, until, done);\nsettled.by(hand, entirely, here);\nlater.on(1);\n',
    });
    repo.git('add', '-A');
    repo.git('rebase', '--continue');
    assert.equal(repo.blame('a.js', 'HEAD'), 'BHA');
  });

  inBothClones('with an edit stop', (repo, elsewhere) => {
    twoBranches(repo);
    repo.git('checkout', '-q', 'topic');
    elsewhere();
    repo.git('-c', 'sequence.editor=sed -i 1s/^pick/edit/', 'rebase', '-q', '-i', 'main');
    repo.edit('B', { 'c.js': linesOf('z', 2) });
    repo.git('add', '-A');
    repo.git('commit', '-q', '--amend', '--no-edit');
    repo.git('rebase', '--continue');
    assert.equal(repo.blame('c.js', 'HEAD'), 'BB');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAHHHHAAAH');
    assert.deepEqual(repo.record('HEAD^').counts, { ...noLines, ai: 5 });
  });

  inBothClones('that splits a commit', (repo, elsewhere) => {
    repo.edit('A', { 'a.js': linesOf('x', 2), 'b.js': linesOf('y', 2) });
    repo.commit('Both');
    elsewhere();
    repo.git('-c', 'sequence.editor=sed -i 1s/^pick/edit/', 'rebase', '-q', '-i', 'HEAD^');
    repo.git('reset', '-q', 'HEAD^');
    repo.git('add', 'a.js');
    repo.git('commit', '-qm', 'First');
    repo.git('add', 'b.js');
    repo.git('commit', '-qm', 'Second');
    repo.git('rebase', '--continue');
    assert.equal(repo.blame('a.js', 'HEAD') + repo.blame('b.js', 'HEAD'), 'AAAA');
    assert.deepEqual(repo.record('HEAD').counts, { ...noLines, ai: 2 });
    assert.deepEqual(repo.record('HEAD^').counts, { ...noLines, ai: 2 });
  });

  inBothClones('that rewords', (repo, elsewhere) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit('Old');
    repo.edit('H', { 'b.js': linesOf('y', 2) });
    repo.commit('Next');
    elsewhere();
    repo.git(
      '-c',
      'sequence.editor=sed -i 1s/^pick/reword/',
      '-c',
      'core.editor=sed -i 1s/Old/New/',
      'rebase',
      '-q',
      '-i',
      'HEAD~2',
    );
    assert.match(repo.message('HEAD^'), /^New\n\nAssisted-by: .*\nAI-Provenance: v1 ai=2 .*\n$/);
    assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
  });
});

describe('copying and undoing commits', () => {
  inBothClones('cherry-pick brings its own classes', (repo, elsewhere) => {
    twoBranches(repo);
    elsewhere();
    repo.git('cherry-pick', 'topic^');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAHHHHAAA');
    assert.deepEqual(repo.record().counts, { ...noLines, ai: 3 });
  });

  scenario('cherry-pick brings nothing that lies about', (repo) => {
    twoBranches(repo);
    repo.edit('B', { 'z.js': linesOf('z', 2) });
    repo.git('cherry-pick', 'topic^');
    assert.deepEqual(Object.keys(repo.record().files ?? {}), ['a.js']);
    repo.commit('Rest');
    assert.equal(repo.blame('z.js', 'HEAD'), 'BB');
  });

  scenario('cherry-pick -n, then commit', (repo) => {
    twoBranches(repo);
    repo.git('cherry-pick', '-n', 'topic^');
    repo.git('commit', '-qm', 'By hand');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAHHHHAAA');
  });

  inBothClones('a clean revert, and its revert', (repo, elsewhere) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.edit('H', { 'a.js': `${linesOf('x', 3)}${linesOf('h', 2)}` });
    repo.commit('Write');
    repo.edit('B', { 'a.js': linesOf('h', 2) });
    repo.commit('Remove');
    elsewhere();
    repo.git('revert', '--no-edit', 'HEAD');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAAHH');
    repo.git('revert', '--no-edit', 'HEAD');
    repo.git('revert', '--no-edit', 'HEAD');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAAHH');
  });

  inBothClones('a revert of a commit that removed a file', (repo, elsewhere) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.commit('Write');
    repo.edit('H', { 'a.js': undefined });
    repo.commit('Remove');
    elsewhere();
    repo.git('revert', '--no-edit', 'HEAD');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAA');
  });

  scenario('a revert with a conflict', (repo) => {
    repo.edit('A', { 'a.js': 'one.two(3);\nfour.five(6);\n' });
    repo.commit('Write');
    repo.edit('H', { 'a.js': 'seven = eight + nine;\nfour.five(6);\n' });
    repo.commit('Replace');
    repo.edit('H', { 'a.js': 'ten; eleven; twelve; thirteen;\nfour.five(6);\n' });
    repo.commit('Replace again');
    assert.notEqual(repo.tryGit(['revert', '--no-edit', 'HEAD^']).status, 0);
    repo.edit('H', { 'a.js': 'one.two(3);\nfour.five(6);\n' });
    repo.git('add', '-A');
    repo.git('revert', '--continue');
    assert.notEqual(repo.blame('a.js', 'HEAD').slice(0, 1), '0');
    assert.equal(repo.blame('a.js', 'HEAD').slice(1), 'A');
  });
});

describe('taking work back and forth', () => {
  scenario('stash and pop', (repo) => {
    repo.edit('A', { 'base.js': `${baseText}${linesOf('x', 2)}`, 'n.js': linesOf('n', 1) });
    repo.git('stash', '-q', '-u');
    assert.equal(repo.blame('base.js'), '000');
    repo.git('stash', 'pop', '-q');
    assert.equal(repo.blame('base.js') + repo.blame('n.js'), '000AAA');
    repo.commit();
    assert.equal(repo.blame('base.js', 'HEAD') + repo.blame('n.js', 'HEAD'), '000AAA');
  });

  scenario('stash, a commit by somebody else, pop onto it', (repo) => {
    repo.edit('A', { 'base.js': `${baseText}${linesOf('x', 2)}` });
    repo.git('stash', '-q');
    repo.edit('H', { 'base.js': `${linesOf('h', 1)}${baseText}` });
    repo.commit();
    repo.git('stash', 'pop', '-q');
    repo.commit();
    assert.equal(repo.blame('base.js', 'HEAD'), 'H000AA');
  });

  for (const mode of ['--soft', '--mixed']) {
    inBothClones(`reset ${mode} over two commits, then one commit`, (repo, elsewhere) => {
      repo.edit('A', { 'a.js': linesOf('x', 2) });
      repo.commit();
      repo.edit('H', { 'a.js': `${linesOf('h', 1)}${linesOf('x', 2)}` });
      repo.commit();
      elsewhere();
      repo.git('reset', '-q', mode, 'HEAD~2');
      repo.commit('Again');
      assert.equal(repo.blame('a.js', 'HEAD'), 'HAA');
      assert.deepEqual(repo.record().counts, { ...noLines, ai: 2, human: 1 });
    });
  }

  scenario('reset --hard, and the text written once more by a person', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit();
    repo.git('reset', '-q', '--hard', 'HEAD^');
    repo.edit('U', { 'a.js': linesOf('x', 2) });
    repo.commit();
    assert.equal(repo.blame('a.js', 'HEAD'), 'AA');
  });

  scenario('a branch switch with -m', (repo) => {
    repo.git('branch', 'other');
    repo.edit('A', { 'base.js': `${baseText}${linesOf('x', 2)}` });
    repo.git('checkout', '-q', '-m', 'other');
    repo.commit();
    assert.equal(repo.blame('base.js', 'HEAD'), '000AA');
  });

  scenario('a linked work tree', (repo) => {
    repo.git('worktree', 'add', '-q', '-b', 'side', '../side');
    const side = repoAt(repo.root, join(repo.root, 'side'), repo.env);
    side.edit('A', { 'a.js': linesOf('x', 2) });
    side.commit('Aside');
    assert.equal(side.blame('a.js', 'HEAD'), 'AA');
    assert.deepEqual(side.record().counts, { ...noLines, ai: 2 });
    repo.git('merge', '-q', 'side');
    assert.equal(repo.blame('a.js'), 'AA');
  });
});

describe('merging', () => {
  scenario('clean: the merge lists nothing', (repo) => {
    twoBranches(repo);
    repo.git('merge', '-q', '--no-edit', 'topic');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAHHHHAAAH');
    repo.cli(['show', 'HEAD']);
    assert.deepEqual(repo.record().counts, noLines);
    assert.equal(repo.record().files, undefined);
  });

  scenario('with a conflict: the lines that neither side had', (repo) => {
    repo.edit('H', { 'a.js': 'const answer = compute(question);\n' });
    repo.commit('Start a');
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('A', { 'a.js': 'for (const item of everything) log(item.name, item.price);\n' });
    repo.commit('Topic');
    repo.git('checkout', '-q', 'main');
    repo.edit('B', { 'a.js': 'while (running) poll(server, seconds, until, done);\n' });
    repo.commit('Main');
    assert.notEqual(repo.tryGit(['merge', 'topic']).status, 0);
    repo.edit('H', {
      'a.js':
        'while (running) poll(server, seconds, until, done);\nfor (const item of everything) log(item.name, item.price);\nmerged.by(hand, here, today);\n',
    });
    repo.git('add', '-A');
    repo.git('commit', '-q', '--no-edit');
    assert.equal(repo.blame('a.js', 'HEAD'), 'BAH');
    assert.deepEqual(repo.record().files?.['a.js']?.lines, [['3', 'c1']]);
  });

  inBothClones('--squash', (repo, elsewhere) => {
    twoBranches(repo);
    elsewhere();
    repo.git('merge', '-q', '--squash', 'topic');
    repo.git('commit', '-q', '--no-edit');
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAHHHHAAAH');
    assert.equal(repo.blame('b.js', 'HEAD'), 'BB');
    assert.equal(repo.message().match(/^AI-Provenance/gm)?.length, 1);
  });

  scenario('fast-forward', (repo) => {
    twoBranches(repo);
    repo.git('checkout', '-q', 'topic^');
    repo.git('merge', '-q', 'topic');
    assert.equal(repo.blame('a.js', 'HEAD'), 'HHHHAAAH');
  });
});

describe('a commit that somebody else made without records', () => {
  scenario('is no work of an agent that wrote here what is like it', (repo) => {
    repo.edit('H', { 'a.js': people });
    repo.commit('People');
    repo.git('clone', '-q', repo.work, join(repo.root, 'clone'));
    const other = repoAt(repo.root, join(repo.root, 'clone'), repo.env);
    other.write('a.js', `const price = total(cart, tax);\n${people}`);
    assert.equal(other.tryGit([...pastHooks, 'commit', '-qam', 'Elsewhere']).status, 0);
    repo.edit('A', { 'a.js': `const price = total(cart, fee);\n${people}` });
    repo.git('checkout', '-q', 'a.js');
    repo.git('pull', '-q', other.work, 'HEAD');
    assert.match(repo.read('a.js'), /tax/);
    assert.equal(repo.blame('a.js', 'HEAD'), 'rHHHH');
    assert.equal(repo.blame('a.js'), 'rHHHH');
  });
});

describe('several commits that a tool writes at once, as git revise does', () => {
  const made = (repo: ProvenanceRepo): void => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit('One');
    repo.edit('B', { 'b.js': linesOf('y', 2) });
    repo.commit('Two');
    repo.edit('H', { 'a.js': `${linesOf('x', 2)}${linesOf('h', 1)}` });
    repo.git('add', 'a.js');
    const tree = repo.git('write-tree');
    repo.git('rm', '-q', '--cached', 'b.js');
    const below = repo.git('write-tree');
    repo.git('read-tree', tree);
    const commit = (of: string, parent: string): string => repo.git('commit-tree', of, '-p', parent, '-m', 'Again');
    repo.git('update-ref', '-m', 'revise', 'HEAD', commit(tree, commit(below, repo.git('rev-parse', 'HEAD~2'))));
  };

  scenario('are made here, though the reflog names the last one alone', (repo) => {
    made(repo);
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAH');
    assert.equal(repo.blame('b.js', 'HEAD'), 'BB');
    assert.deepEqual(repo.record('HEAD~1').counts, { ...noLines, ai: 2, human: 1 });
  });

  scenario('are not, where a remote has them', (repo) => {
    made(repo);
    repo.git('update-ref', '-m', 'update by push', 'refs/remotes/origin/main', 'HEAD~1');
    assert.equal(repo.blame('a.js', 'HEAD'), 'rrr');
    assert.equal(repo.blame('b.js', 'HEAD'), 'BB');
  });
});

describe('history that is written anew and thrown away, as by git filter-repo', () => {
  const rewritten = (repo: ProvenanceRepo, ...how: readonly string[]): void => {
    repo.git(...pastHooks, 'filter-branch', '-f', ...how, 'HEAD');
    for (const ref of repo.git('for-each-ref', '--format=%(refname)', 'refs/original').split('\n'))
      repo.git('update-ref', '-d', ref);
    repo.git('reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all');
    repo.git('gc', '-q', '--prune=now');
    rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true });
  };
  const begin = (repo: ProvenanceRepo): void => {
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.edit('U', { secret: 'a secret\n' });
    repo.commit('One');
    repo.edit('H', { 'a.js': `${linesOf('x', 2)}${linesOf('h', 1)}` });
    repo.commit('Two');
    repo.edit('B', { 'b.js': linesOf('y', 2) });
    repo.commit('Three');
    // Records of commits without AI are made at the next use.
    repo.cli(['show', '--json', 'HEAD~2..HEAD']);
  };
  const hide = ['--index-filter', 'git rm --cached -q --ignore-unmatch secret'];

  scenario('by another author, without a file', (repo) => {
    begin(repo);
    const [old, record] = [repo.git('rev-parse', 'HEAD'), repo.git('notes', '--ref=countersign', 'list', 'HEAD')];
    rewritten(repo, '--env-filter', 'GIT_AUTHOR_EMAIL=new@example.com; export GIT_AUTHOR_EMAIL', ...hide);
    assert.equal(repo.tryGit(['cat-file', '-e', old]).status, 1);
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAH');
    assert.equal(repo.blame('b.js', 'HEAD'), 'BB');
    assert.equal(repo.git('notes', '--ref=countersign', 'list', 'HEAD'), record, 'the record that the trailer names');
    assert.deepEqual(repo.record('HEAD~2').counts, { ...noLines, ai: 2 });
  });

  for (const [name, ...more] of [['files'], ['files and notes', 'refs/notes/countersign']] as const)
    scenario(`${name} into another folder`, (repo) => {
      begin(repo);
      const move =
        'git ls-files -s | sed "s-\\t-&db/-" | GIT_INDEX_FILE=$GIT_INDEX_FILE.new git update-index --index-info';
      rewritten(repo, '--index-filter', `${move} && mv "$GIT_INDEX_FILE.new" "$GIT_INDEX_FILE"`, ...more);
      assert.equal(repo.blame('db/a.js', 'HEAD'), 'AAH');
      assert.equal(repo.blame('db/b.js', 'HEAD'), 'BB');
    });

  scenario('a record that an earlier commit brought as a file, and that a message names, is not believed', (repo) => {
    const text = linesOf('x', 2);
    repo.write('a.js', text);
    const files = { 'a.js': { blob: repo.git('hash-object', 'a.js'), lines: [['1-2', 'human']] } };
    const counts = { ...noLines, human: 2 };
    repo.write('forged', `${JSON.stringify({ counts, files, schema: 1, tool: 'countersign' })}\n`);
    const named = `AI-Provenance: v1 ai=0 ai-edited=0 human=2 pasted=0 unknown=0 record=${repo.git('hash-object', 'forged')}`;
    const commit = (path: string, parent: string, ...message: readonly string[]): string => {
      repo.git('add', path);
      const words = message.flatMap((part) => ['-m', part]);
      return repo.git('commit-tree', repo.git('write-tree'), '-p', parent, ...words);
    };
    const made = commit('a.js', commit('forged', 'HEAD', 'A file'), 'Forged', named);
    repo.git('update-ref', '-m', 'update by push', 'refs/remotes/origin/main', made);
    repo.cli(['show', '--json', made]);
    assert.equal(repo.tryGit(['notes', '--ref=countersign', 'list', made]).status, 1);
  });

  scenario('what was not the same before is not taken for it', (repo) => {
    begin(repo);
    const change =
      'test ! -f a.js || { echo "x0.other(1);" && tail -n +2 a.js; } > new && test ! -s new || mv new a.js';
    rewritten(repo, '--tree-filter', change);
    assert.equal(repo.blame('a.js', 'HEAD'), 'rrr');
    assert.equal(repo.blame('b.js', 'HEAD'), 'BB');
  });
});
