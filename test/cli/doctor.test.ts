import assert from 'node:assert/strict';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'mocha';
import type { ProvenanceRepo } from '../support/provenanceRepo';
import { scenario } from '../support/scenario';

/** The kinds of what `doctor --json` finds in a folder. */
function ailments(repo: ProvenanceRepo, cwd: string = repo.work): readonly string[] {
  const { stdout } = repo.cli(['doctor', '--json'], { cwd });
  return (JSON.parse(stdout) as { readonly findings: readonly { readonly kind: string }[] }).findings.map(
    ({ kind }) => kind,
  );
}

describe('doctor', () => {
  scenario('finds nothing in a repository that is well', (repo) => {
    assert.deepEqual(ailments(repo), []);
  });

  scenario('a setting that means nothing', (repo) => {
    repo.git('config', 'countersign.trailers', 'off');
    assert.deepEqual(ailments(repo), ['setting-unknown']);
  });

  scenario('a ledger that cannot be written', (repo) => {
    rmSync(join(repo.work, '.git/countersign/ledger'), { recursive: true, force: true });
    repo.write('.git/countersign/ledger', '');
    assert.deepEqual(ailments(repo), ['ledger-not-writable']);
  });

  scenario('notes that are none', (repo) => {
    repo.git('update-ref', 'refs/notes/countersign', repo.git('rev-parse', 'HEAD:base.js'));
    assert.deepEqual(ailments(repo), ['notes-unreadable']);
  });

  scenario('of a bare repository: the gate, and whether it knows who pushes', (repo) => {
    const bare = join(repo.root, 'bare.git');
    repo.git('init', '-q', '--bare', bare);
    assert.deepEqual(ailments(repo, bare), ['no-gate']);
    const hook = join(bare, 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\nexec countersign pre-receive\n');
    assert.deepEqual(ailments(repo, bare), ['no-gate']);
    chmodSync(hook, 0o755);
    assert.deepEqual(ailments(repo, bare), ['pusher-unknown']);
    writeFileSync(hook, '#!/bin/sh\nexec countersign pre-receive --pusher "$REMOTE_ADDR"\n');
    assert.deepEqual(ailments(repo, bare), []);
  });
});
