import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { parsePolicy } from '../../src/core/policy/parsePolicy';
import { unenforcedKeys } from '../../src/core/policy/unenforced';
import { type Clone, policyText, type Server, server } from '../gate/server';
import { lines, outcome, place, pushAll, signAndKeep } from './support';

describe('policies that are to govern less than they say', function () {
  this.timeout(60_000);
  let at: Server;
  let ana: Clone;
  const open = (changes: Readonly<Record<string, string>> = {}): void => {
    at = server({ threshold: '{ lines: 20, share: 0.2 }', ...changes });
    ana = at.clone('ana');
  };
  afterEach(() => at?.remove());
  const write = (path: string, text: string): void => {
    ana.write(path, text);
    ana.commit();
  };

  it('the last pair that decodes governs, whichever file of it broke', () => {
    open();
    const signers = `${ana.git('show', 'main:signers')}\n`;
    ana.git('checkout', '-q', '--orphan', 'other');
    ana.git('rm', '-rfq', '.');
    write('.countersign.yml', policyText({ allowedSigners: 'signers.2' }));
    write('signers.2', signers);
    rmSync(join(ana.path, 'signers.2'));
    ana.commit();
    place(at, ana, '--force', 'other:main');
    write('x.js', lines(40, 'x'));
    const pushed = ana.push('other:main');
    assert.equal(outcome(pushed), 'blocked');
    assert.match(pushed.stderr, /signers\.2 is not there/);
  });

  for (const text of [
    'oncall: { by: [x] }',
    'bots: [bot@example.com]',
    'generated: ["gen/**"]',
    'promote: { a: 1 }',
    'reports: { a: 1 }',
    'roleName: Principal',
    'seniorAuthors: own-review',
    'requires: { a: 1 }',
    'signing: { hardware: true }',
    'signing: { attended: true }',
    'revocation: krl',
  ])
    it(`"${text}", which nothing enforces, is refused`, () => {
      const parsed = parsePolicy(Buffer.from(`${policyText()}${text}\n`));
      assert.equal(parsed.kind, 'ok');
      assert.deepEqual(parsed.kind === 'ok' ? unenforcedKeys(parsed.policy).map(({ path }) => path) : [], [
        text.split(':', 1)[0],
      ]);
    });

  it('a key that nothing enforces cannot be pushed, signed or not, and is told of where no policy was', async () => {
    open();
    write('.countersign.yml', `${policyText({ revision: '2' })}roleName: Principal\n`);
    await signAndKeep(ana, 'carla');
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
    ana.git('checkout', '-q', '--orphan', 'first');
    at.noHook();
    at.git('update-ref', '-d', 'refs/heads/main');
    at.hook();
    ana.commit();
    const first = ana.push('first:main');
    assert.equal(outcome(first), 'passed');
    assert.match(first.stderr, /does not enforce it/);
  });

  it('nobody signs their own work by declaring another encoding for it', async () => {
    open({ threshold: '{ lines: 1, share: 0 }' });
    write('x.js', 'x\n');
    const person = 'carla <carla@example.com> 1700000000 +0000';
    const input = `tree ${ana.git('rev-parse', 'HEAD^{tree}')}
parent ${ana.git('rev-parse', 'HEAD^')}
author ${person}
committer ${person}
encoding utf-16le

A change
`;
    const args = ['hash-object', '-w', '-t', 'commit', '--stdin'];
    const made = spawnSync('git', args, { cwd: ana.path, input }).stdout.toString().trim();
    ana.git('reset', '-q', '--hard', made);
    await signAndKeep(ana, 'carla');
    assert.equal(outcome(pushAll(ana, 'main')), 'blocked');
  });
});
