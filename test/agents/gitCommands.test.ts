import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'mocha';
import { pastHooks } from '../support/pastHooks';
import type { ProvenanceRepo } from '../support/provenanceRepo';
import { scenario } from '../support/scenario';

/** Lines that are alike in nothing; their last word says who wrote them: A, H or U. */
const lines = {
  top: 'sunrise over hills H\n',
  mid: 'river bends north H\n',
  end: 'harbour lights dim H\n',
  mine: 'copper kettle sings H\n',
  unseen: 'velvet moss grows U\n',
  other: 'granite door opens U\n',
  agent: 'paper kites drift A\n',
};

const base = lines.top + lines.mid + lines.end;

function shell(repo: ProvenanceRepo, event: 'PreToolUse' | 'PostToolUse'): void {
  const input = {
    session_id: 'one',
    cwd: repo.work,
    hook_event_name: event,
    tool_name: 'Bash',
    tool_input: { command: 'git' },
    tool_use_id: 'call',
  };
  assert.equal(repo.cli(['record', 'claude-code'], { input: JSON.stringify(input) }).status, 0);
}

/** Each line of a file is of whom it says. */
function holds(repo: ProvenanceRepo, path: string, expected: string, rev?: string): void {
  assert.equal(repo.read(path), expected);
  const said = repo.blameJson(path, rev).map((line) => line.class);
  const wanted = expected
    .trimEnd()
    .split('\n')
    .map((line) => ({ A: 'ai', H: 'human', U: 'unknown' })[line.slice(-1)]);
  assert.deepEqual(said, wanted);
}

/** Commits past all hooks, a minute ago, so that it is none of what a command does now. */
function commitUnseen(repo: ProvenanceRepo): void {
  const time = new Date(Date.now() - 60_000).toISOString();
  const env = { GIT_COMMITTER_DATE: time, GIT_AUTHOR_DATE: time };
  const args = [...pastHooks, 'commit', '-qam', 'Unseen'];
  assert.equal(repo.tryGit(args, { env }).status, 0);
}

describe('text that git brings while an agent runs a command stays whose it was', () => {
  function start(repo: ProvenanceRepo): void {
    repo.edit('H', { 'a.txt': base });
    repo.commit('Base');
  }

  scenario('from a stash', (repo) => {
    start(repo);
    repo.write('a.txt', base + lines.unseen);
    repo.git('stash', 'push', '-q');
    shell(repo, 'PreToolUse');
    repo.git('stash', 'pop', '-q');
    repo.write('b.txt', lines.agent);
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', base + lines.unseen);
    holds(repo, 'b.txt', lines.agent);
  });

  scenario('from a stash that is laid over other changes, and an agent goes on', (repo) => {
    start(repo);
    repo.write('a.txt', base + lines.unseen);
    repo.git('stash', 'push', '-q');
    repo.edit('H', { 'a.txt': lines.mine + base });
    repo.commit('Mine');
    shell(repo, 'PreToolUse');
    repo.git('stash', 'apply', '-q');
    repo.write('a.txt', lines.mine + lines.top + lines.agent + lines.mid + lines.end + lines.unseen);
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', lines.mine + lines.top + lines.agent + lines.mid + lines.end + lines.unseen);
  });

  scenario('from a stash, into a file that has another name by now', (repo) => {
    start(repo);
    repo.write('a.txt', base + lines.unseen);
    repo.git('stash', 'push', '-q');
    repo.git('mv', 'a.txt', 'b.txt');
    repo.commit('Moved');
    shell(repo, 'PreToolUse');
    repo.git('stash', 'pop', '-q');
    shell(repo, 'PostToolUse');
    holds(repo, 'b.txt', base + lines.unseen);
  });

  scenario('by a move of a file of which a stash holds less', (repo) => {
    start(repo);
    repo.edit('H', { 'a.txt': lines.top });
    repo.git('stash', 'push', '-q');
    shell(repo, 'PreToolUse');
    repo.git('mv', 'a.txt', 'b.txt');
    shell(repo, 'PostToolUse');
    repo.edit('H', { 'b.txt': base + lines.mine });
    holds(repo, 'b.txt', base + lines.mine);
  });

  scenario('from another branch, file by file', (repo) => {
    start(repo);
    repo.git('checkout', '-q', '-b', 'other');
    repo.write('a.txt', base + lines.unseen);
    commitUnseen(repo);
    repo.git('checkout', '-q', 'main');
    shell(repo, 'PreToolUse');
    repo.git('checkout', '-q', 'other', '--', 'a.txt');
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', base + lines.unseen);
    repo.commit('Taken');
    holds(repo, 'a.txt', base + lines.unseen, 'HEAD');
  });

  scenario('by a rebase, also when it is taken apart later', (repo) => {
    start(repo);
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('H', { 'a.txt': base + lines.mine });
    repo.commit('Mine');
    repo.git('checkout', '-q', 'main');
    repo.write('a.txt', lines.unseen + base);
    repo.commit('Unseen');
    repo.git('checkout', '-q', 'topic');
    shell(repo, 'PreToolUse');
    repo.git('rebase', '-q', 'main');
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', lines.unseen + base + lines.mine);
    repo.git('reset', '-q', '--soft', 'HEAD~2');
    repo.commit('Again');
    holds(repo, 'a.txt', lines.unseen + base + lines.mine, 'HEAD');
  });

  scenario('by a rebase below changes that are not committed', (repo) => {
    start(repo);
    repo.git('checkout', '-q', '-b', 'topic');
    repo.edit('H', { 'b.txt': lines.mine });
    repo.commit('Mine');
    repo.git('checkout', '-q', 'main');
    repo.write('a.txt', lines.unseen + base);
    repo.commit('Unseen');
    repo.git('checkout', '-q', 'topic');
    repo.edit('H', { 'a.txt': base + lines.mine });
    shell(repo, 'PreToolUse');
    repo.git('rebase', '-q', '--autostash', 'main');
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', lines.unseen + base + lines.mine);
  });

  scenario('by a squash', (repo) => {
    start(repo);
    repo.git('checkout', '-q', '-b', 'other');
    repo.write('a.txt', base + lines.unseen);
    commitUnseen(repo);
    repo.write('a.txt', base + lines.unseen + lines.other);
    commitUnseen(repo);
    repo.git('checkout', '-q', 'main');
    repo.edit('H', { 'a.txt': lines.mine + base });
    repo.commit('Mine');
    shell(repo, 'PreToolUse');
    repo.git('merge', '-q', '--squash', 'other');
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', lines.mine + base + lines.unseen + lines.other);
    repo.commit('Squashed');
    holds(repo, 'a.txt', lines.mine + base + lines.unseen + lines.other, 'HEAD');
  });
});

