import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { pastHooks } from '../support/pastHooks';
import { type ProvenanceRepo, provenanceRepo, repoAt } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';
import { blameOf, cloneOf, gitAiNote, unseen } from './foreign';

interface Shown {
  readonly record: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly evidence: string | null;
}

function shown(repo: ProvenanceRepo, rev = 'HEAD'): Shown {
  const ran = repo.cli(['show', '--json', rev]);
  assert.equal(ran.status, 0, ran.stderr);
  const [first] = JSON.parse(ran.stdout) as readonly Shown[];
  assert.ok(first !== undefined);
  return first;
}

const claude = 'Co-Authored-By: Claude <noreply@anthropic.com>';

describe('commits that others know', () => {
  scenario("are read from git-ai's notes, line by line", (repo) => {
    const commit = unseen(repo, { 'a b.js': linesOf('x', 6) }, 'A change\n');
    const clone = cloneOf(repo);
    gitAiNote(clone, commit, '"a b.js"\n  s_e211d232dc7bc0::t_00112233445566 1-2,5\n  h_ce2472996d24b5 3\n');
    assert.deepEqual(blameOf(clone, 'a b.js'), [
      '2 ai claude-code opus declared',
      '1 human declared',
      '1 unknown no-record',
      '1 ai claude-code opus declared',
      '1 unknown no-record',
    ]);
    assert.equal(clone.blameJson('a b.js', 'HEAD')[0]?.session, 'e211d232dc7bc0');
    const { record, counts, evidence } = shown(clone);
    assert.deepEqual([record, counts['ai'], counts['human'], counts['unknown'], evidence], [null, 3, 1, 2, 'declared']);
    assert.equal(clone.tryGit(['rev-parse', '--verify', '-q', 'refs/notes/countersign']).status, 1);
  });

  scenario('are read from trailers, for lines nobody else explains', (repo) => {
    const commit = unseen(repo, { 'a.js': linesOf('x', 4) }, `A change\n\n${claude}\n`);
    const clone = cloneOf(repo);
    assert.deepEqual(blameOf(clone, 'a.js'), ['4 ai claude-code declared']);
    gitAiNote(clone, commit, 'a.js\n  h_ce2472996d24b5 2-3\n');
    assert.deepEqual(blameOf(clone, 'a.js'), [
      '1 ai claude-code declared',
      '2 human declared',
      '1 ai claude-code declared',
    ]);
  });

  scenario('are inferred from who made them, and people stay people', (repo) => {
    const bot = {
      GIT_AUTHOR_NAME: 'google-labs-jules[bot]',
      GIT_AUTHOR_EMAIL: '161369871+google-labs-jules[bot]@users.noreply.github.com',
    };
    unseen(repo, { 'bot.js': linesOf('b', 2) }, 'By a bot\n', bot);
    const person = { GIT_AUTHOR_NAME: 'Claude', GIT_AUTHOR_EMAIL: 'claude@example.com' };
    unseen(
      repo,
      { 'person.js': linesOf('p', 2) },
      'By a person\n\nCo-authored-by: Devin Ray <devin@example.com>\n',
      person,
    );
    const clone = cloneOf(repo);
    assert.deepEqual(blameOf(clone, 'bot.js'), ['2 ai jules inferred']);
    assert.deepEqual(blameOf(clone, 'person.js'), ['2 unknown no-record']);
    assert.equal(shown(clone, 'HEAD^').evidence, 'inferred');
  });

  scenario('keep what they say through history, in the clone that rewrites them', (repo) => {
    unseen(repo, { 'a.js': linesOf('x', 3) }, `A change\n\n${claude}\n`);
    const clone = cloneOf(repo);
    assert.equal(clone.cli(['init', '--yes', '--agents', 'none']).status, 0);
    clone.edit('H', { 'a.js': `${linesOf('h', 1)}${linesOf('x', 3)}` });
    clone.commit('On top');
    clone.git('mv', 'a.js', 'b.js');
    clone.commit('Moved');
    assert.deepEqual(blameOf(clone, 'b.js'), ['1 human declared', '3 ai claude-code declared']);
    // And without naming a revision: the file on disk.
    assert.equal(clone.blameJson('b.js')[1]?.tool, 'claude-code');
  });

  scenario('made here without our hooks get a record with it', (repo) => {
    unseen(repo, { 'a.js': linesOf('x', 3) }, `A change\n\n${claude}\n`);
    assert.deepEqual(blameOf(repo, 'a.js'), ['3 ai claude-code declared']);
    assert.notEqual(shown(repo).record, null);
    assert.equal(repo.record().sessions?.['s1']?.evidence, 'declared');
  });

  scenario('never outdo a record of ours', (repo) => {
    repo.edit('H', { 'a.js': linesOf('x', 3) });
    const commit = repo.commit(`A change\n\n${claude}`);
    const note = repo.note('ai');
    gitAiNote(repo, commit, 'a.js\n  s_e211d232dc7bc0::t_1 1-3\n');
    assert.notEqual(note, repo.note('ai'));
    assert.deepEqual(blameOf(repo, 'a.js'), ['3 human declared']);
  });

  scenario('are not misread from a note that a rewrite copied', (repo) => {
    const first = unseen(repo, { 'a.js': linesOf('x', 2) }, 'First\n');
    const second = unseen(repo, { 'a.js': `${linesOf('y', 1)}${linesOf('x', 2)}` }, 'Second\n');
    const third = unseen(repo, { 'b.js': linesOf('z', 2) }, 'Third\n');
    const clone = cloneOf(repo);
    gitAiNote(clone, third, 'b.js\n  h_ce2472996d24b5 1\n', { base_commit_sha: first });
    gitAiNote(clone, second, 'a.js\n  h_ce2472996d24b5 1\n', { base_commit_sha: first });
    assert.deepEqual(blameOf(clone, 'b.js'), ['2 unknown no-record']);
    // The standard may be read so that it is the parent.
    assert.equal(blameOf(clone, 'a.js')[0], '1 human declared');
  });

  scenario('count by their class at the gate, and say that they are no record of ours', (repo) => {
    const policy = `schema: 1\nrevision: 1\nrepository: r\nmode: enforce\nprotect: [main]\nthreshold: { lines: 1, share: 0 }\ncount: [ai, ai-edited]\nseniors: [{ principal: carla@example.com }]\nallowedSigners: signers\n`;
    unseen(
      repo,
      {
        '.countersign.yml': policy,
        signers:
          'carla@example.com namespaces="countersign" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFV4Vb0yD8Zf5OFq8lqtzYbsWw0eU6TqYb2u7c2yH0yR\n',
      },
      'Policy\n',
    );
    const clone = cloneOf(repo);
    const check = (): { readonly verdict: string; readonly kinds: readonly string[] } => {
      const ran = clone.cli(['check', '--json', '--target', 'main', '--base', 'origin/main']);
      const { verdict, findings } = JSON.parse(ran.stdout);
      return { verdict, kinds: findings.map(({ kind }: { readonly kind: string }) => kind).sort() };
    };
    const commit = unseen(clone, { 'a.js': linesOf('x', 3) }, 'A change\n');
    assert.deepEqual(check(), { verdict: 'pass', kinds: ['recordMissing'] });
    gitAiNote(clone, commit, 'a.js\n  h_ce2472996d24b5 1-3\n');
    assert.deepEqual(check(), { verdict: 'pass', kinds: [] });
    gitAiNote(clone, commit, 'a.js\n  h_ce2472996d24b5 1-2\n  s_e211d232dc7bc0::t_1 3\n');
    assert.deepEqual(check(), { verdict: 'blocked', kinds: ['needsSignOff'] });
    clone.git('update-ref', '-d', 'refs/notes/ai');
    clone.git(...pastHooks, 'commit', '-q', '--amend', '-m', `A change\n\n${claude}`);
    assert.deepEqual(check(), { verdict: 'blocked', kinds: ['needsSignOff'] });
  });

  it('survive hostile notes', () => {
    const repo = provenanceRepo();
    try {
      const commit = unseen(repo, { 'a.js': linesOf('x', 3) }, 'A change\n');
      const clone = cloneOf(repo);
      const notes = [
        'a.js\n  h_ce2472996d24b5 1-4294967295\n',
        `a.js\n${'  h_ce2472996d24b5 1-4294967295\n'.repeat(50_000)}`,
        '__proto__\n  s_e211d232dc7bc0::t_1 1\n',
        '\0\n  s_e211d232dc7bc0::t_1 1\n',
      ];
      for (const text of notes) {
        gitAiNote(clone, commit, text);
        assert.equal(clone.blameJson('a.js', 'HEAD').length, 3);
      }
      clone.git('notes', '--ref=ai', 'add', '-f', '-m', 'nothing of the kind', commit);
      assert.deepEqual(blameOf(clone, 'a.js'), ['3 unknown no-record']);
    } finally {
      repo.remove();
    }
  });
});

