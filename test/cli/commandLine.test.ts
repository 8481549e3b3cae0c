import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { describe, it } from 'mocha';
import { builtCli } from '../support/builtCli';
import { linesOf, scenario } from '../support/scenario';

const commands = [
  'init',
  'deinit',
  'doctor',
  'record',
  'record generic',
  'record claude-code',
  'claim',
  'status',
  'blame',
  'show',
  'check',
  'sign',
  'request-changes',
  'revoke',
  'key',
  'key setup',
  'key show',
  'sync',
  'hook',
  'pre-receive',
];

describe('the command line', () => {
  for (const command of commands) {
    it(`countersign ${command} --help`, () => {
      const args = [builtCli(), ...command.split(' '), '--help'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', input: '' });
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, new RegExp(`^Usage: countersign ${command.split(' ')[0]}`));
    });
  }

  scenario('whoever reads its output may stop early', (repo) => {
    repo.edit('A', { 'a.js': linesOf('x', 3000) });
    repo.commit();
    const script = '{ "$0" "$1" show; echo "ended with $?" >&2; } | true';
    const { stderr } = spawnSync('sh', ['-c', script, process.execPath, builtCli()], {
      cwd: repo.work,
      env: { ...repo.env },
      encoding: 'utf8',
    });
    assert.equal(stderr, 'ended with 0\n');
  });

  scenario("a folder that is somebody else's is not said to be no repository", (repo) => {
    if (process.getuid?.() !== 0) return;
    chownSync(repo.work, 12345, 12345);
    const { status, stderr } = repo.cli(['status']);
    assert.equal(status, 2);
    assert.match(stderr, /^If you trust it.*git config --global --add safe\.directory /m);
  });
});