describe('what a command of an agent finds stays whose it was when the agent commits in it', () => {
  const commit = (repo: ProvenanceRepo): void => {
    const env = { CLAUDE_CODE_SESSION_ID: 'one' };
    assert.equal(repo.tryGit(['commit', '-qam', 'By the agent'], { env }).status, 0);
  };
  const more = `${lines.agent}bronze lanterns hum A\nwooden ladders lean A\n`;

  scenario('though it puts away less than it adds', (repo) => {
    repo.edit('H', { 'a.txt': base });
    repo.commit('Base');
    repo.edit('H', { 'a.txt': lines.mine + base });
    shell(repo, 'PreToolUse');
    repo.git('stash', 'push', '-q');
    repo.write('a.txt', base + more);
    commit(repo);
    repo.git('stash', 'pop', '-q');
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', lines.mine + base + more);
  });

  scenario('and a line that is like one which was taken out before is its own', (repo) => {
    repo.edit('H', { 'a.txt': `import { one } from "first"; // H\n${base}` });
    repo.commit('Base');
    repo.edit('H', { 'a.txt': base });
    shell(repo, 'PreToolUse');
    repo.write('a.txt', `import { two } from "second"; // A\n${base}`);
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', `import { two } from "second"; // A\n${base}`);
  });

  scenario('in a file that it renames', (repo) => {
    repo.edit('H', { 'a.txt': base });
    repo.commit('Base');
    repo.write('a.txt', base + lines.unseen + lines.other);
    shell(repo, 'PreToolUse');
    repo.git('mv', 'a.txt', 'b.txt');
    repo.write('b.txt', base + lines.unseen + lines.other + lines.agent);
    shell(repo, 'PostToolUse');
    holds(repo, 'b.txt', base + lines.unseen + lines.other + lines.agent);
  });

  scenario('in a line of what git put back', (repo) => {
    repo.edit('H', { 'a.txt': base });
    repo.commit('Base');
    repo.write('a.txt', `stranger things unfold${lines.unseen}`);
    shell(repo, 'PreToolUse');
    repo.git('checkout', '-q', '--', 'a.txt');
    repo.write('a.txt', base.replace('hills', 'valleys'));
    shell(repo, 'PostToolUse');
    assert.deepEqual(
      repo.blameJson('a.txt').map((line) => line.class),
      ['ai-edited', 'human', 'human'],
    );
  });

  scenario('though it takes back a commit that was made without hooks', (repo) => {
    repo.edit('H', { 'a.txt': base });
    repo.git('add', '-A');
    repo.git(...pastHooks, 'commit', '-qm', 'Base');
    shell(repo, 'PreToolUse');
    repo.git('reset', '-q', '--soft', 'HEAD^');
    repo.write('a.txt', base + more);
    commit(repo);
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', base + more, 'HEAD');
  });
});