describe("git-ai's format in both directions", () => {
  scenario('what we mirror is what we read', (repo) => {
    repo.edit('A', { 'a b.js': linesOf('x', 3) });
    repo.edit('B', { 'b.js': linesOf('y', 2) });
    repo.commit();
    const clone = cloneOf(repo);
    clone.git('fetch', '-q', 'origin', 'refs/notes/ai:refs/notes/ai');
    assert.deepEqual(blameOf(clone, 'a b.js'), ['3 ai claude-code claude-opus-4-6 declared']);
    assert.deepEqual(blameOf(clone, 'b.js'), ['2 ai codex gpt-5.2-codex declared']);
    const [own] = repo.blameJson('a b.js', 'HEAD');
    assert.equal(clone.blameJson('a b.js', 'HEAD')[0]?.session, own?.session);
  });

  scenario("never replaces a note of git-ai's, and goes on with its own", (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    const first = repo.commit();
    assert.match(repo.note('ai') ?? '', /"git_ai_version": "countersign\/1"/);
    const theirs = gitAiNote(repo, first, 'a.js\n  h_ce2472996d24b5 1-3\n');
    repo.git('commit', '-q', '--amend', '-m', 'Reworded');
    assert.match(repo.note('ai') ?? '', /countersign\/1/);
    assert.equal(repo.note('ai', first), theirs);
    repo.git('update-ref', '-d', 'refs/notes/countersign');
    assert.equal(repo.cli(['show', first]).status, 0);
    assert.equal(repo.note('ai', first), theirs);
  });

  scenario('writes one spelling of a note, whatever was there', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.commit();
    const paths = repo.git('ls-tree', '-r', '--name-only', 'refs/notes/ai').split('\n');
    assert.ok(
      paths.every((path) => /^[0-9a-f]{2}\/[0-9a-f]{38}$/.test(path)),
      paths.join(),
    );
    assert.ok(!repo.note('ai')?.endsWith('\n'));
  });

  scenario('is off where it was switched off', (repo) => {
    repo.git('config', 'countersign.gitAi', 'false');
    repo.edit('A', { 'a.js': linesOf('x', 3) });
    repo.commit();
    assert.equal(repo.note('ai'), undefined);
    assert.equal(repo.blame('a.js', 'HEAD'), 'AAA');
  });

  scenario('is off in SHA-256 repositories', (repo) => {
    const work = join(repo.root, 'long');
    repo.git('init', '-q', '--object-format=sha256', work);
    const long = repoAt(repo.root, work, repo.env);
    assert.equal(long.cli(['init', '--yes', '--agents', 'none']).status, 0);
    long.edit('A', { 'a.js': linesOf('x', 3) });
    long.commit();
    assert.equal(long.blame('a.js', 'HEAD'), 'AAA');
    assert.equal(long.git('for-each-ref', 'refs/notes/ai'), '');
  });
});
