import assert from 'node:assert/strict';
import { describe } from 'mocha';
import { linesOf, scenario } from '../support/scenario';

const trailers =
  /\n\nAssisted-by: Claude-Code:claude-opus-4-6\nAI-Provenance: v1 ai=\d+ ai-edited=0 human=0 pasted=0 unknown=0 record=[0-9a-f]{40}\n$/;

describe('the message of a commit', () => {
  scenario('has the trailers in the editor, and an author may delete them for good', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.git('add', '-A');
    const env = { GIT_EDITOR: "sed -i -e '1s/^/Subject/' -e /^Assisted-by:/d -e /^AI-Provenance:/d" };
    assert.equal(repo.tryGit(['commit', '-q'], { env }).status, 0);
    assert.equal(repo.message(), 'Subject\n');
    assert.equal(repo.record().counts.ai, 1);
    repo.git('commit', '-q', '--amend', '--no-edit');
    assert.equal(repo.message(), 'Subject\n');
  });

  scenario('in the editor is text, a blank line, then the trailers', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.git('add', '-A');
    assert.equal(repo.tryGit(['commit', '-q'], { env: { GIT_EDITOR: "sed -i '1s/^/Subject/'" } }).status, 0);
    assert.match(repo.message(), /^Subject/);
    assert.match(repo.message(), trailers);
  });

  scenario('left as it was in the editor aborts the commit', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.git('add', '-A');
    const { status, stderr } = repo.tryGit(['commit', '-q'], { env: { GIT_EDITOR: 'true' } });
    assert.equal(status, 1);
    assert.match(stderr, /empty commit message/);
  });

  scenario('that is nothing but our trailers is empty', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.git('add', '-A');
    assert.equal(repo.tryGit(['commit', '-q', '-m', '']).status, 1);
    const only = `Assisted-by: Claude-Code\nAI-Provenance: v1 ai=1 ai-edited=0 human=0 pasted=0 unknown=0 record=${'0'.repeat(40)}`;
    assert.equal(repo.tryGit(['commit', '-q', '-m', only]).status, 1);
  });

  scenario('joins trailers that are there', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.git('add', '-A');
    repo.git('commit', '-q', '-s', '-m', 'Subject');
    assert.match(
      repo.message(),
      /^Subject\n\nSigned-off-by: Ana <ana@example\.com>\nAssisted-by: Claude-Code:claude-opus-4-6\nAI-Provenance: /,
    );
  });

  scenario('obeys countersign.trailers', (repo) => {
    repo.git('config', 'countersign.trailers', 'none');
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.commit('None');
    assert.equal(repo.message(), 'None\n');
    repo.git('config', 'countersign.trailers', 'assisted-by');
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.commit('Half');
    assert.equal(repo.message(), 'Half\n\nAssisted-by: Claude-Code:claude-opus-4-6\n');
  });

  scenario("carries trailers once a person's commit is amended with AI work", (repo) => {
    repo.edit('H', { 'a.js': linesOf('h', 1) });
    repo.commit('Mine');
    repo.cli(['show']);
    repo.edit('A', { 'a.js': `${linesOf('h', 1)}${linesOf('x', 1)}` });
    repo.git('commit', '-qa', '--amend', '--no-edit');
    assert.match(repo.message(), /^Mine\n\nAssisted-by: .*\nAI-Provenance: v1 ai=1 ai-edited=0 human=1 /);
  });

  scenario('that was emptied, so that git gave up, takes nothing from the next one', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.git('add', '-A');
    assert.equal(repo.tryGit(['commit', '-q'], { env: { GIT_EDITOR: 'sh -c \': > "$1"\' x' } }).status, 1);
    repo.commit('Subject');
    assert.match(repo.message(), trailers);
  });

  scenario('carries trailers whatever options look like --no-verify', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.git('add', '-A');
    const env = { GIT_EDITOR: "sed -i '1s/^/Subject/'" };
    assert.equal(repo.tryGit(['commit', '-q', '-uno'], { env }).status, 0);
    assert.match(repo.message(), trailers);
    repo.edit('A', { 'a.js': linesOf('x', 2) });
    repo.git('add', '-A');
    assert.equal(repo.tryGit(['commit', '-q', '-m', '--amend', '-mnote']).status, 0);
    assert.equal(repo.git('rev-list', '--count', 'HEAD').trim(), '3');
    assert.match(repo.message(), trailers);
  });

  scenario('keeps Assisted-by alone through an amend where that is the style', (repo) => {
    repo.git('config', 'countersign.trailers', 'assisted-by');
    repo.edit('A', { 'a.js': linesOf('x', 1) });
    repo.commit('One');
    repo.git('commit', '-q', '--amend', '-m', 'Two');
    assert.equal(repo.message(), 'Two\n\nAssisted-by: Claude-Code:claude-opus-4-6\n');
  });
});