describe('a file that somebody makes by copying another one stays whose it was', () => {
  scenario('by a command of an agent', (repo) => {
    repo.edit('H', { 'a.txt': base });
    repo.commit('Base');
    shell(repo, 'PreToolUse');
    repo.write('b.txt', base);
    shell(repo, 'PostToolUse');
    holds(repo, 'b.txt', base);
    repo.commit('Copied');
    holds(repo, 'b.txt', base, 'HEAD');
  });

  scenario('by a command that also goes to another branch', (repo) => {
    repo.edit('H', { 'a.txt': base });
    repo.commit('Base');
    repo.git('branch', 'other', 'HEAD~1');
    shell(repo, 'PreToolUse');
    repo.write('b.txt', base);
    repo.git('checkout', '-q', 'other');
    shell(repo, 'PostToolUse');
    holds(repo, 'b.txt', base);
  });

  for (const way of ['amends', 'goes back'] as const)
    scenario(`by a command that switches to a branch, copies a file that is there, and ${way}`, (repo) => {
      repo.edit('A', { 'a.txt': lines.agent });
      repo.commit('Start');
      repo.git('checkout', '-q', '-b', 'other');
      repo.edit('H', { 'a.txt': lines.agent + base });
      repo.commit('There');
      repo.git('checkout', '-q', 'main');
      rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true });
      shell(repo, 'PreToolUse');
      repo.git(...pastHooks, 'checkout', '-q', 'other');
      repo.write('b.txt', lines.agent + base);
      if (way === 'amends') repo.git(...pastHooks, 'commit', '-qa', '--amend', '-m', 'Amended');
      else repo.git(...pastHooks, 'checkout', '-q', 'main');
      shell(repo, 'PostToolUse');
      holds(repo, 'b.txt', lines.agent + base);
    });

  scenario('of a file that is not committed', (repo) => {
    repo.edit('H', { 'a.txt': base + lines.mine });
    shell(repo, 'PreToolUse');
    repo.write('b.txt', base + lines.mine);
    shell(repo, 'PostToolUse');
    holds(repo, 'b.txt', base + lines.mine);
  });

  scenario('of a file that the same command changed', (repo) => {
    repo.edit('H', { 'a.txt': base });
    shell(repo, 'PreToolUse');
    repo.write('a.txt', base + lines.agent);
    repo.write('b.txt', base + lines.agent);
    shell(repo, 'PostToolUse');
    holds(repo, 'b.txt', base + lines.agent);
    holds(repo, 'a.txt', base + lines.agent);
  });

  scenario('of a file that nobody was seen to write', (repo) => {
    repo.write('a.txt', lines.unseen);
    shell(repo, 'PreToolUse');
    repo.write('b.txt', lines.unseen);
    shell(repo, 'PostToolUse');
    holds(repo, 'b.txt', lines.unseen);
  });

  scenario('of a file that a filter changes', (repo) => {
    repo.git('config', 'filter.bar.clean', "sed 's/^|*/|/'");
    repo.git('config', 'filter.bar.smudge', "sed 's/^|//'");
    repo.write('.gitattributes', '*.txt filter=bar\n');
    repo.write('a.txt', lines.unseen + lines.other);
    repo.commit('Base');
    shell(repo, 'PreToolUse');
    repo.write('b.txt', lines.unseen + lines.other);
    shell(repo, 'PostToolUse');
    holds(repo, 'b.txt', lines.unseen + lines.other);
  });

  scenario('by an edit of an agent, and by one of a person', (repo) => {
    repo.edit('A', { 'a.txt': lines.agent });
    repo.edit('H', { 'c.txt': base });
    repo.commit('Base');
    repo.edit('H', { 'b.txt': lines.agent });
    repo.edit('A', { 'd.txt': base });
    holds(repo, 'b.txt', lines.agent);
    holds(repo, 'd.txt', base);
  });

  scenario('but not one of two that an agent makes alike', (repo) => {
    shell(repo, 'PreToolUse');
    repo.write('a.txt', lines.agent);
    repo.write('b.txt', lines.agent);
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', lines.agent);
    holds(repo, 'b.txt', lines.agent);
  });
});

