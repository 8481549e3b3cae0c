import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'mocha';
import { parse } from 'yaml';
import { builtCli } from '../support/builtCli';
import { type ProvenanceRepo, repoAt } from '../support/provenanceRepo';
import { linesOf, scenario } from '../support/scenario';

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const file = resolve(import.meta.dirname, '..', '..', 'media', 'github', 'countersign-attach.yml');

/** Runs what the workflow runs, as a forge's machine does: `bash -e`, expressions answered from the event. */
function runWorkflow(repo: ProvenanceRepo, event: Readonly<Record<string, string>>): void {
  const { jobs } = parse(readFileSync(file, 'utf8'));
  const bin = join(repo.root, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'countersign'), `#!/bin/sh\nexec '${process.execPath}' '${builtCli()}' "$@"\n`);
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\nexit 0\n');
  for (const name of ['countersign', 'npm']) chmodSync(join(bin, name), 0o755);
  for (const { name, run, env = {} } of jobs.attach.steps as readonly Step[]) {
    if (run === undefined) continue;
    const answered = Object.entries(env).map(([key, value]) => {
      const asked = /^\$\{\{ (.+) \}\}$/.exec(value)?.[1] ?? '';
      assert.ok(Object.hasOwn(event, asked), `${key}: ${value}`);
      return [key, event[asked]];
    });
    const ran = spawnSync('bash', ['-e', '-c', run], {
      cwd: repo.work,
      env: { ...repo.env, PATH: `${bin}:${repo.env['PATH']}`, ...Object.fromEntries(answered) },
      encoding: 'utf8',
    });
    assert.equal(ran.status, 0, `${name}: ${ran.stdout}${ran.stderr}`);
  }
}

describe('the workflow that runs after a merge', () => {
  for (const way of ['squash', 'rebase'] as const) {
    scenario(`lets blame know who wrote what a ${way} brought to main`, (repo) => {
      const bare = join(repo.root, 'forge.git');
      repo.git('clone', '-q', '--bare', repo.work, bare);
      repo.git('remote', 'add', 'origin', bare);
      repo.git('fetch', '-q');
      repo.git('config', 'countersign.publish', 'manual');
      repo.git('checkout', '-q', '-b', 'topic');
      repo.edit('A', { 'a.js': linesOf('a', 2) });
      repo.commit('One');
      repo.edit('H', { 'a.js': `${linesOf('a', 2)}${linesOf('h', 1)}` });
      repo.commit('Two');
      repo.git('push', '-q', 'origin', 'topic', 'topic:refs/pull/7/head');
      assert.equal(repo.cli(['sync', 'origin', 'origin/main..topic']).status, 0);
      const forge = clone(repo, bare, 'forge');
      if (way === 'squash') {
        forge.git('merge', '-q', '--squash', 'origin/topic');
        forge.git('commit', '-q', '-m', 'Both (#7)');
      } else {
        forge.git('checkout', '-q', '--detach', 'origin/topic');
        forge.git('rebase', '-q', '--force-rebase', 'main');
      }
      const merged = forge.git('rev-parse', 'HEAD');
      forge.git('push', '-q', 'origin', 'HEAD:main', ':topic');
      runWorkflow(clone(repo, bare, 'runner'), {
        'vars.COUNTERSIGN_PACKAGE': 'countersign',
        'github.event.pull_request.number': '7',
        'github.event.pull_request.base.ref': 'main',
        'github.event.pull_request.merge_commit_sha': merged,
      });
      const anybody = clone(repo, bare, 'anybody');
      assert.equal(anybody.cli(['sync']).status, 0);
      assert.equal(anybody.blame('a.js', 'HEAD'), 'AAH');
      assert.equal(anybody.blameJson('a.js', 'HEAD')[0]?.model, 'claude-opus-4-6');
    });
  }
});

function clone(repo: ProvenanceRepo, bare: string, name: string): ProvenanceRepo {
  repo.git('clone', '-q', bare, join(repo.root, name));
  return repoAt(repo.root, join(repo.root, name), repo.env);
}