describe('what an agent writes and git takes away within one command is its own when it comes back', () => {
  function start(repo: ProvenanceRepo): void {
    repo.edit('H', { 'a.txt': base });
    repo.commit('Base');
  }

  scenario('from a stash, with what was there before', (repo) => {
    start(repo);
    repo.write('a.txt', base + lines.unseen);
    repo.edit('H', { 'b.txt': lines.mine });
    shell(repo, 'PreToolUse');
    repo.write('a.txt', lines.agent + base + lines.unseen);
    repo.write('b.txt', lines.mine + lines.agent);
    repo.write('c.txt', lines.agent);
    repo.git('stash', 'push', '-q', '-u');
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', base);
    repo.git('stash', 'pop', '-q');
    holds(repo, 'a.txt', lines.agent + base + lines.unseen);
    holds(repo, 'b.txt', lines.mine + lines.agent);
    holds(repo, 'c.txt', lines.agent);
  });

  scenario('from a stash that was made of another branch', (repo) => {
    start(repo);
    repo.git('checkout', '-q', '-b', 'other');
    repo.write('a.txt', base + lines.unseen);
    commitUnseen(repo);
    repo.git('checkout', '-q', 'main');
    shell(repo, 'PreToolUse');
    repo.git('checkout', '-q', 'other');
    repo.write('a.txt', base + lines.unseen + lines.agent);
    repo.git('stash', 'push', '-q');
    repo.git('checkout', '-q', 'main');
    shell(repo, 'PostToolUse');
    repo.git('checkout', '-q', 'other');
    repo.git('stash', 'pop', '-q');
    holds(repo, 'a.txt', base + lines.unseen + lines.agent);
  });

  scenario('from a commit without hooks that it left', (repo) => {
    start(repo);
    shell(repo, 'PreToolUse');
    repo.git('checkout', '-q', '-b', 'other');
    repo.write('a.txt', base + lines.agent);
    repo.git(...pastHooks, 'commit', '-qam', 'Unseen');
    repo.git('checkout', '-q', 'main');
    shell(repo, 'PostToolUse');
    repo.git('checkout', '-q', 'other');
    holds(repo, 'a.txt', base + lines.agent);
    holds(repo, 'a.txt', base + lines.agent, 'HEAD');
  });
});

describe('where a filter makes other bytes of a file, what git brings while an agent runs a command stays whose it was', () => {
  function start(repo: ProvenanceRepo): void {
    repo.git('config', 'filter.bar.clean', "sed 's/^|*/|/'");
    repo.git('config', 'filter.bar.smudge', "sed 's/^|//'");
    repo.write('.gitattributes', '*.txt filter=bar\n');
    repo.edit('H', { 'a.txt': base });
    repo.commit('Base');
  }

  scenario('from a stash', (repo) => {
    start(repo);
    repo.write('a.txt', base + lines.unseen);
    repo.git('stash', 'push', '-q');
    shell(repo, 'PreToolUse');
    repo.git('stash', 'pop', '-q');
    repo.write('a.txt', lines.agent + base + lines.unseen);
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', lines.agent + base + lines.unseen);
  });

  scenario('from another branch', (repo) => {
    start(repo);
    repo.git('checkout', '-q', '-b', 'other');
    repo.write('a.txt', base + lines.unseen);
    commitUnseen(repo);
    repo.git('checkout', '-q', 'main');
    shell(repo, 'PreToolUse');
    repo.git('checkout', '-q', 'other', '--', 'a.txt');
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', base + lines.unseen);
  });

  scenario('by a squash', (repo) => {
    start(repo);
    repo.git('checkout', '-q', '-b', 'other');
    repo.write('a.txt', base + lines.unseen);
    commitUnseen(repo);
    repo.git('checkout', '-q', 'main');
    repo.edit('H', { 'a.txt': lines.mine + base });
    repo.commit('Mine');
    shell(repo, 'PreToolUse');
    repo.git('merge', '-q', '--squash', 'other');
    shell(repo, 'PostToolUse');
    holds(repo, 'a.txt', lines.mine + base + lines.unseen);
  });

  scenario('and a stash that the command makes is known', (repo) => {
    start(repo);
    shell(repo, 'PreToolUse');
    repo.write('a.txt', base + lines.agent);
    repo.git('stash', 'push', '-q');
    shell(repo, 'PostToolUse');
    repo.git('stash', 'pop', '-q');
    holds(repo, 'a.txt', base + lines.agent);
  });
});
